"""Generated env files: what was validated is what the container gets, and what is written is read back."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from conftest import PREFIX, ComposeProject
from seatrial.engine.whales import WhalesEngine
from seatrial.env.examine import examine
from seatrial.env.init import init
from seatrial.env.known import clear
from seatrial.project import Project
from unit.env.nasty import TOKENS
from unit.env.reading import reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seatrial.env.schema import Item

FILES = 40
KEYS = 150
# Finding one case is enough, and a Compose call is dear: no shrinking, few examples, each of many files.
FEW = settings(
    max_examples=4, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None
)
PIECES = some.one_of(
    some.sampled_from(TOKENS), some.text(some.characters(codec="utf-8", exclude_characters="\0"), max_size=4)
)
LINES = some.lists(PIECES, min_size=1, max_size=7).map("".join)


def three_lines(nasty: str, key: str) -> str:
    return f"A=file\n{key}{nasty}\nL=x\n"


# Only such as Compose reads: one that it refuses would refuse all the others with it.
ENV_FILES = some.builds(three_lines, LINES, some.sampled_from(["K=", "K=", ""])).filter(
    lambda text: isinstance(reading(text), dict)
)


@pytest.fixture
def place() -> Iterator[ComposeProject]:
    with TemporaryDirectory() as folder:
        project = ComposeProject(Path(folder), f"{PREFIX}-fuzz-{os.getpid()}")
        yield project
        if (project.folder / "containers").exists():
            project.remove()


def validated(project: ComposeProject) -> dict[str, dict[str, str]]:
    found = examine(WhalesEngine(), Project(project.folder, (project.file,)), os.environ, project.folder)
    return {service: dict(clear(env)) for service, env in found.contained.items()}


def in_containers(project: ComposeProject) -> dict[str, dict[str, str]]:
    """By service what its container was really given; created, never started."""
    (project.folder / "containers").touch()
    subprocess.run(
        ["docker", "compose", "create", "--force-recreate"],
        cwd=project.folder,
        capture_output=True,
        check=True,
        timeout=120,
    )
    ids = project.docker("ps", "-aq", "--filter", f"label=com.docker.compose.project={project.name}").split()
    found = json.loads(project.docker("inspect", *ids))
    return {
        c["Config"]["Labels"]["com.docker.compose.service"]: dict(
            pair.split("=", 1) for pair in c["Config"]["Env"] if "=" in pair
        )
        for c in found
    }


@pytest.mark.engine
def test_the_environment_of_a_created_container_is_the_validated_one(place: ComposeProject, base_image: str) -> None:
    compared: list[int] = []

    @FEW
    @given(some.lists(ENV_FILES, min_size=FILES, max_size=FILES, unique=True))
    def compare(files: list[str]) -> None:
        for number, text in enumerate(files):
            (place.folder / f"{number}.env").write_bytes(text.encode())
        place.write("".join(f"  s{n}: {{image: '{base_image}', env_file: {n}.env}}\n" for n in range(FILES))
                    + f"  bare: {{image: '{base_image}'}}\n")  # fmt: skip
        wanted, actual = validated(place), in_containers(place)
        of_image = actual["bare"]
        assert set(actual) == set(wanted)
        for service, env in wanted.items():
            assert {**of_image, **env} == actual[service], service
        compared.append(sum(len(env) for env in wanted.values()))

    compare()
    assert sum(compared) > 6 * FILES


@pytest.mark.compose
def test_every_value_that_env_init_writes_is_read_back_equal(place: ComposeProject) -> None:
    schema = place.folder / ".env.schema"
    schema.write_text("".join(f"# @required\nK{n}=\n" for n in range(KEYS)))
    place.write("  s: {image: x, env_file: .env}\n")
    texts = some.lists(PIECES, max_size=9).map("".join).filter(lambda text: "\0" not in text and bool(text))

    @FEW
    @given(some.lists(texts, min_size=KEYS, max_size=KEYS, unique=True))
    def read_back(answers: list[str]) -> None:
        told: Mapping[str, str] = {f"K{n}": answer for n, answer in enumerate(answers)}

        def ask(item: Item, complaint: str) -> str | None:
            return None if complaint else told[item.key]

        (place.folder / ".env").unlink(missing_ok=True)
        result = init(schema, place.folder / ".env", ask=ask, now=datetime.now(UTC))
        assert result.created
        project = Project(place.folder, (place.file,), (place.folder / ".env",), schema=schema)
        found = examine(WhalesEngine(), project, {}, place.folder)
        for values in (found.values, found.contained["s"]):
            assert {k: v for k, v in clear(values) if k in told} == told

    read_back()
