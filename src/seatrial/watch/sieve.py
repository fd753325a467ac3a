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
    """What is known of a folder.

    Attributes:
        pruned: whether nothing in it can count.
        ignore: what these patterns say of what is in it; None where they let all of it through. The others alike.
    """

    pruned: bool
    ignore: Below | None
    include: Below | None
    dockerignore: Below | None


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
        inner = path[len(self.root) + 1 :]
        return (
            (known.ignore is None or not known.ignore.takes_out(inner, name))
            and (known.include is None or known.include.takes_out(inner, name))
            and (
                (folder and path == self.context)
                or known.dockerignore is None
                or not known.dockerignore.takes_out(path[len(self.context) + 1 :], name)
                or path in self.kept
            )
        )

    @property
    def out_of_context(self) -> bool:
        """Whether `root` itself is taken out of the build context with all that is in it."""
        context = self._top().dockerignore
        return context is not None and context.out and context.settled

    def prunes(self, folder: str) -> bool:
        """Whether nothing below `root` or a folder below it can count."""
        return (self._known.get(folder) or self._look(folder)).pruned

    def _top(self) -> _Folder:
        known = self._known.get(self.root)
        if known is None:
            ignore, include, dockerignore = self.ignore.top(), self.include.top(), self.dockerignore.top()
            if self.root.startswith(f"{self.context}/"):
                dockerignore = self.dockerignore.walk(self.root[len(self.context) + 1 :], dockerignore)
            inside = self.context and (self.root + "/").startswith(self.context + "/")
            known = self._keep(
                self.root, ignore, include if self.include else None, dockerignore if inside else None, pruned=False
            )
        return known

    def _look(self, folder: str) -> _Folder:
        """Learn of a folder, and of those above it first."""
        if folder == self.root:
            return self._top()
        if len(self._known) > _MOST:
            self._known.clear()
        above, _, name = folder.rpartition("/")
        known = self._known.get(above) or self._look(above)
        inner = folder[len(self.root) + 1 :]
        return self._keep(
            folder,
            known.ignore and self.ignore.folder(inner, name, known.ignore),
            known.include and self.include.folder(inner, name, known.include),
            self.dockerignore.top()
            if folder == self.context
            else known.dockerignore
            and self.dockerignore.folder(folder[len(self.context) + 1 :], name, known.dockerignore),
            pruned=known.pruned or temporary(name) or folder in self.mounted,
        )

    def _keep(
        self, path: str, ignore: Below | None, include: Below | None, dockerignore: Below | None, *, pruned: bool
    ) -> _Folder:
        found = self._known[path] = _Folder(
            pruned
            or (ignore is not None and ignore.out and ignore.settled)
            or (include is not None and include.settled and not include.out)
            or (
                dockerignore is not None
                and dockerignore.out
                and dockerignore.settled
                and not any(one.startswith(f"{path}/") for one in self.kept)
            ),
            None if ignore is None or (ignore.settled and not ignore.out) else ignore,
            None if include is None or (include.settled and include.out) else include,
            None if dockerignore is None or (dockerignore.settled and not dockerignore.out) else dockerignore,
        )
        return found
