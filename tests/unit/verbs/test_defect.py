"""However a command ends, no traceback is shown: neither for a defect of ours nor for a reader that has gone."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = f"gh{'p'}_aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1eF3hJ5"
BROKEN = f"""if True:
    import sys
    from seatrial import program, settings
    def defect(*_):
        raise KeyError("{TOKEN}")
    settings.read = defect
    sys.argv = ["seatrial", *sys.argv[1:]]
    program.main()
"""


def run(program: list[str], folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "XDG_STATE_HOME": str(folder / "state"), **environ}
    return subprocess.run([sys.executable, *program], cwd=folder, env=env, capture_output=True, text=True, check=False)


def test_a_defect_is_three_lines_and_a_file_without_secrets(tmp_path: Path) -> None:
    done = run(["-c", BROKEN, "exec", "a", "--", "login", "--password", "hunter2hunter2"], tmp_path)
    assert done.returncode == 1
    first, details, fix = done.stderr.splitlines()
    assert first.startswith("error: unexpected error: KeyError")
    assert fix.startswith("  fix: ")
    (file,) = (tmp_path / "state" / "seatrial" / "errors").iterdir()
    assert details == f"  details: {file}"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text()
    assert "Traceback" in text
    assert "login --password" in text
    assert not [secret for secret in (TOKEN, "hunter2") if secret in text + done.stderr]


def test_a_defect_without_a_place_for_the_file_is_still_three_lines(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    done = run(["-c", BROKEN, "ps"], tmp_path)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 3)
    assert "not written" in done.stderr


def test_the_traceback_is_there_for_who_asks(tmp_path: Path) -> None:
    assert "Traceback" in run(["-c", BROKEN, "ps"], tmp_path, SEATRIAL_DEBUG="1").stderr


@pytest.mark.parametrize("verb", ["--help", "drill.list", "nosuch"])
@pytest.mark.parametrize("end", [">&-", "| true", ">/dev/full"])
def test_a_closed_or_full_output_ends_quietly(tmp_path: Path, verb: str, end: str) -> None:
    command = f"{sys.executable} -m seatrial {verb} 2>err {end}"
    subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, check=False, timeout=60)
    told = (tmp_path / "err").read_text()
    assert "Traceback" not in told
    assert "ignored" not in told


def test_a_locale_without_the_characters_of_a_project_stops_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "\u00fcmlaut \u2192"
    folder.mkdir()
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}
    show = (
        "from seatrial.verbs import _streams; _streams.prepare(); from seatrial.report import terminal as t; import os"
    )
    done = run(["-c", f"{show}; t.show_json([os.getcwd()]); t.show(os.getcwd())"], folder, **ascii_only)
    assert (done.returncode, done.stderr) == (0, "")
    keep = "from pathlib import Path; from seatrial import kept; from seatrial.project import Project; p = Path.cwd()"
    done = run(
        ["-c", f"{keep}; print(kept.of_checkout('drill', Project(p, (p / 'c.yaml',)), 'x'))"], folder, **ascii_only
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_an_error_whose_reader_has_gone_keeps_its_exit_code(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([sys.executable, "-m", "seatrial", "nosuch"], cwd=tmp_path, stderr=write, check=False)
    os.close(write)
    assert done.returncode == 2
