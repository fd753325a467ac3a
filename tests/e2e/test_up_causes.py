"""Why a container is made anew: named field by field, with no value shown or written, on the real engine."""

from __future__ import annotations

import json
import stat
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conftest import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import ComposeProject

pytestmark = pytest.mark.engine

SECRET = "hunter2Zx9kQw"
PLAIN = "its configuration changed"


def web(image: str, *, command: str = "[sleep, '1000']", more: str = "") -> str:
    return f"  web:\n    image: {image}\n    command: {command}\n    init: true\n{more}"


def environment(**variables: str) -> str:
    return f"    environment: {json.dumps(variables)}\n"


def cause(project: ComposeProject) -> str:
    """The one step that a dry run tells, without its action and service."""
    done = project.run("up", "--dry")
    assert done.returncode == 0, done.stderr
    assert SECRET not in done.stdout + done.stderr
    (line,) = done.stdout.splitlines()
    assert line.startswith("recreate web (")
    return line.removeprefix("recreate web (").removesuffix(")")


def up(project: ComposeProject) -> None:
    done = project.run("up")
    assert done.returncode == 0, done.stderr


def by_compose(project: ComposeProject) -> None:
    subprocess.run(["docker", "compose", "up", "-d"], cwd=project.folder, check=True, capture_output=True)


def records(project: ComposeProject) -> Iterator[Path]:
    return Path(project.environment()["XDG_CACHE_HOME"]).glob("seatrial/made/*.json")


def test_variables_are_named_and_no_value_is_shown_or_written(project: ComposeProject, base_image: str) -> None:
    project.write(web(base_image, more=environment(PASSWORD=SECRET, LEVEL="info", OLD="1")))
    up(project)
    project.write(web(base_image, more=environment(PASSWORD=f"{SECRET}2", LEVEL="info", NEW="1")))
    assert cause(project) == "environment: PASSWORD changed, NEW added, OLD removed"
    (record,) = records(project)
    assert stat.S_IMODE(record.stat().st_mode) == 0o600
    for file in Path(project.environment()["XDG_CACHE_HOME"]).rglob("*"):
        assert not file.is_file() or SECRET.encode() not in file.read_bytes(), file
    up(project)
    assert project.run("up", "--dry").stdout == "keep web (running, as wanted)\n"


def test_each_field_has_its_name(project: ComposeProject, base_image: str) -> None:
    other = f"{project.name}:other"
    project.docker("tag", base_image, other)
    try:
        project.write(web(base_image))
        up(project)
        for services, rest, text in (
            (web(base_image, command="[sleep, '2000']"), "", "command changed"),
            (web(other), "", f"image: {base_image} -> {other}"),
            (web(base_image, more="    ports: ['127.0.0.1::8080']\n"), "", "ports: 8080/tcp added"),
            (web(base_image, more="    volumes: ['data:/data']\n"), "volumes: {data: }\n", "volumes: /data added"),
            (web(base_image, more="    labels: {tier: front}\n"), "", "labels: tier added"),
            (web(base_image, more="    restart: always\n"), "", "restart added"),
            (web(base_image, command="[sleep, '9']", more="    user: '1'\n"), "", "command changed; user added"),
        ):
            project.write(services, rest)
            assert cause(project) == text
    finally:
        project.docker("image", "rm", other)


def test_an_env_file_is_told_by_its_variables(project: ComposeProject, base_image: str) -> None:
    (project.folder / "web.env").write_text(f"PASSWORD={SECRET}\nLEVEL=info\n")
    project.write(web(base_image, more="    env_file: web.env\n"))
    up(project)
    (project.folder / "web.env").write_text(f"PASSWORD={SECRET}\nLEVEL=debug\n")
    assert cause(project) == "environment: LEVEL changed"


def test_a_stack_that_compose_started_tells_by_its_containers(project: ComposeProject, base_image: str) -> None:
    project.write(web(base_image, more=environment(PASSWORD=SECRET, LEVEL="info", OLD="1")))
    by_compose(project)
    project.write(web(base_image, more=environment(PASSWORD=f"{SECRET}2", LEVEL="info", NEW="1")))
    assert cause(project) == "environment: PASSWORD changed, NEW added, OLD removed"
    same = environment(PASSWORD=SECRET, LEVEL="info", OLD="1")
    for services, rest, text in (
        (web(base_image, command="[sleep, '2000']", more=same), "", "command changed"),
        (web(base_image, more=f"{same}    restart: always\n"), "", "restart changed"),
        (web(base_image, more=f"{same}    ports: ['127.0.0.1:{free_port()}:8080']\n"), "", "ports: 8080/tcp added"),
        (web(base_image, more=f"{same}    volumes: ['data:/data']\n"), "volumes: {data: }\n", "volumes: /data added"),
        (web(base_image, more=f"{same}    volumes: ['./compose.yaml:/c:ro']\n"), "", "volumes: /c added"),
        (
            web(base_image, more=f"{same}    networks: [default, back]\n"),
            "networks: {back: }\n",
            "networks: back added",
        ),
        (web(base_image, more=f"{same}    labels: {{tier: front}}\n"), "", PLAIN),  # which the image may have as well
    ):
        project.write(services, rest)
        assert cause(project) == text


def test_what_is_mounted_and_published_as_wanted_is_no_cause(project: ComposeProject, base_image: str) -> None:
    (project.folder / "site.conf").write_text("x\n")
    more = (
        "    volumes: ['data:/data', './site.conf:/etc/site.conf:ro', /scratch, {type: tmpfs, target: /cache}]\n"
        f"    tmpfs: [/run]\n    ports: ['{free_port()}:8080', '8081']\n    restart: 'on-failure:3'\n"
        "    stop_grace_period: 1m30s\n    networks: [default, back]\n"
        "    healthcheck: {test: test -d /, interval: 1m, start_period: 1s, retries: 2}\n"
        "    environment: {PRICE: '$$5'}\n    entrypoint: [sh, -c]\n"
    )
    rest = "volumes: {data: }\nnetworks: {back: }\n"
    project.write(web(base_image, command="['sleep $$((500 * 2))']", more=more), rest)
    by_compose(project)
    project.write(web(base_image, command="['sleep 7']", more=more), rest)
    assert cause(project) == "command changed"


def test_a_container_that_compose_made_since_is_asked_itself(project: ComposeProject, base_image: str) -> None:
    project.write(web(base_image, more=environment(LEVEL="info")))
    up(project)
    project.write(web(base_image, more=environment(LEVEL="debug")))
    by_compose(project)
    project.write(web(base_image, more=environment(LEVEL="debug", NEW="1")))
    assert cause(project) == "environment: NEW added"


def test_a_record_that_is_broken_is_as_none_and_is_written_again(project: ComposeProject, base_image: str) -> None:
    def tier(number: int) -> None:
        project.write(web(base_image, more=f"    labels: {{tier: '{number}'}}\n"))

    tier(0)
    up(project)
    (record,) = records(project)
    broken = ("", "{", "[]", '{"version": 1, "key": "zz", "services": {"web": 1}}')
    for number, text in enumerate(broken, start=1):
        record.write_text(text)
        tier(number)
        assert (text, cause(project)) == (text, PLAIN)
        up(project)
        tier(0)
        assert (text, cause(project)) == (text, "labels: tier changed")


def test_a_start_that_failed_is_remembered_too(project: ComposeProject, base_image: str) -> None:
    project.write(web(base_image, command="['false']", more="    labels: {tier: front}\n"))
    assert project.run("up").returncode == 1
    project.write(web(base_image, more="    labels: {tier: front}\n"))
    assert cause(project) == "command changed"


def test_a_stack_that_is_as_wanted_writes_and_loads_nothing(project: ComposeProject, base_image: str) -> None:
    project.write(web(base_image))
    by_compose(project)
    up(project)
    assert not list(records(project))


def test_the_plan_foresees_what_compose_makes_anew_with_it(project: ComposeProject, base_image: str) -> None:
    def written(value: str) -> str:
        more = {
            "db": f"    environment: {{A: '{value}'}}\n",
            "web": "    depends_on: [db]\n",
            "asks": "    depends_on: {db: {condition: service_started, restart: true}}\n",
            "side": "    network_mode: service:db\n",
            "other": "",
        }
        own = f"    image: {base_image}\n    command: [sleep, '1000']\n    init: true\n"
        return "".join(f"  {name}:\n{own}{text}" for name, text in more.items())

    def seen() -> dict[str, tuple[str, str]]:
        told = project.docker(
            "inspect", "-f", '{{index .Config.Labels "com.docker.compose.service"}} {{.Id}} {{.State.StartedAt}}',
            *(project.container(name) for name in ("db", "web", "asks", "side", "other")),
        )  # fmt: skip
        return {name: (identity, at) for name, identity, at in (line.split() for line in told.splitlines())}

    project.write(written("1"))
    assert project.run("up").returncode == 0
    assert {line.split()[0] for line in project.run("up", "--dry").stdout.splitlines()} == {"keep"}
    before = seen()
    project.write(written("2"))
    plan = {line.split()[1]: line.split()[0] for line in project.run("up", "--dry").stdout.splitlines()}
    assert project.run("up").returncode == 0
    after = seen()
    done = {
        name: "recreate" if after[name][0] != one[0] else "restart" if after[name][1] != one[1] else "keep"
        for name, one in before.items()
    }
    assert plan == done
    assert (done["db"], done["side"], done["other"]) == ("recreate", "recreate", "keep")
