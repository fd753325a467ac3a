from __future__ import annotations

import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from seatrial.engine.together import answers


def test_answers_come_in_turn_and_a_failure_in_its_own() -> None:
    with ThreadPoolExecutor() as pool:
        jobs = [pool.submit(lambda: 1), pool.submit(lambda: 1 // 0)]
        found = answers(jobs)
        assert next(found) == 1
        with pytest.raises(ZeroDivisionError):
            next(found)


def test_an_interrupt_that_comes_to_another_thread_is_noticed_before_the_job_ends() -> None:
    over = threading.Event()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    def work() -> None:
        assert over.wait(0.2) is False  # until the main thread waits
        signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)
        over.wait(30)

    before = signal.signal(signal.SIGUSR1, interrupted)
    began = time.monotonic()
    try:
        with ThreadPoolExecutor() as pool:
            job = pool.submit(work)
            try:
                with pytest.raises(KeyboardInterrupt):
                    list(answers([job]))
            finally:
                over.set()
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert time.monotonic() - began < 15
