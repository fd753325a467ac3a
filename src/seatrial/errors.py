"""Every way to fail: what happened, what to do about it, and the exit code.

SeatrialError
├── UsageError               2   the request or the configuration is wrong; nothing was changed
│   ├── Busy
│   ├── ComposeFileMissing
│   ├── ConfigurationInvalid
│   │   └── RuleRefused          by Compose, a rule of `develop.watch`
│   └── UnknownService
├── EngineError              4   no engine to talk to
│   ├── ClientMissing
│   ├── EngineUnreachable
│   └── EngineTooOld
├── RunFailed                1   it ran, and it failed
│   ├── ContainerGone
│   ├── Defect                   an exception that no code of ours expected
│   ├── HookFailed               what Compose runs around a start or a stop
│   ├── ImageMissing
│   ├── Refused                  by the engine
│   ├── TimedOut
│   └── WatchLimitReached        the kernel has no room for more watched folders
├── NotJudged                3   it ran, and cannot be judged
│   └── HelperUnavailable
└── Several                  ↑   more than one of them, told in one go; ends with the highest code among them

130 is an interrupt (^C). Any other exception is a defect of ours: `verbs/_defect.py` makes it a `Defect`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DONE = 0
INTERRUPTED = 130


class SeatrialError(Exception):
    """A failure with a way out.

    Args:
        what: what happened, with the name of its subject, in one or two sentences.
        fix: one thing to do, as a command or a change. Never empty.
        detail: lines of evidence (log tails, probe output) shown between the two.
    """

    exit_code: int = 1

    def __init__(self, what: str, *, fix: str, detail: Iterable[str] = ()) -> None:
        """Refuse to be built without a way out."""
        if not fix.strip():
            message = f"an error without a fix: {what}"
            raise ValueError(message)
        super().__init__(what)
        self.what = what
        self.fix = fix
        self.detail = tuple(detail)

    def __str__(self) -> str:
        lines = [f"error: {self.what}", *(f"  {line}" for line in self.detail)]
        first, *rest = self.fix.splitlines()
        return "\n".join([*lines, f"  fix: {first}", *(f"       {line}" for line in rest)])


class UsageError(SeatrialError):
    exit_code = 2


class Busy(UsageError):
    """Somebody else works with the project: `who`, as `` `up` (process 7) ``, which is `process` (`process 7`)."""

    def __init__(self, who: str, project_name: str, process: str) -> None:
        super().__init__(f"{who} is busy with project {project_name}", fix="wait until it has ended")
        self.process = process


class ComposeFileMissing(UsageError):
    pass


class ConfigurationInvalid(UsageError):
    pass


class RuleRefused(ConfigurationInvalid):
    pass


class UnknownService(UsageError):
    pass


class EngineError(SeatrialError):
    exit_code = 4


class ClientMissing(EngineError):
    pass


class EngineUnreachable(EngineError):
    pass


class EngineTooOld(EngineError):
    pass


class RunFailed(SeatrialError):
    exit_code = 1


class Defect(RunFailed):
    """An exception that no code of ours expected."""


class ContainerGone(RunFailed):
    pass


class HookFailed(RunFailed):
    pass


class ImageMissing(RunFailed):
    """An image is not here and cannot be had: `image`, or that of `service`; "" for what the engine did not say."""

    def __init__(self, what: str, *, fix: str, detail: Iterable[str] = (), image: str = "", service: str = "") -> None:
        super().__init__(what, fix=fix, detail=detail)
        self.image, self.service = image, service


class Refused(RunFailed):
    """The engine refuses to do something: `words` are its own, of which `what` and `fix` are the plain version."""

    def __init__(self, what: str, *, fix: str, detail: Iterable[str] = (), words: str = "") -> None:
        super().__init__(what, fix=fix, detail=detail)
        self.words = words


class TimedOut(RunFailed):
    pass


class WatchLimitReached(RunFailed):
    pass


class NotJudged(SeatrialError):
    exit_code = 3


class HelperUnavailable(NotJudged):
    """There is no helper container, so nothing can be seen inside of containers."""


class Several(SeatrialError):
    """Errors that were found together, each with its own way out."""

    def __init__(self, errors: Iterable[SeatrialError]) -> None:
        """Take at least one."""
        self.each = tuple(errors)
        self.exit_code = max(error.exit_code for error in self.each)
        what = "; ".join(error.what for error in self.each)
        super().__init__(what, fix="\n".join(error.fix for error in self.each))

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.each)


def together(errors: Sequence[SeatrialError]) -> SeatrialError:
    """The one error, or all of them as one. There is at least one."""
    return errors[0] if len(errors) == 1 else Several(errors)
