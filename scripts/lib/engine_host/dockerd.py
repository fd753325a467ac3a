"""The dockerd that these scripts start where there is no systemd: a child in its own session, known by its pid file.

Ownership needs no bookkeeping of ours: dockerd is started with `--pidfile` under /run/seatrial, writes that file, and
a process is ours exactly when its command line names that file. A reused pid never does.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Mapping

from engine_host.client import SBIN
from engine_host.diagnosis import likely_fix
from failure import NO_ENGINE, Failure
from paths import read_text
from talk import doing, say

RUN_FOLDER = "/run/seatrial"
PID_FILE = f"{RUN_FOLDER}/dockerd.pid"
CONTAINERD_PID_FILE = "/run/docker/containerd/containerd.pid"
"""Written by dockerd, of the containerd that it starts itself."""
LOG_FILE = "/var/log/seatrial/dockerd.log"
LOG_LIMIT = 5 * 1024 * 1024
START_LIMIT_S = 60.0
STOP_LIMIT_S = 60.0
POLL_S = 0.05
LAST_LINES = 12
PASSED_ON = ("HOME", "LANG", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "DOCKER_TMPDIR", "DOCKER_RAMDISK")


def daemon_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """What a long-lived daemon gets of a person's environment: no tokens, and an sbin folder for iptables."""
    kept = {name: value for name, value in environment.items() if name in PASSED_ON or name.lower().endswith("_proxy")}
    return kept | {"PATH": os.pathsep.join([*filter(None, [environment.get("PATH")]), *SBIN])}


def own_pid() -> int | None:
    """The pid of the dockerd that was started here and still runs."""
    text = (read_text(PID_FILE) or "").strip()
    pid = int(text) if text.isdigit() else None
    return pid if pid is not None and is_own_command(_command_line(pid)) else None


def is_own_command(arguments: list[str]) -> bool:
    """Whether a process with this command line is a dockerd started here."""
    return os.path.basename(arguments[0]) == "dockerd" and f"--pidfile={PID_FILE}" in arguments


def any_pid() -> int | None:
    """The pid of some dockerd in this mount namespace, whoever started it (one in a container is another machine's)."""
    here = _mount_namespace("self")
    numbers = (int(entry) for entry in os.listdir("/proc") if entry.isdigit())
    return next((pid for pid in numbers if _runs("dockerd", pid) and _mount_namespace(str(pid)) == here), None)


def start(dockerd: str, answers: Callable[[], bool], environment: Mapping[str, str]) -> int:
    """Start dockerd, wait until it answers, give its pid. The failure carries its last log lines and the likely fix."""
    _remove_stale_pid_files()
    offset = _open_log()
    with open(LOG_FILE, "ab", buffering=0) as log:
        child = subprocess.Popen(
            [dockerd, f"--pidfile={PID_FILE}"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=daemon_environment(environment),
            start_new_session=True,
            umask=0o022,
        )
    with doing(f"starting dockerd (pid {child.pid}, log {LOG_FILE})"):
        if wait_until(answers, START_LIMIT_S, lambda: child.poll() is None):
            child.returncode = 0  # it lives on without us: no warning about a child left behind
            return child.pid
    raise _did_not_start(child, offset)


def wait_until(answers: Callable[[], bool], limit_s: float, alive: Callable[[], bool] = lambda: True) -> bool:
    """Ask until it answers, at most `limit_s`, and not once `alive` says no."""
    end = time.monotonic() + limit_s
    while True:
        lives = alive()
        if answers():
            return True
        if not lives or time.monotonic() > end:
            return False
        time.sleep(POLL_S)


def stop(pid: int) -> None:
    """End our dockerd as it wants to be ended (it stops its containers first) and wait until it is gone."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        signal.pidfd_send_signal(handle, signal.SIGTERM)
        waiting = select.poll()
        waiting.register(handle, select.POLLIN)
        with doing(f"stopping dockerd (pid {pid}) and its containers"):
            gone = waiting.poll(STOP_LIMIT_S * 1000)
    except ProcessLookupError:
        return
    finally:
        os.close(handle)
    if not gone:
        raise Failure(
            f"dockerd (pid {pid}) has not ended {STOP_LIMIT_S:g} s after SIGTERM",
            f"see what holds it: tail {LOG_FILE}\nas a last resort: kill -9 {pid}",
        )


def _did_not_start(child: subprocess.Popen[bytes], offset: int) -> Failure:
    with open(LOG_FILE, encoding="utf-8", errors="replace") as log:
        log.seek(offset)
        lines = log.read().splitlines()
    text = "\n".join(lines)
    how = (
        f"ended with exit code {child.returncode}"
        if child.poll() is not None
        else f"has not answered for {START_LIMIT_S:g} s"
    )
    if child.poll() is None:
        say(f"ending dockerd (pid {child.pid}), which does not answer")
        stop(child.pid)
    last = "".join(f"\n  {line}" for line in lines[-LAST_LINES:])
    return Failure(
        f"dockerd {how}; its last words (all in {LOG_FILE}):{last}", likely_fix(text) or f"read {LOG_FILE}", NO_ENGINE
    )


def _open_log() -> int:
    """Make the log's folder, set a big old log aside, and give the size from which this start's lines count."""
    os.makedirs(os.path.dirname(LOG_FILE), exist_ok=True)
    os.makedirs(RUN_FOLDER, exist_ok=True)
    size = os.path.getsize(LOG_FILE) if os.path.exists(LOG_FILE) else 0
    if size <= LOG_LIMIT:
        return size
    os.replace(LOG_FILE, LOG_FILE + ".1")
    return 0


def _remove_stale_pid_files() -> None:
    """Dockerd takes any process, even a zombie, that has the number in such a file for the one that wrote it.

    It then refuses to start, or waits 15 s for a containerd that is no more.
    """
    for path, program in ((PID_FILE, "dockerd"), (CONTAINERD_PID_FILE, "containerd")):
        text = (read_text(path) or "").strip()
        if os.path.exists(path) and not (text.isdigit() and _runs(program, int(text))):
            os.unlink(path)


def _runs(program: str, pid: int) -> bool:
    """By its command line, which a zombie no longer has: PID 1 of a container may never collect it."""
    return os.path.basename(_command_line(pid)[0]) == program


def _command_line(pid: int) -> list[str]:
    return (read_text(f"/proc/{pid}/cmdline") or "").rstrip("\0").split("\0")


def _mount_namespace(process: str) -> str | None:
    try:
        return os.readlink(f"/proc/{process}/ns/mnt")
    except OSError:
        return None
