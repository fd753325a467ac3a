"""Which paths below a watched one count. Pure; what was found out of a folder is kept for what is in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from seatrial.lifecycle.patterns import NO_PATTERNS, Below, Patterns

# Temporary files of editors and tools: Compose's list (pkg/watch/ephemeral.go), and GLib's, which gedit saves with.
# `.git` too: Compose means to leave it out, but its pattern (`/.git`) never matches.
_TEMPORARY = re.compile(
    r"\.git|\.idea|\.#.*|#.*#|4913|\..*\.(?:sw[pxon]|kate-swp)|\.goutputstream-.*|"
    r".*(?:~|___jb_old___|___jb_tmp___|-go-tmp-umask)",
    re.DOTALL,
)
_FIRST, _LAST = frozenset(".#4"), ("~", "___jb_old___", "___jb_tmp___", "-go-tmp-umask")
# Names of temporary folders may never end to be new ones.
_MOST = 100_000


def temporary(name: str) -> bool:
    """Whether a file or folder of this name belongs to an editor or to git, and never counts."""
    return (name[:1] in _FIRST or name.endswith(_LAST)) and _TEMPORARY.fullmatch(name) is not None


class _Folder(NamedTuple):
    """What is known of a folder: whether nothing in it can count, and what each list of patterns says of it."""

    pruned: bool
    ignore: Below
    include: Below
    dockerignore: Below


@dataclass(frozen=True, slots=True)
class Sieve:
    """What counts below `root`; everything but temporary files where nothing else is said.

    Attributes:
        root: the watched path, absolute.
        ignore: patterns of the rule, from `root`.
        include: patterns of the rule, from `root`; where there are any, only what matches counts.
        context: the folder that `dockerignore` counts from, absolute.
        dockerignore: patterns of the build context.
        kept: paths that count whatever `dockerignore` says, because the builder reads them: the Dockerfile.
        mounted: paths that never count, with all that is below them: a bind mount has them in the container already.
    """

    root: str = ""
    ignore: Patterns = NO_PATTERNS
    include: Patterns = NO_PATTERNS
    context: str = ""
    dockerignore: Patterns = NO_PATTERNS
    kept: frozenset[str] = frozenset()
    mounted: frozenset[str] = frozenset()
    _known: dict[str, _Folder] = field(default_factory=dict, init=False, repr=False, compare=False)

    def wants(self, path: str, *, folder: bool) -> bool:
        """Whether `root` or a path below it counts.

        A folder counts for itself, which says nothing of what is in it: where only some files are included, the folders
        on the way to them do not count, and are not pruned either.
        """
        if path == self.root:
            return not self._top().pruned
        above, _, name = path.rpartition("/")
        known = self._known.get(above) or self._look(above)
        if known.pruned or temporary(name) or path in self.mounted:
            return False
        if folder:
            here = self._known.get(path) or self._look(path)
            return self._counts(here.ignore.out, here.include.out, here.dockerignore.out, path)
        inner = path[len(self.root) + 1 :]
        if self.ignore and self.ignore.out(inner, name, known.ignore):
            return False
        if self.include and not self.include.out(inner, name, known.include):
            return False
        return not (
            self.dockerignore
            and path.startswith(f"{self.context}/")
            and self.dockerignore.out(path[len(self.context) + 1 :], name, known.dockerignore)
            and path not in self.kept
        )

    @property
    def out_of_context(self) -> bool:
        """Whether `root` itself is not in the build context."""
        return self._top().dockerignore.out

    def prunes(self, folder: str) -> bool:
        """Whether nothing below `root` or a folder below it can count."""
        return (self._known.get(folder) or self._look(folder)).pruned

    def _counts(self, ignored: bool, included: bool, out_of_context: bool, path: str) -> bool:
        return not ignored and (included or not self.include) and (not out_of_context or path in self.kept)

    def _look(self, folder: str) -> _Folder:
        """Learn of a folder, and of those above it first."""
        if folder == self.root:
            return self._top()
        if len(self._known) > _MOST:
            self._known.clear()
        above, _, name = folder.rpartition("/")
        known = self._known.get(above) or self._look(above)
        inner = folder[len(self.root) + 1 :]
        found = self._folder(
            folder,
            known.pruned or temporary(name) or folder in self.mounted,
            self.ignore.folder(inner, name, known.ignore),
            self.include.folder(inner, name, known.include),
            self._in_context(folder, name, known.dockerignore),
        )
        self._known[folder] = found
        return found

    def _top(self) -> _Folder:
        known = self._known.get(self.root)
        if known is None:
            above = self.dockerignore.top()
            if self.root.startswith(f"{self.context}/"):
                above = self.dockerignore.walk(self.root[len(self.context) + 1 :], above)
            known = self._known[self.root] = self._folder(
                self.root, False, self.ignore.top(), self.include.top(), above
            )
        return known

    def _in_context(self, folder: str, name: str, above: Below) -> Below:
        if not folder.startswith(f"{self.context}/"):
            return above
        return self.dockerignore.folder(folder[len(self.context) + 1 :], name, above)

    def _folder(self, path: str, pruned: bool, ignore: Below, include: Below, dockerignore: Below) -> _Folder:
        pruned = (
            pruned
            or (ignore.out and ignore.settled)
            or (bool(self.include) and include.settled and not include.out)
            or (dockerignore.out and dockerignore.settled and not any(one.startswith(f"{path}/") for one in self.kept))
        )
        return _Folder(pruned, ignore, include, dockerignore)
