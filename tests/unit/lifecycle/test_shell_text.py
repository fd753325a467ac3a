"""What is read out of a text for `sh -c`."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from contextlib import suppress

import pytest

from seatrial.lifecycle.shell_text import exec_able, exec_of, handles, ignores, is_idle, pass_on, stays, with_exec


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("migrate; node server.js;\n", "node server.js"),
        ("cd /app && npm start", "npm start"),
        ("echo a; sleep 1000", "sleep 1000"),
        ("a || b 'x y'", "b 'x y'"),
        ("trap '' TERM; while true; do sleep 1; done", ""),
        ("if x; then node a; fi", ""),
        ("(cd x; node y)", ""),
        ("{ a; b; }", ""),
        ("node a & wait", ""),
        ("node a &", ""),
        ("node a; echo over", ""),
        ("node server.js | tee log", ""),
        ("node -e 'a; b'", "node -e 'a; b'"),
        ("nginx -g 'daemon off;'", "nginx -g 'daemon off;'"),
        ("node a 2>&1", "node a 2>&1"),
        ("", ""),
    ],
)
def test_exec_is_put_before_a_program_and_before_nothing_else(text: str, last: str) -> None:
    assert exec_able(text) == last


@pytest.mark.parametrize(
    ("text", "ignored", "handled"),
    [
        ("trap '' TERM; node a", True, False),
        ('trap -- "" INT SIGTERM\nnode a', True, False),
        ("set -e; trap '' 15; node a", True, False),
        ("trap '' term; trap - TERM; node a", False, False),
        ("trap 'kill $!' TERM; node a & wait", False, True),
        ("trap stop TERM INT; node a & wait", False, True),
        ("trap '' HUP; node a", False, False),
        ("echo trap '' TERM", False, False),
        ("node a", False, False),
    ],
)
def test_what_a_trap_makes_of_the_signal(text: str, ignored: bool, handled: bool) -> None:
    assert (ignores(text, "SIGTERM"), handles(text, "SIGTERM")) == (ignored, handled)


def test_programs_that_only_wait_are_known_by_name() -> None:
    assert is_idle("/bin/sleep")
    assert not is_idle("node")


# By text: whether dash, bash and busybox stay, measured with 0.5.12, 5.2.15 and 1.37.
STAYS = {
    "serve": "ynn", "serve;": "ynn", "exec serve": "nnn", "cd / && serve": "ynn", "cd /; serve": "ynn",
    "A=1 serve": "ynn", "serve > log": "yyn", "serve 2>&1": "yyn", "(serve)": "yyn", "{ serve; }": "yyn",
    "if true; then serve; fi": "yyn", "serve || true": "yyy", "true || serve": "yyy", "serve | cat": "yyy",
    "! serve": "yyy", "set -e; serve": "ynn", "trap 'echo' TERM; serve": "yyy", "cd / && exec serve": "nnn",
    "eval serve": "yyy", "command serve": "ynn", "true & serve": "yyn", "serve -g 'daemon off;'": "ynn",
}  # fmt: skip


@pytest.mark.parametrize("text", STAYS)
def test_each_shell_becomes_its_last_command_or_stays_as_it_does(text: str) -> None:
    assert "".join("ny"[stays(text, shell)] for shell in ("dash", "bash", "busybox")) == STAYS[text]


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("cd / && serve", "cd / && exec serve"),
        ("A=1 B=2 serve x", "A=1 B=2 exec serve x"),
        ("command serve", "exec serve"),
        ("serve > log 2>&1", "exec serve > log 2>&1"),
        ("serve -g 'daemon off;'", "exec serve -g 'daemon off;'"),
        *((text, "") for text in ("exec serve", "! serve", "a || serve", "(serve)", "serve | cat", "eval serve")),
    ],
)
def test_exec_is_written_where_a_shell_takes_it(text: str, better: str) -> None:
    assert with_exec(text) == better


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("migrate && serve x; echo over", "migrate && exec serve x"),
        ("A=1 /bin/serve; echo 'a; serve'", "A=1 exec /bin/serve"),
        ("serve", "exec serve"),
        ("serve & wait", ""),
        ("serve | cat", ""),
        ("other", ""),
    ],
)
def test_what_is_done_before_a_program_is_kept(text: str, better: str) -> None:
    assert exec_of(text, "serve") == better


SCRIPT = """
pids=
TRAP
sh -c 'trap "echo one is over; exit 0" TERM; echo ready; while :; do sleep 0.02; done' & pids="$pids $!"
sh -c 'trap "echo two is over; exit 0" TERM; echo ready; while :; do sleep 0.02; done' & pids="$pids $!"
wait $pids
"""


@pytest.mark.parametrize("shell", ["dash", "dash -e", "bash", "bash -e", "busybox sh", "busybox sh -e"])
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_the_proposed_trap_passes_the_signal_on_and_waits(shell: str, name: str) -> None:
    program = shell.split()
    if not shutil.which(program[0]):
        pytest.skip(f"this machine has no {program[0]}")
    trap = re.search(r"`pids=; (trap '.*?' \w+)`", pass_on(name))
    assert trap
    script = SCRIPT.replace("TRAP", trap[1])
    with subprocess.Popen(
        [*program, "-c", script],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # What ignores SIGINT when it starts cannot trap it, and a test run in the background does.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    ) as run:
        try:
            assert run.stdout
            assert [run.stdout.readline() for _ in range(2)] == ["ready\n"] * 2
            run.send_signal(signal.Signals[name])
            said, _ = run.communicate(timeout=10)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(run.pid, signal.SIGKILL)
    assert sorted(said.splitlines()) == ["one is over", "two is over"]
    assert run.returncode == 128 + signal.Signals[name]
