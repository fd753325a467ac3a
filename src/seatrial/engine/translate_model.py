"""What Compose says of a model that it refuses, in our errors, with where it stands in the compose files. Pure.

Compose names the path of a value and no line, and what was meant it does not say. Its own sentence is the detail.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from seatrial.engine.compose_keys import known
from seatrial.errors import ConfigurationInvalid
from seatrial.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from seatrial.engine.compose_text import Source

    # what, fix
    Told = tuple[str, str]

_FILE = re.compile(r"(?:validating|parsing) [^\n:]+\.ya?ml: ")
_TWICE = re.compile(r"(\S+\.\S+)[:]? (?=\1\b)")
_UNKNOWN_KEY = re.compile(r"(?:(?P<at>\S+) )?[Aa]dditional propert(?:y|ies) '?(?P<key>[^\s',]+)'?.* not allowed")
_ONE_OF = re.compile(r"(?P<at>\S+) (?:value )?must be one of (?:the following: )?(?P<words>.+)")
_KIND = re.compile(r"(?P<at>\S+) (?:must be|got \w+, want) (?P<kind>\w.*)")
_UNDEFINED = re.compile(
    r'service "(?P<name>[^"]+)" (?P<how>depends on|refers to) undefined (?P<kind>\w+) "?(?P<other>[^\s":]+)"?'
)
_SERVICE = re.compile(r'service "(?P<name>[^"]+)"')
_PATH = re.compile(r"(?:services|volumes|networks|configs|secrets)\.[^\s:,]+")
_DURATIONS = ("interval", "timeout", "start_period", "start_interval", "stop_grace_period")


def model_trouble(said: str, where: object, sources: Sequence[Source] = ()) -> ConfigurationInvalid:
    """The error for a sentence of Compose's; `where` names the files, `sources` are those that can be read."""
    said = _TWICE.sub("", _FILE.sub("", said)).removesuffix(": invalid compose project")
    meant = _Meant(tuple(sources))
    for expression, tell in _TELLERS:
        found = expression.search(said)
        told = found and tell(meant, found)
        if told:
            what, fix = told
            detail = () if said == what else (said,)
            return ConfigurationInvalid(f"{meant.at or where}: {what}", fix=fix, detail=detail)
    meant.look(said)
    place = meant.at or where
    fix = f"correct {place}, or the value of a variable that it uses"
    return ConfigurationInvalid(f"Compose cannot use {place}: {said or 'Compose gave no reason'}", fix=fix)


class _Meant:
    """The files, and the place in them that a sentence is about.

    Attributes:
        at: `FILE:LINE`; "" as long as it is not known.
    """

    def __init__(self, sources: tuple[Source, ...]) -> None:
        self._sources = sources
        self.at = ""

    def unknown_key(self, found: re.Match[str]) -> Told:
        path, key = self._path(found["at"]), found["key"]
        self.at = self._place(*path, key)
        subject = ".".join(path) or "the file"
        what = f"{subject} has `{key}`, which the Compose here does not know"
        words = known(path)
        if key in words:
            return what, "use a newer Compose, or remove it"
        return what, did_you_mean(key, words) or "remove it, or begin its name with `x-`"

    def one_of(self, found: re.Match[str]) -> Told:
        words = re.findall(r"[\w+.-]+", found["words"])
        value = self._value(found["at"])
        what = f"{found['at']} is `{value}`" if value else f"{found['at']} is none of the words for it"
        return what, f"{did_you_mean(value, words)} use one of {', '.join(words)}".lstrip()

    def kind(self, found: re.Match[str]) -> Told:
        at, kind = found["at"], found["kind"].strip()
        value = self._value(at)
        if not value:
            return f"{at} must be {kind}", f"write it as {kind}"
        if "$" in value:
            return f"{at} is `{value}`, and must be {kind}", "correct the value of the variable in it"
        if value.isdigit() and at.split(".")[-1] in _DURATIONS:
            return f"{at} is `{value}`, a number without a unit", f"write {value}s, where seconds are meant"
        example = f': "{value}"' if kind == "a string" else ""
        return f"{at} is `{value}`, and must be {kind}", f"write it as {kind}{example}"

    def undefined(self, found: re.Match[str]) -> Told:
        name, kind, other = found["name"], found["kind"], found["other"]
        under = "depends_on" if found["how"] == "depends on" else f"{kind}s"
        self.at = self._item("services", name, under, other) or self._place("services", name, under)
        what = f"service {name} {found['how']} {other}"
        there = self._names(f"{kind}s")
        if other in there and kind == "service":
            profiles = [str(text) for _, text in self._items("services", other, "profiles")]
            enable = f"--profile {profiles[0]}" if profiles else "its profile"
            fix = f"enable it, {enable}, or write `required: false` there"
            return f"{what}, which is in a profile that is not enabled", fix
        fix = did_you_mean(other, there) or (f"use one of {', '.join(there)}" if there else "")
        new = "" if kind == "service" else f"add `{other}:` under a top-level `{kind}s:`"
        return f"{what}, and there is no such {kind}", " or ".join(filter(None, (fix, new))) or "remove it"

    def look(self, said: str) -> None:
        """Find any place that the sentence names."""
        if path := _PATH.search(said):
            self.at = self._place(*self._path(path[0].rstrip(".")))
        elif name := _SERVICE.search(said):
            self.at = self._place("services", name["name"])

    def _value(self, dotted: str) -> str:
        """The text that stands there, its place being the one that is told; "" where it is not found, or no text."""
        from seatrial.engine.compose_text import value

        path = self._path(dotted)
        self.at = self._place(*path)
        nodes = [node for source in self._sources if (node := value(source.tree, *path)) is not None]
        return nodes[-1].value if nodes and isinstance(nodes[-1].value, str) else ""

    def _path(self, dotted: str | None) -> tuple[str, ...]:
        """`services.my.web.build` as the keys that it goes through: names of services may hold dots."""
        if not dotted or dotted == "(root)":
            return ()
        kind, _, rest = dotted.partition(".")
        name = next((one for one in sorted(self._names(kind), key=len, reverse=True)
                     if f"{rest}.".startswith(f"{one}.")), rest.partition(".")[0])  # fmt: skip
        inside = rest[len(name) + 1 :]
        return (kind, *([name] if name else []), *(inside.split(".") if inside else ()))

    def _place(self, *path: str) -> str:
        """Of the path, or of the nearest thing around it that a file has."""
        from seatrial.engine.compose_text import place

        for end in range(len(path), 0, -1):
            if found := place(self._sources, *path[:end]):
                return found[0]
        return ""

    def _items(self, *path: str) -> Iterable[tuple[str, object]]:
        from seatrial.engine.compose_text import items

        return items(self._sources, *path)

    def _item(self, *path: str) -> str:
        """Of an entry of a list, or of a key: the last word is either."""
        from seatrial.engine.compose_text import place

        *above, name = path
        listed = [at for at, text in self._items(*above) if text == name or str(text).startswith(f"{name}:")]
        return next(iter((*listed, *place(self._sources, *path))), "")

    def _names(self, *path: str) -> tuple[str, ...]:
        from seatrial.engine.compose_text import names

        return names(self._sources, *path)


_TELLERS: tuple[tuple[re.Pattern[str], Callable[[_Meant, re.Match[str]], Told]], ...] = (
    (_UNKNOWN_KEY, _Meant.unknown_key),
    (_ONE_OF, _Meant.one_of),
    (_UNDEFINED, _Meant.undefined),
    (_KIND, _Meant.kind),
)
