"""Reads the keys of one `x-seatrial`, its variables already put in. Pure."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from seatrial.drill import causes
from seatrial.drill.service.extension import NO_CAUSE, Budgets, Extension, Gap, Writer, values
from seatrial.drill.service.extension.values import Unfit

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

_KEYS = (
    "probe",
    "straddle",
    "headers",
    "expect",
    "budgets",
    "exit_codes",
    "via",
    "writer",
    "needs",
    "drill",
    "optional",
)
# What can be said of the whole stack, at the top of the file.
_TOP_KEYS = ("drill",)
_NO_REASON = Unfit("says no reason", "write why, for those who read the report")
Headers: TypeAlias = tuple[tuple[str, str], ...]


def read_top(written: Any, drills: Collection[str], refuse: Callable[[Unfit], None]) -> Extension:
    """What is said of the stack as a whole."""
    tree = _Keys("", refuse).known(written, _TOP_KEYS)
    return Extension(skip=_skip(tree.get("drill"), drills, refuse), known=_gaps(tree.get("drill"), drills, refuse))


def read(written: Any, drills: Collection[str], refuse: Callable[[Unfit], None]) -> tuple[Extension, Headers]:
    """The extension with its headers. Everything that is wrong goes to `refuse`, and counts as not written."""
    keys, limits = _Keys("", refuse), _Keys("budgets.", refuse)
    tree = keys.known(written, _KEYS)
    keys.read(tree, "optional", values.flag)  # `up` uses it
    budgets = limits.known(tree.get("budgets"), ("startup", "stop", "image"))
    extension = Extension(
        probe=keys.read(tree, "probe", values.probe),
        straddle=keys.read(tree, "straddle", values.straddle),
        expect=keys.read(tree, "expect", values.statuses) or (),
        budgets=Budgets(
            startup_s=limits.read(budgets, "startup", values.duration),
            stop_s=limits.read(budgets, "stop", values.duration),
            image_bytes=limits.read(budgets, "image", values.size),
        ),
        exit_codes=keys.read(tree, "exit_codes", values.exit_codes) or (),
        via=keys.read(tree, "via", values.via) or "container",
        writer=_writer(tree.get("writer"), refuse),
        needs=_needs(tree.get("needs"), refuse),
        skip=_skip(tree.get("drill"), drills, refuse),
        known=_gaps(tree.get("drill"), drills, refuse),
    )
    return extension, _headers(tree.get("headers"), refuse)


def _writer(written: Any, refuse: Callable[[Unfit], None]) -> Writer | None:
    keys = _Keys("writer.", refuse)
    tree = keys.known(written, ("write", "body", "read", "settle", "faults"))
    if not tree:
        return None
    write, read = keys.read(tree, "write", values.call), keys.read(tree, "read", values.call)
    text = keys.read(tree, "body", values.body) or ""
    for name, found in (("write", write), ("read", read)):
        if found is None and tree.get(name) is None:
            refuse(Unfit(f"writer.{name} is missing", "write both, write: POST http://... and read: GET http://..."))
    if write is None or read is None:
        return None
    if not text and "{id}" not in write.path:
        refuse(Unfit("writer has no {id}", "put {id} into writer.body, or into the path of writer.write"))
    writer = Writer(replace(write, body=text), read)
    return replace(
        writer,
        settle_s=keys.read(tree, "settle", values.duration) or writer.settle_s,
        faults=keys.read(tree, "faults", values.faults) or writer.faults,
    )


def _needs(written: Any, refuse: Callable[[Unfit], None]) -> dict[str, str]:
    keys = _Keys("needs.", refuse)
    tree = keys.mapping(written)
    paths = {name: keys.read(tree, name, values.path, empty=True) for name in tree}
    return {name: path for name, path in paths.items() if path}


def _headers(written: Any, refuse: Callable[[Unfit], None]) -> Headers:
    keys = _Keys("headers.", refuse)
    tree = keys.mapping(written)
    pairs = ((name, keys.read(tree, name, partial(values.header, name), empty=True)) for name in tree)
    return tuple((name, text) for name, text in pairs if text is not None)


def _skip(drill: Any, drills: Collection[str], refuse: Callable[[Unfit], None]) -> dict[str, str]:
    keys = _Keys("drill.skip.", refuse)
    tree = keys.known(_Keys("drill.", refuse).mapping(drill).get("skip"), drills)
    reason = partial(values.text, form=_NO_REASON)
    reasons = {name: keys.read(tree, name, reason, empty=True) for name in tree}
    return {name: reason for name, reason in reasons.items() if reason}


def _gaps(drill: Any, drills: Collection[str], refuse: Callable[[Unfit], None]) -> tuple[Gap, ...]:
    # Complains of other keys below `drill` for `_skip` too.
    tree = _Keys("drill.", refuse).known(drill, ("skip", "known")).get("known")
    entries = _Keys("drill.known.", refuse).known(tree, drills)
    return tuple(
        gap
        for name, written in entries.items()
        for one in (written if isinstance(written, list) else [written])
        for gap in _gap(name, one, refuse)
    )


def _gap(name: str, written: Any, refuse: Callable[[Unfit], None]) -> Iterator[Gap]:
    keys = _Keys(f"drill.known.{name}.", refuse)
    tree = keys.known(written, ("cause", "why", "dependency"))
    if not tree and written:
        return
    tree = {"cause": None, "why": None} | tree
    cause = keys.read(tree, "cause", _cause, empty=True)
    why = keys.read(tree, "why", partial(values.text, form=_NO_REASON), empty=True)
    dependency = keys.read(tree, "dependency", partial(values.text, form=Unfit("is no service", "write its name")))
    if cause and why:
        yield Gap(name, cause, why, dependency or "")


def _cause(value: Any) -> str:
    known = (*causes.words(), NO_CAUSE)
    if isinstance(value, str) and value in known:
        return value
    close = get_close_matches(str(value), known, n=1) if value else []
    form = "write the cause that the drill tells, or none for a failure without one; docs/drills.md lists them"
    raise Unfit("is no cause", f"write {close[0]}" if close else form)


class _Keys:
    """The keys below one place."""

    def __init__(self, place: str, refuse: Callable[[Unfit], None]) -> None:
        self._place, self._refuse = place, refuse

    def mapping(self, written: Any) -> dict[str, Any]:
        if written is None or isinstance(written, dict):
            return written or {}
        self._refuse(Unfit(f"{self._place.rstrip('.') or 'it'} is no mapping", "write keys, each with its value"))
        return {}

    def known(self, written: Any, names: Collection[str]) -> dict[str, Any]:
        """Without the keys that mean nothing."""
        tree = self.mapping(written)
        for key in tree:
            if key not in names:
                close = get_close_matches(key, names, n=1)
                fix = f"write {self._place}{close[0]}" if close else f"use one of {', '.join(names)}"
                self._refuse(Unfit(f"there is no key {self._place}{key}", fix))
        return {key: inner for key, inner in tree.items() if key in names}

    def read(self, tree: dict[str, Any], key: str, value_of: Callable[[Any], Any], *, empty: bool = False) -> Any:
        """The value, or None; a key without one is as good as none, unless `empty` is a value too."""
        if tree.get(key) is None and not empty:
            return None
        try:
            return value_of(tree[key])
        except Unfit as unfit:
            self._refuse(Unfit(f"{self._place}{key} {unfit.what}", unfit.fix))
            return None
