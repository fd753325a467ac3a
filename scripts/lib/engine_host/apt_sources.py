"""What apt is configured with, read as text, and a source for another release derived from it. Pure.

Formats: sources.list(5), one line per source (`deb [options] URI SUITE COMPONENT…`) and deb822 (`Types:` … stanzas).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

ARCHIVE_COMPONENTS = {"main", "contrib", "non-free", "non-free-firmware", "restricted", "universe", "multiverse"}
OPTION_FIELDS = {
    "arch": "Architectures",
    "lang": "Languages",
    "target": "Targets",
    "pdiffs": "PDiffs",
    "by-hash": "By-Hash",
}


@dataclass(frozen=True, slots=True)
class Source:
    """One source of packages. `options` are further fields in deb822 spelling, verbatim (Signed-By may be a key)."""

    types: tuple[str, ...]
    uris: tuple[str, ...]
    suites: tuple[str, ...]
    components: tuple[str, ...]
    options: tuple[tuple[str, str], ...] = ()


def read_sources(files: Mapping[str, str]) -> list[Source]:
    """Every enabled source in `files` (path → text); `.sources` files are deb822, the others one-line."""
    found: list[Source] = []
    for path in sorted(files):
        found += _read_deb822(files[path]) if path.endswith(".sources") else _read_one_line(files[path])
    return found


def _read_one_line(text: str) -> list[Source]:
    found = []
    for line in text.splitlines():
        match = re.match(r"\s*(deb|deb-src)\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)\s*([^#]*)", line)
        if match:
            kind, options, uri, suite, components = match.groups()
            found.append(Source((kind,), (uri,), (suite,), tuple(components.split()), _one_line_options(options or "")))
    return found


def _one_line_options(text: str) -> tuple[tuple[str, str], ...]:
    pairs = (word.partition("=") for word in text.split() if "=" in word)
    spelled = ((OPTION_FIELDS.get(name.lower(), name.title()), value.replace(",", " ")) for name, _, value in pairs)
    return tuple(spelled)


def _read_deb822(text: str) -> list[Source]:
    found = []
    for block in re.split(r"\n[ \t]*(?:\n[ \t]*)+", "\n".join(text.splitlines())):
        fields = _fields(block)
        if not {"types", "uris", "suites"} <= fields.keys() or fields.get("enabled", ("", "yes"))[1].lower() in (
            "no",
            "false",
            "0",
        ):
            continue
        own = {"types", "uris", "suites", "components", "enabled"}
        options = tuple(fields[key] for key in fields if key not in own)
        words = {key: tuple(fields[key][1].split()) for key in own if key in fields}
        found.append(Source(words["types"], words["uris"], words["suites"], words.get("components", ()), options))
    return found


def _fields(block: str) -> dict[str, tuple[str, str]]:
    """Lower-case name → (name as written, value). Continuation lines stay in the value as they are."""
    fields: dict[str, tuple[str, str]] = {}
    last = ""
    for line in block.splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if line[0] in " \t" and last:
            name, value = fields[last]
            fields[last] = (name, f"{value}\n{line}")
        elif ":" in line:
            name, _, value = line.partition(":")
            last = name.strip().lower()
            fields[last] = (name.strip(), value.strip())
    return fields


def has_suite(sources: Iterable[Source], suite: str) -> bool:
    """Whether binary packages of `suite` are already configured, from Debian's own archive."""
    return any(_is_archive(source) and suite in source.suites for source in sources)


def derive_release(
    sources: Iterable[Source],
    old: str,
    new: str,
    components: Sequence[str] = ("main",),
    suffixes: Sequence[str] = ("", "-updates", "-security"),
) -> str | None:
    """A deb822 text that gives `new` (with its updates and security suites, where `old` has them) from its mirrors.

    None where no source of `old` is configured.
    """
    stanzas: list[str] = []
    usable = sorted((source for source in sources if _is_archive(source)), key=_doubt)
    for suffix in suffixes:
        source = next((source for source in usable if old + suffix in source.suites), None)
        if source is not None:
            stanzas.append(_stanza(source, new + suffix, components))
        elif not suffix:
            return None
    return "\n".join(stanzas)


def _is_archive(source: Source) -> bool:
    named = set(source.components)
    return "deb" in source.types and "main" in named and named <= ARCHIVE_COMPONENTS


def _doubt(source: Source) -> int:
    """0 for a source that is surely Debian's archive; other archives can have a suite of the same name."""
    signed = any(name.lower() == "signed-by" and "debian-archive" in value for name, value in source.options)
    placed = any(re.search(r"/debian(-security)?/*$", uri) for uri in source.uris)
    return 2 - signed - placed


def _stanza(source: Source, suite: str, components: Sequence[str]) -> str:
    kept = [(name, value) for name, value in source.options if name.lower() not in ("description", "x-repolib-name")]
    rows = [
        ("Types", "deb"),
        ("URIs", " ".join(source.uris)),
        ("Suites", suite),
        ("Components", " ".join(components)),
        *kept,
    ]
    return "".join(f"{name}: {value}\n" for name, value in rows)
