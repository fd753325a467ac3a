"""`bench`, the watch: from a save on disk to its content in the container, `seatrial watch` and `docker compose watch`.

Both watch a project each, at the same time; saves go to one and the other in turn. What is in a container is seen
through the root of its process below /proc, which needs root: a look through the engine takes longer than the sync.
"""

import itertools
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

PREFIX = "seatrial-bench-watch"
OURS = [str(Path(sys.executable).with_name("seatrial")), "watch"]
THEIRS = ["docker", "compose", "watch"]
SAVE = "watch: one save, file in the container"
RENAME = "watch: one save by rename"
NOISE = "watch: one save while an ignored file is written every 300 ms"
IGNORED = "watch: one save beside 5,000 ignored folders"
SWITCH = "watch: branch switch of 5,000 files"
BURST = "watch: burst of 60,000 files on two busy cores"
CHURN = "watch: folders come and go for 60 s"
ANEW = "watch: container made anew"
IDLE = "watch: idle on 50,000 files"
TITLES = (SAVE, RENAME, NOISE, IGNORED, SWITCH, BURST, CHURN, ANEW, IDLE)
_LIMIT_S = 120.0
# A save that takes as long as this has not arrived.
_NEVER_S = 20.0


@dataclass(frozen=True)
class Side:
    """One project that is watched: its folder of sources, and how its container sees them."""

    name: str
    folder: Path
    watcher: int

    @property
    def source(self) -> Path:
        return self.folder / "src"

    def inside(self) -> Path:
        """The target in the container; another one after it was made anew."""
        container = f"{self.name}-web-1"
        asked = ["docker", "inspect", "-f", "{{.State.Pid}}", container]
        pid = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
        return Path(f"/proc/{pid}/root/app")


def show(only: str, runs: int, image: str) -> None:
    """Each case that is asked for; `runs` counts for the slow ones, saves are 60."""
    cases: dict[str, Callable[[], None]] = {
        SAVE: lambda: _saves(SAVE, image, _plain),
        RENAME: lambda: _saves(RENAME, image, _renamed),
        NOISE: lambda: _noisy(image),
        IGNORED: lambda: _ignored(image),
        SWITCH: lambda: _switch(image),
        BURST: lambda: _burst(image),
        CHURN: lambda: _churn(image),
        ANEW: lambda: _anew(image, runs),
        IDLE: lambda: _idle(image),
    }
    for title, case in cases.items():
        if only in title:
            case()


def _saves(title: str, image: str, save: Callable[[Path, str], None], count: int = 60) -> None:
    with _watched(image, OURS) as ours, _watched(image, THEIRS) as theirs:
        _tell(title, *_in_turn((ours, theirs), save, count))


def _noisy(image: str) -> None:
    """A log below an ignored folder of the rule. A newer Compose never sends what is saved meanwhile."""
    with (
        _watched(image, OURS) as ours,
        _watched(image, THEIRS) as theirs,
        _beside(lambda: _log((ours, theirs)), 0.3),
    ):
        _tell(NOISE, *_in_turn((ours, theirs), _plain, 60))


def _log(sides: Iterable[Side]) -> None:
    for side in sides:
        _plain(side.source / "logs" / "x.log", str(time.time()))


def _ignored(image: str) -> None:
    with _watched(image, OURS, ignored=5000) as ours, _watched(image, THEIRS, ignored=5000) as theirs:
        _tell(IGNORED, *_in_turn((ours, theirs), _plain, 60))
        print(f"  inotify watches: {_watches(ours.watcher)} / {_watches(theirs.watcher)}")


def _switch(image: str) -> None:
    with _watched(image, OURS) as ours, _watched(image, THEIRS) as theirs:
        for side in (ours, theirs):
            _branches(side)
        for name, branch in (("there", "other"), ("back", "main")):
            told = []
            for side in (ours, theirs):
                began = time.perf_counter()
                _git(side.source, "checkout", "-q", branch)
                switched = time.perf_counter() - began
                equal = _until_equal(side)
                told.append(f"{equal - began:.1f} s (git itself {switched:.1f})" if equal else "not equal in 120 s")
            print(f"{SWITCH}, {name}: {told[0]} / {told[1]}")


def _burst(image: str) -> None:
    with _watched(image, OURS) as ours, _busy(2):
        began = time.perf_counter()
        for number in range(60_000):
            folder = ours.source / f"d{number % 60}"
            folder.mkdir(exist_ok=True)
            (folder / f"f{number}").write_text(str(number))
        written = time.perf_counter() - began
        equal = _until_equal(ours, 300)
    print(f"{BURST}: written in {written:.1f} s, {f'equal after {equal - began:.1f} s' if equal else 'NOT EQUAL'}")


def _churn(image: str) -> None:
    """Two processes make, rename and remove folders with files in them."""
    program = (
        "import os,random,shutil,sys,time\nend=time.time()+60\nroot=sys.argv[1]\nn=0\n"
        "while time.time()<end:\n d=os.path.join(root,f'c{sys.argv[2]}-{n%7}')\n n+=1\n"
        " os.makedirs(d+'/x/y',exist_ok=True)\n open(d+'/x/y/f','w').write(str(n))\n"
        " t=d+'-r'\n shutil.rmtree(t,ignore_errors=True)\n os.rename(d,t)\n"
        " n%3 or shutil.rmtree(t)\n time.sleep(0.002)\n"
    )
    with _watched(image, OURS) as ours:
        both = [subprocess.Popen([sys.executable, "-c", program, str(ours.source), str(n)]) for n in range(2)]
        during = []
        while any(process.poll() is None for process in both):
            with suppress(TimeoutError):
                during.append(_arrival(ours, _plain, 20.0))
            time.sleep(0.5)
        after = _arrival(ours, _plain)
        equal = _until_equal(ours)
    during.sort()
    print(
        f"{CHURN}: a save meanwhile {during[len(during) // 2] * 1000:.0f} ms (longest {during[-1] * 1000:.0f},"
        f" {len(during)} saves), after it {after * 1000:.0f} ms, {'equal' if equal else 'NOT EQUAL'}"
    )


def _anew(image: str, runs: int) -> None:
    with _watched(image, OURS) as ours:
        for number in range(200):
            (ours.source / f"f{number}").write_text(str(number))
        _until_equal(ours)
        told = []
        for _ in range(runs):
            command = ["docker", "compose", "up", "-d", "--force-recreate", "-t", "0"]
            subprocess.run(command, cwd=ours.folder, capture_output=True, check=True)
            began = time.perf_counter()
            equal = _until_equal(ours)
            told.append(equal - began if equal else _LIMIT_S)
    print(
        f"{ANEW}: 200 files equal {statistics.median(told):.2f} s after Compose has returned ({max(told):.2f} at most)"
    )


def _idle(image: str) -> None:
    with tempfile.TemporaryDirectory() as made:
        source = Path(made)
        for number in range(50_000):
            folder = source / f"d{number // 25}"
            folder.mkdir(exist_ok=True)
            (folder / f"f{number}").write_text(str(number))
        with _watched(image, OURS, copied=source) as ours:
            _until_equal(ours, 300)
            before = _cpu_s(ours.watcher)
            time.sleep(30)
            share = (_cpu_s(ours.watcher) - before) / 30
            print(f"{IDLE}: {share * 100:.2f} % of a core over 30 s, {_resident_mib(ours.watcher)} MiB")


def _plain(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


def _renamed(path: Path, text: str) -> None:
    """As many editors do."""
    draft = path.with_name(f".{path.name}.swp")
    draft.write_text(text)
    draft.rename(path)


_count = itertools.count()


def _in_turn(sides: tuple[Side, Side], save: Callable[[Path, str], None], count: int) -> tuple[list[float], ...]:
    told: tuple[list[float], list[float]] = ([], [])
    for number in range(count + 1):
        for side, found in zip(sides, told, strict=True):
            time.sleep(0.05 + (number * 7 % 10) / 100)  # not in step with anybody's clock
            try:
                seconds = _arrival(side, save, _NEVER_S)
            except TimeoutError:
                seconds = math.inf
            if number:
                found.append(seconds)
    return told


def _arrival(side: Side, save: Callable[[Path, str], None], limit_s: float = _LIMIT_S) -> float:
    """Seconds from the end of a save until the container reads it."""
    text = f"save {next(_count)}"
    inside = side.inside() / "saved.txt"
    save(side.source / "saved.txt", text)
    began = time.perf_counter()
    while time.perf_counter() - began < limit_s:
        with suppress(OSError):
            if inside.read_text() == text:
                return time.perf_counter() - began
        time.sleep(0.0005)
    raise TimeoutError(f"a save has not arrived in {limit_s:.0f} s")


def _until_equal(side: Side, limit_s: float = _LIMIT_S) -> float | None:
    """When the container has what is on disk; None when it has not in time."""
    end = time.perf_counter() + limit_s
    while time.perf_counter() < end:
        with suppress(OSError, subprocess.CalledProcessError):
            now = time.perf_counter()
            if _content(side.source) == _content(side.inside()):
                return now
        time.sleep(0.05)
    return None


def _content(root: Path) -> dict[str, bytes]:
    found = {}
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in (".git", "node_modules", "logs")]
        for name in files:
            path = Path(folder, name)
            found[str(path.relative_to(root))] = path.read_bytes()
    return found


def _branches(side: Side) -> None:
    """Two branches of 5,000 files each, of which the half differs; the container has the first."""
    _git(side.source, "init", "-q", "-b", "main")
    for branch in ("main", "other"):
        if branch == "other":
            _git(side.source, "checkout", "-q", "-b", branch)
        for number in range(5000):
            folder = side.source / f"m{number // 100}" / (branch if number % 2 else "both")
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"f{number}").write_text(f"{branch} {number}\n" * 20)
        if branch == "other":
            for number in range(1, 5000, 2):
                (side.source / f"m{number // 100}" / "main" / f"f{number}").unlink(missing_ok=True)
        _git(side.source, "add", "-A")
        _git(side.source, "-c", "user.name=b", "-c", "user.email=b@example.org", "commit", "-qm", branch)
    _git(side.source, "checkout", "-q", "main")
    _until_equal(side)


def _git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)


def _watches(pid: int) -> int:
    """Inotify watches of a process and its children."""
    found = 0
    for process in (pid, *_children(pid)):
        for info in Path(f"/proc/{process}/fdinfo").glob("*"):
            with suppress(OSError):
                found += info.read_text().count("inotify wd:")
    return found


def _children(pid: int) -> list[int]:
    told = [file.read_text().split() for file in Path(f"/proc/{pid}/task").glob("*/children")]
    return [one for child in map(int, itertools.chain(*told)) for one in (child, *_children(child))]


def _cpu_s(pid: int) -> float:
    ticks = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")


def _resident_mib(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) // 1024


@contextmanager
def _watched(image: str, command: list[str], *, ignored: int = 0, copied: Path | None = None) -> Iterator[Side]:
    """A project whose one container is kept equal to `src` by `command`."""
    folder = Path(tempfile.mkdtemp())
    name = f"{PREFIX}-{next(_count)}"
    source = folder / "src"
    source.mkdir()
    (source / "first.txt").write_text("first")
    for number in range(ignored):
        (source / "node_modules" / f"p{number}").mkdir(parents=True)
    rule = {"action": "sync", "path": "./src", "target": "/app", "ignore": ["node_modules/", "logs/"]}
    service = {
        "build": {"context": ".", "dockerfile_inline": f"FROM {image}\nCOPY src/first.txt /app/\n"},
        "command": ["sleep", "1d"],
        "init": True,
        "develop": {"watch": [rule]},
    }
    (folder / "compose.yaml").write_text(json.dumps({"name": name, "services": {"web": service}}))
    if copied:
        shutil.copytree(copied, source, dirs_exist_ok=True)
    run = {"cwd": folder, "check": True, "capture_output": True}
    subprocess.run(["docker", "compose", "up", "-d", "--build"], **run)  # type: ignore[call-overload]
    with (folder / "said").open("w") as said:
        watcher = subprocess.Popen(command, cwd=folder, stdout=said, stderr=said, start_new_session=True)
    side = Side(name, folder, watcher.pid)
    try:
        _arrival(side, lambda path, text: _repeatedly(path, text, side))
        yield side
    finally:
        os.killpg(watcher.pid, 15)
        with suppress(subprocess.TimeoutExpired):
            watcher.wait(10)
        subprocess.run(["docker", "compose", "down", "-v", "-t", "0"], cwd=folder, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


def _repeatedly(path: Path, text: str, side: Side) -> None:
    """Until somebody watches: what is saved before that, Compose never sends."""
    inside = side.inside() / path.name
    end = time.perf_counter() + _LIMIT_S
    while time.perf_counter() < end:
        path.write_text(text)
        wait = time.perf_counter() + 2
        while time.perf_counter() < wait:
            with suppress(OSError):
                if inside.read_text() == text:
                    return
            time.sleep(0.05)


@contextmanager
def _beside(act: Callable[[], object], every_s: float) -> Iterator[None]:
    left = threading.Event()

    def again() -> None:
        while not left.wait(every_s):
            act()

    thread = threading.Thread(target=again, daemon=True)
    thread.start()
    try:
        yield
    finally:
        left.set()
        thread.join()


@contextmanager
def _busy(count: int) -> Iterator[None]:
    """Processes that keep a core busy each, for ten minutes at the most."""
    program = "import time\nend=time.time()+600\nwhile time.time()<end: pass"
    processes = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(count)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def _tell(title: str, ours: list[float], theirs: list[float]) -> None:
    def told(found: list[float]) -> str:
        found.sort()
        never = found.count(math.inf)
        told = f"{found[len(found) // 2] * 1000:.1f} / {found[int(len(found) * 0.99)] * 1000:.1f} ms"
        return f"{told}, {never} never" if never else told

    ratio = statistics.median(ours) / statistics.median(theirs)
    print(f"{title}: p50 / p99 {told(ours)}, Compose {told(theirs)}, ratio {ratio:.3f} (n = {len(ours)})")
