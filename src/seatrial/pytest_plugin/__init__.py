"""A pytest plugin: drills of a compose project as tests. `-p no:seatrial` leaves it out; docs/drills.md tells more.

def test_api_stops_gracefully(drill):
    assert drill("graceful-stop", service="api").passed

pytest loads this file in every project that has seatrial installed, so it loads nothing itself before a test wants it.
"""

from __future__ import annotations

import shutil
import tempfile
from fcntl import LOCK_EX, LOCK_SH, flock
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from seatrial.pytest_plugin.outcome import Outcome
    from seatrial.pytest_plugin.session import RunningStack

MARKER = "seatrial"
NO_ENGINE = ("auto", "skip", "fail")
# Fixtures of ours that a test uses are known by this one: a project may have a `stack` of its own.
_OURS = "_seatrial_stack"
_WORKER_FOLDER = "seatrial_folder"
_outcomes = pytest.StashKey[list["Outcome"]]()
_folder = pytest.StashKey[Path]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("seatrial", "drills of a Docker Compose project")
    group.addoption("--seatrial-file", action="append", default=[], metavar="FILE", help="compose file, repeatable")
    group.addoption("--seatrial-project-name", default="", metavar="NAME", help="name of the compose project")
    group.addoption("--seatrial-keep", action="store_true", help="leave up what the `stack` fixture has brought up")
    group.addoption("--seatrial-html", default="", metavar="FILE", help="write a page of all drills to this file")
    group.addoption("--seatrial-journal", default="", metavar="FILE", help="write their recordings, for drill.judge")
    parser.addini("seatrial_files", "compose files; default: as `seatrial` finds them in the rootdir", "paths")
    parser.addini("seatrial_project_name", "name of the compose project; default: as Compose derives it")
    parser.addini("seatrial_timeout", "seconds until the stack must be up", default="120")
    parser.addini(
        "seatrial_no_engine", "without an engine: skip, fail, or auto (fail in CI, else skip)", default="auto"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{MARKER}: uses the compose stack; set by itself, -m 'not {MARKER}' leaves out")
    if config.getini("seatrial_no_engine") not in NO_ENGINE:
        message = f"seatrial_no_engine is {config.getini('seatrial_no_engine')!r}: use one of {', '.join(NO_ENGINE)}"
        raise pytest.UsageError(message)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _OURS in getattr(item, "fixturenames", ()):
            item.add_marker(MARKER)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """In a worker of pytest-xdist: who drills has the stack alone, others that use it share it.

    Groups of `--dist loadgroup` would do too, but pytest-xdist 3.8 does not see them under pytest 9.2.
    """
    folder = _worker_folder(item.config)
    if folder is None or not item.get_closest_marker(MARKER):
        return (yield)
    with (folder / "turn").open("w") as turn:
        flock(turn, LOCK_EX if "drill" in getattr(item, "fixturenames", ()) else LOCK_SH)
        return (yield)


@pytest.fixture(scope="session")
def _seatrial_stack(request: pytest.FixtureRequest) -> Iterator[RunningStack]:
    from seatrial.pytest_plugin.session import opened

    with opened(request.config, _worker_folder(request.config)) as running:
        yield running


@pytest.fixture(scope="session")
def stack(_seatrial_stack: RunningStack) -> RunningStack:
    """The compose project of the rootdir, up: the one that runs, or one that is taken down afterwards."""
    return _seatrial_stack


@pytest.fixture
def drill(_seatrial_stack: RunningStack, request: pytest.FixtureRequest) -> Callable[..., Outcome]:
    """Does drills by name, of one `service` or all, and gives what was found: `.passed`, and why not.

    `dependency` chooses the edge where that is what a drill is about, `repeat` does it several times. A failure that
    the ledger knows is an xfail; a drill that does not apply is a skip.
    """
    done = request.node.stash.setdefault(_outcomes, [])

    def do(name: str, *, service: str = "", dependency: str = "", repeat: int = 1) -> Outcome:
        __tracebackhide__ = True
        outcome = _seatrial_stack.drill(name, service=service, dependency=dependency, repeat=repeat)
        done.append(outcome)
        if outcome.skipped:
            pytest.skip(outcome.summary)
        if outcome.known:
            pytest.xfail(outcome.known)
        return outcome

    return do


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What a drill has found stands below the assertion that it broke: `assert False` alone helps nobody."""
    report = yield
    add: Any = getattr(report.longrepr, "addsection", None)
    if report.failed and call.when == "call" and add:
        for outcome in item.stash.get(_outcomes, []):
            if not outcome.passed:
                add(f"drill {outcome.name}", str(outcome))
    return report


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """With pytest-xdist the workers leave word here of what they have brought up; it stays up until all are done."""
    if _folder not in node.config.stash:
        node.config.stash[_folder] = Path(tempfile.mkdtemp(prefix="seatrial-pytest-"))
    node.workerinput[_WORKER_FOLDER] = str(node.config.stash[_folder])


def _worker_folder(config: pytest.Config) -> Path | None:
    """Shared by the workers of pytest-xdist; None without it."""
    name = getattr(config, "workerinput", {}).get(_WORKER_FOLDER)
    return Path(name) if name else None


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    folder = session.config.stash.get(_folder, None)
    if folder is None:
        return
    try:
        if (folder / "owed").exists():
            from seatrial.pytest_plugin.session import taken_down

            taken_down(session.config, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
