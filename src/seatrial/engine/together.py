"""Questions to an engine that are asked at the same time: each is a process of the client, and we only wait for it."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import copy_context
from threading import Thread
from typing import TYPE_CHECKING, Generic, TypeVar

from seatrial.engine import child

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

T = TypeVar("T")
_LOOK_AGAIN_S = 0.05
_TURN_S = 0.5


class Question(Generic[T]):
    """A call that was begun; `answer()` waits for its end."""

    def __init__(self, call: Callable[[], T]) -> None:
        self._call = call
        self._answer: list[T] = []
        self._error: BaseException | None = None
        self._thread = Thread(target=copy_context().run, args=(self._run,), daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._answer.append(self._call())
        except BaseException as error:  # noqa: BLE001  it is raised where the answer is wanted
            self._error = error

    def answer(self) -> T:
        """What the call returned; what it raised is raised here."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._answer[0]

    def ended(self, within_s: float) -> bool:
        self._thread.join(within_s)
        return not self._thread.is_alive()


class Together:
    """Begins calls at once, each in a thread of its own."""

    def __init__(self) -> None:
        self.questions: list[Question[object]] = []

    def ask(self, call: Callable[[], T]) -> Question[T]:
        question = Question(call)
        self.questions.append(question)  # type: ignore[arg-type]  # only ever waited for
        return question


def answers(jobs: Iterable[Future[T]]) -> Iterator[T]:
    """What each has come to, in turn. ^C that the kernel hands to another thread is noticed all the same.

    It does so when the process was stopped: a thread that waits without a limit would not be woken by it.
    """
    from concurrent.futures import wait

    for job in jobs:
        while not job.done():
            wait((job,), _TURN_S)
        yield job.result()


@contextmanager
def together() -> Iterator[Together]:
    """On the way out, whatever the reason, no question is open and no child process of one is left."""
    with child.remembered() as children:
        asking = Together()
        try:
            yield asking
        finally:
            for question in asking.questions:
                while not question.ended(0.0):
                    for process in tuple(children):
                        child.end_group(process)
                    question.ended(_LOOK_AGAIN_S)
