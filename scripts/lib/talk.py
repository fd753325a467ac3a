"""What the scripts say to the person: on stderr, so that stdout carries data only."""

from __future__ import annotations

import sys
import time

from failure import FAILED, INTERRUPTED, Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Timer

SLOW_S = 1.0


def say(text: str) -> None:
    """Print one message to stderr."""
    print(text, file=sys.stderr, flush=True)


class doing:  # noqa: N801 - reads as a statement: `with doing("..."):`
    """Context that says `label` once the work has taken longer than a second, and then how long it took."""

    def __init__(self, label: str, after_s: float = SLOW_S) -> None:
        self.label = label
        self.after_s = after_s
        self.timer: Timer | None = None
        self.said = False

    def __enter__(self) -> None:
        from threading import Timer

        self.started = time.monotonic()
        self.timer = Timer(self.after_s, self._say)
        self.timer.daemon = True
        self.timer.start()

    def _say(self) -> None:
        self.said = True
        say(f"{self.label} ...")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self.timer is not None:
            self.timer.cancel()
        if self.said and kind is None:
            say(f"{self.label}: {time.monotonic() - self.started:.1f} s")


def run_door(main: Callable[[list[str]], int], arguments: list[str]) -> int:
    """Run a script's `main`; turn a `Failure` or an interrupt into its message and exit code."""
    try:
        return main(arguments)
    except Failure as failure:
        say(str(failure))
        return failure.code
    except KeyboardInterrupt:
        say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        return FAILED  # whoever read our output has gone
    except OSError as problem:
        say(str(Failure(str(problem), "see that the path exists, may be written to, and that the disk has room")))
        return FAILED
