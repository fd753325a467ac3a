"""scripts/base-image against the real engine: images under names of the tests' own, env files in throw-away folders."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from base_image.env_file import read_setting
from base_image.names import own_tag

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.engine
SCRIPT = Path(__file__).parents[2] / "scripts" / "base-image"


class BaseImage:
    """Runs the script on an env file, and knows the image that the test may make."""

    def __init__(self, env_file: Path) -> None:
        self.env_file = env_file
        self.tag = f"seatrial-test-base:{uuid.uuid4().hex[:8]}"
        self.environment = {
            name: value for name, value in os.environ.items() if name not in ("BASE_IMAGE", "BUILD_CA_FILE")
        }

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-IS", str(SCRIPT), *arguments, "--env-file", str(self.env_file)]

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        settings = self.environment | environment
        command = self.command(*arguments)
        return subprocess.run(command, env=settings, capture_output=True, text=True, timeout=300, check=False)

    def recorded(self) -> str | None:
        return read_setting(self.env_file.read_text(), "BASE_IMAGE") if self.env_file.exists() else None

    def image_id(self, name: str | None = None) -> str:
        return docker("image", "inspect", "--format", "{{.Id}}", name or self.tag).stdout.strip()


def docker(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)


@pytest.fixture
def base(tmp_path: Path) -> Iterator[BaseImage]:
    made = BaseImage(tmp_path / "my env" / ".env")
    yield made
    docker("rmi", made.tag)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BaseImage]:
    """One that is made and recorded, for tests that look at it."""
    once = BaseImage(tmp_path_factory.mktemp("made") / "my env" / ".env")
    done = once.run("--tag", once.tag)
    try:
        assert (done.returncode, done.stdout) == (0, f"BASE_IMAGE={once.tag} (present)\n"), done.stderr
        yield once
    finally:
        docker("rmi", once.tag)


@pytest.fixture
def own_cache(tmp_path: Path) -> Path:
    """A cache of the test's own, with the machine's downloads in it where there are any."""
    cache = tmp_path / "cache"
    known = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "seatrial", "base-image")
    if known.exists():
        shutil.copytree(known, cache / "seatrial" / "base-image")
    return cache


def test_it_makes_an_image_records_it_and_the_next_run_has_nothing_to_do(made: BaseImage) -> None:
    assert made.recorded() == made.tag
    assert made.env_file.stat().st_mode & 0o777 == 0o600
    before = made.env_file.stat()
    again = made.run()
    assert (again.returncode, again.stdout, again.stderr) == (0, f"BASE_IMAGE={made.tag} (present)\n", "")
    quiet = made.run("ensure", "--quiet")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")
    assert made.env_file.stat().st_mtime_ns == before.st_mtime_ns


def test_one_that_has_gone_while_the_file_names_it_is_made_again_the_same_to_the_last_byte(made: BaseImage) -> None:
    first = made.image_id()
    docker("rmi", made.tag)
    assert made.image_id() == ""
    done = made.run("--tag", made.tag)
    assert done.returncode == 0, done.stderr
    assert made.image_id() == first != ""


def test_containers_of_it_run_as_the_image_it_stands_in_for_does(made: BaseImage) -> None:
    run = ["run", "--rm", "--network=none", "--label=seatrial.test=1", made.tag]
    assert docker(*run, "-p", "process.versions.node.split('.')[0]").stdout == "24\n"
    assert (
        docker(*run, "sh", "-ec", "id -u node; ls /usr/bin/wget; npm --version >&2").stdout == "1000\n/usr/bin/wget\n"
    )
    added = docker(*run, "sh", "-ec", "addgroup -S app && adduser -S -G app app && su -s /bin/sh app -c id")
    assert added.stdout.startswith("uid=100(app) gid=100(app)"), added.stderr


def test_neither_this_machines_certificates_nor_its_paths_are_in_the_image(made: BaseImage) -> None:
    own = Path("/usr/local/share/ca-certificates")
    found = [path.read_bytes().split(b"\n")[1] for path in own.glob("*.crt")] if own.exists() else []
    with subprocess.Popen(["docker", "save", made.tag], stdout=subprocess.PIPE) as saving:
        content, _ = saving.communicate()
    assert b"BEGIN CERTIFICATE" in content
    assert [line for line in [*found, str(Path.home()).encode() + b"/"] if line in content] == []


def test_a_persons_own_image_is_never_overwritten(base: BaseImage) -> None:
    base.env_file.parent.mkdir()
    base.env_file.write_text("# mine\nBASE_IMAGE=registry.example/node:24  # do not touch\nBUILD_CA_FILE=/dev/null\n")
    before = base.env_file.read_bytes()
    done = base.run()
    assert (done.returncode, "registry.example/node:24" in done.stderr) == (0, True)
    refused = base.run("--libc", "glibc")
    assert (refused.returncode, "your own choice" in refused.stderr, "  fix: " in refused.stderr) == (2, True, True)
    assert base.env_file.read_bytes() == before


def test_other_lines_of_the_file_stay_as_they_are(base: BaseImage, made: BaseImage) -> None:
    base.env_file.parent.mkdir()
    base.env_file.write_bytes(b"TOKEN='a#b'\r\nBUILD_CA_FILE=/dev/null\r\nLAST=\xff")
    done = base.run("--tag", made.tag)
    assert done.returncode == 0, done.stderr
    expected = b"TOKEN='a#b'\r\nBUILD_CA_FILE=/dev/null\r\nLAST=\xff\r\nBASE_IMAGE=" + made.tag.encode() + b"\r\n"
    assert base.env_file.read_bytes() == expected


def test_an_image_that_does_not_work_is_not_recorded(base: BaseImage, tmp_path: Path) -> None:
    broken = tmp_path / "bin" / "docker"
    broken.parent.mkdir()
    real = shutil.which("docker")
    broken.write_text(f'#!/bin/sh\n[ "$1" = run ] && {{ echo "exec format error" >&2; exit 1; }}\nexec {real} "$@"\n')
    broken.chmod(0o755)
    done = base.run("--tag", base.tag, PATH=f"{broken.parent}:{os.environ['PATH']}")
    assert done.returncode == 1
    assert "does not work, so it is not recorded\n  exec format error" in done.stderr
    assert (base.recorded(), base.image_id()) == (None, "")


def test_two_at_once_make_it_once(base: BaseImage) -> None:
    command = base.command("--tag", base.tag)
    both = [subprocess.Popen(command, env=base.environment, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [one.communicate(timeout=300)[1] for one in both]
    assert [one.returncode for one in both] == [0, 0], said
    assert sum("waiting for it" in text for text in said) == 1
    assert base.recorded() == base.tag


def test_a_download_that_was_cut_short_is_fetched_again(base: BaseImage, own_cache: Path) -> None:
    wheels = list(own_cache.rglob("*.whl"))
    for path in wheels:
        path.write_bytes(path.read_bytes()[:1000])
    done = base.run("--tag", base.tag, XDG_CACHE_HOME=str(own_cache))
    assert done.returncode == 0, done.stderr
    assert all(path.stat().st_size > 50_000_000 for path in own_cache.rglob("*musl*.whl"))


def test_an_interrupted_run_records_nothing_and_leaves_no_drafts(base: BaseImage, own_cache: Path) -> None:
    environment = base.environment | {"XDG_CACHE_HOME": str(own_cache)}
    running = subprocess.Popen(base.command("--tag", base.tag), env=environment, stderr=subprocess.PIPE, text=True)
    with running:
        assert running.stderr is not None
        assert "putting" in next(line for line in running.stderr if "putting" in line)
        running.send_signal(signal.SIGTERM)
        running.stderr.read()
    assert running.returncode == 130
    assert base.recorded() is None
    assert [path for path in own_cache.rglob(".*") if path.name.startswith((".image", ".download"))] == []


def test_without_an_engine_it_says_so_and_records_nothing(base: BaseImage, tmp_path: Path) -> None:
    done = base.run("--tag", base.tag, DOCKER_HOST=f"unix://{tmp_path}/none.sock")
    assert done.returncode == 4
    assert f"no engine answers at unix://{tmp_path}/none.sock" in done.stderr
    assert "  fix: scripts/engine ensure" in done.stderr
    assert base.recorded() is None


def test_base_image_in_the_environment_wins_and_nothing_is_recorded_for_it(base: BaseImage) -> None:
    done = base.run(BASE_IMAGE="registry.example/node:24", BUILD_CA_FILE="/dev/null")
    assert done.returncode == 0
    assert base.recorded() is None


def test_status_tells_what_is_recorded_and_fails_where_it_is_not_there(base: BaseImage, made: BaseImage) -> None:
    assert base.run("status").returncode == 1
    done = made.run("status", "--json")
    facts = json.loads(done.stdout)
    assert (facts["base_image"], facts["present"], facts["stand_in"]) == (made.tag, True, "musl")
    assert facts["size_bytes"] < 140_000_000
    assert len(facts["layers"]) == 1
    told = dict(line.split(maxsplit=1) for line in made.run("status").stdout.splitlines())
    assert (told["present"], told["outdated"], told["layers"]) == ("yes", "no", facts["layers"][0])


@pytest.mark.parametrize(
    "arguments", [["--libc"], ["--libc", "uclibc"], ["enshure"], ["--colour"], ["status", "--tag"]]
)
def test_bad_arguments_are_usage_errors_with_a_fix(base: BaseImage, arguments: list[str]) -> None:
    done = subprocess.run([sys.executable, "-IS", str(SCRIPT), *arguments], capture_output=True, text=True, check=False)
    assert (done.returncode, "  fix: " in done.stderr) == (2, True)


def test_a_folder_that_cannot_be_written_to_is_named(base: BaseImage, made: BaseImage, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    base.env_file = tmp_path / "file" / ".env"
    done = base.run("--tag", made.tag)
    assert done.returncode == 1
    assert f"{tmp_path}/file" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_default_name_tells_version_libc_and_recipe() -> None:
    assert own_tag("musl").startswith("seatrial-base:24.")
    assert own_tag("musl").endswith("-musl-r1")
