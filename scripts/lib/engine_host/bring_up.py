"""The slow way of `ensure`: something is missing or not running. One at a time on a machine."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from engine_host import dockerd, systemd
from engine_host.check import ask, engine_version, problems
from engine_host.client import client_versions, find_program
from engine_host.endpoint import Endpoint
from engine_host.http import Answer
from engine_host.install import install, look_at_machine
from engine_host.install_plan import plan_install
from failure import NO_ENGINE, Failure
from interrupts import end_tidily_on_sigterm
from talk import say

LOCK_FILE = f"{dockerd.RUN_FOLDER}/engine.lock"


def bring_up(endpoint: Endpoint, environment: Mapping[str, str]) -> None:
    """Install what is missing, start what does not run, and check that it is enough; or say why not."""
    end_tidily_on_sigterm()
    answer = ask(endpoint, environment)
    if answer.state != "answers":
        _refuse_if_not_ours(endpoint, answer)
    missing = missing_parts(answer.state == "answers", environment)
    if os.geteuid() != 0:
        _refuse_without_root(answer, missing)
    else:
        with locked():
            _install_and_start(endpoint, environment)
    _check(ask(endpoint, environment), environment)


def missing_parts(engine_answers: bool, environment: Mapping[str, str]) -> list[str]:
    """Which of engine, client, compose and buildx this machine lacks altogether."""
    versions = client_versions(environment)
    engine = [] if engine_answers or find_program("dockerd", environment) else ["engine"]
    return engine + [name for name in ("client", "compose", "buildx") if versions[name] is None]


def _install_and_start(endpoint: Endpoint, environment: Mapping[str, str]) -> None:
    """Holds the lock, so it looks again: another `ensure` may have done the work meanwhile."""
    answered = ask(endpoint, environment).state == "answers"
    if missing := missing_parts(answered, environment):
        install(missing, answered, environment)
    if ask(endpoint, environment).state != "answers":
        _start(endpoint, environment)
    elif missing and not answered and systemd.is_booted():
        systemd.mark()  # the packages' own scripts have started the service


def _start(endpoint: Endpoint, environment: Mapping[str, str]) -> None:
    def answers() -> bool:
        return ask(endpoint, environment).state == "answers"

    program = find_program("dockerd", environment)
    if program is None:
        raise Failure(
            "Docker's packages are installed, but there is no dockerd",
            "apt-get install --reinstall docker.io",
            NO_ENGINE,
        )
    if systemd.is_booted() and systemd.has_unit():
        systemd.start(answers)
        return
    running = dockerd.own_pid() or dockerd.any_pid()
    if running is None:
        pid = dockerd.start(program, answers, environment)
        say(f"dockerd runs (pid {pid}, log {dockerd.LOG_FILE}); scripts/engine stop ends it")
    elif not dockerd.wait_until(answers, dockerd.START_LIMIT_S):
        raise Failure(
            f"a dockerd runs (pid {running}) but does not answer at {endpoint.url}",
            f"see its log; if it hangs, end it (kill {running}) and run this again",
            NO_ENGINE,
        )


def _refuse_if_not_ours(endpoint: Endpoint, answer: Answer) -> None:
    if answer.state == "forbidden":
        raise Failure(
            f"an engine's socket is at {endpoint.url}, but this user may not open it",
            'sudo usermod -aG docker "$USER"   # then log in again, or: newgrp docker',
            NO_ENGINE,
        )
    if not endpoint.is_own:
        start = "start it (systemctl --user start docker)" if "/run/user/" in endpoint.url else "start that engine"
        raise Failure(
            f"no engine answers at {endpoint.url} (from {endpoint.source}): {answer.detail}",
            f"{start}, or use this machine's own: unset DOCKER_HOST and DOCKER_CONTEXT, docker context use default",
            NO_ENGINE,
        )


def _refuse_without_root(answer: Answer, missing: list[str]) -> None:
    if missing:
        plan_install(look_at_machine(missing))
    if answer.state == "answers":
        return
    by_hand = "sudo systemctl start docker" if systemd.is_booted() else "sudo scripts/engine ensure"
    raise Failure("Docker is installed but not running, and only root can start it", by_hand, NO_ENGINE)


def _check(answer: Answer, environment: Mapping[str, str]) -> None:
    versions = client_versions(environment)
    wrong = problems(answer, versions)
    if answer.state != "answers":
        wrong.insert(0, f"the engine does not answer any more: {answer.detail}")
    if not wrong:
        return
    found = [
        f"engine {engine_version(answer)}",
        *(f"{name} {versions[name] or 'missing'}" for name in ("compose", "buildx")),
    ]
    client = find_program("docker", environment)
    raise Failure(
        f"{'; '.join(wrong)}\n  found: {', '.join(found)}, client {client}",
        "update Docker as it was installed (https://docs.docker.com/engine/install/); "
        "plugins belong where the client that is first on PATH looks: /usr/local/lib/docker/cli-plugins",
        NO_ENGINE,
    )


@contextmanager
def locked() -> Iterator[None]:
    """One `ensure` or `stop` at a time. The kernel drops the lock of one that was killed."""
    os.makedirs(dockerd.RUN_FOLDER, exist_ok=True)
    with open(LOCK_FILE, "w", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another scripts/engine is at work: waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
