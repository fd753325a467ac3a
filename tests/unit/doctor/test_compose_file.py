"""What a compose file costs every day, judged by the model and the files' own text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from seatrial import stack
from seatrial.doctor.compose_file import (
    anonymous_volumes,
    dockerfile,
    dockerignore,
    fixed_names,
    grace,
    health_interval,
    init,
    latest_tag,
    log_limits,
    shell_command,
    version_key,
)
from seatrial.doctor.finding import Finding, Status
from seatrial.doctor.fixing.remedy import changed
from seatrial.engine import compose_text
from unit.doctor.found import only

FILE = Path("/shop/compose.yaml")
ENGINE = (26, 1)


def sources(text: str) -> tuple[compose_text.Source, ...]:
    return (compose_text.parse(FILE, "compose.yaml", text),)


def model(**services: dict[str, Any]) -> stack.Stack:
    return stack.parse(json.dumps({"name": "shop", "services": services}))


def check(**more: object) -> dict[str, object]:
    return {"healthcheck": {"test": ["CMD", "x"], **more}}


def fixed(found: Finding, text: str) -> str:
    assert found.remedy
    return changed(text, found.remedy.changes)


def test_a_chain_of_slow_checks_is_added_up_and_mended() -> None:
    text = "services:\n  db:\n    healthcheck:\n      test: [CMD, x]\n  api:\n    healthcheck: {test: [CMD, x]}\n"
    api = {**check(interval="20s"), "depends_on": {"db": {"condition": "service_healthy"}}}
    found = only(health_interval.judge(model(api=api, db=check()), ENGINE, sources(text)))
    assert found.status is Status.WARNING
    assert "api 20 s, db 30 s" in found.found
    assert "waits 50 s at each start" in found.why
    assert found.places == ("compose.yaml:6", "compose.yaml:3")
    assert fixed(found, text) == (
        "services:\n  db:\n    healthcheck:\n      test: [CMD, x]\n      start_period: 30s\n      start_interval: 1s\n"
        "  api:\n    healthcheck: {test: [CMD, x], start_period: 30s, start_interval: 1s}\n"
    )
    assert "services.db.healthcheck.start_period" in found.remedy.model  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "timings",
    [
        {"interval": "2s"},
        {"start_period": "10s", "start_interval": "1s"},
    ],
)
def test_a_check_that_is_asked_soon_is_fine(timings: dict[str, str]) -> None:
    assert only(health_interval.judge(model(a=check(**timings)), ENGINE, sources(""))).status is Status.OK


def test_the_model_is_read_once_for_all_services(monkeypatch: pytest.MonkeyPatch) -> None:
    large = model(**{f"s{number}": check() for number in range(50)})
    reads = []
    read = stack.Stack.parsed

    def parsed(one: stack.Stack) -> dict[str, Any]:
        reads.append(one)
        return read(one)

    monkeypatch.setattr(stack.Stack, "parsed", parsed)
    only(health_interval.judge(large, ENGINE, sources("")))
    assert len(reads) < 5


def test_a_start_period_alone_is_not_enough_before_engine_27() -> None:
    stack_ = model(a=check(start_period="10s"))
    assert only(health_interval.judge(stack_, (26,), sources(""))).found.endswith("a 30 s")
    assert only(health_interval.judge(stack_, (27,), sources(""))).found.endswith("a 5 s")


def test_a_start_period_that_is_written_is_not_made_shorter_by_the_fix() -> None:
    slow = {"gitlab": check(interval="5m", start_period="5m"), "db": check()}
    assert set(only(health_interval.judge(model(**slow), ENGINE, sources(""))).fix.splitlines()) == {
        "in the healthcheck of db: start_period: 30s, start_interval: 1s",
        "in the healthcheck of gitlab: start_interval: 1s",
    }
    alone = model(gitlab=slow["gitlab"])
    assert only(health_interval.judge(alone, (26,), sources(""))).fix == "in the healthcheck: start_interval: 1s"


def test_a_check_that_several_share_is_changed_once() -> None:
    text = "x-c: &c\n  test: [CMD, x]\nservices:\n  a: {healthcheck: *c}\n  b: {healthcheck: *c}\n"
    found = only(health_interval.judge(model(a=check(), b=check()), ENGINE, sources(text)))
    assert fixed(found, text).count("start_interval") == 1
    assert len(found.remedy.model) == 4  # type: ignore[union-attr]


def test_a_one_shot_is_not_slowed_by_a_check_that_it_shares() -> None:
    users = "".join(f"  {name}: {{healthcheck: *c}}\n" for name in ("migrate", "a", "b"))
    text = f"x-c: &c\n  test: [CMD, x]\nservices:\n{users}"
    after = {"depends_on": {"migrate": {"condition": "service_completed_successfully"}}}
    found = only(health_interval.judge(model(migrate=check(), a=check() | after, b=check()), ENGINE, sources(text)))
    assert found.services == ("a", "b")
    assert found.found == "healthy no sooner than: a 30 s, b 30 s"
    assert "services.migrate.healthcheck.start_period" in found.remedy.model  # type: ignore[union-attr]
    alone = model(migrate=check(), a={"image": "x"} | after)
    assert only(health_interval.judge(alone, ENGINE, sources(text))).status is Status.OK


def test_a_line_that_several_share_is_named_once() -> None:
    text = "services:\n  a: &a\n    healthcheck: {test: [CMD, x]}\n  b:\n    <<: *a\n"
    found = only(health_interval.judge(model(a=check(), b=check()), ENGINE, sources(text)))
    assert found.places == ("compose.yaml:3",)


def test_a_check_that_is_not_in_the_files_is_left_to_a_person() -> None:
    found = only(health_interval.judge(model(a=check()), ENGINE, sources("include: [other.yaml]\n")))
    assert found.status is Status.WARNING
    assert found.remedy is None
    text = "services:\n  b: {healthcheck: {test: a}}\n"
    both = only(health_interval.judge(model(a=check(), b=check()), ENGINE, sources(text)))
    assert both.fix.endswith("by hand for a")
    assert both.remedy
    assert {path.split(".")[1] for path in both.remedy.model} == {"b"}


@pytest.mark.parametrize(
    ("command", "stays"),
    [
        (["sh", "-c", "migrate; node server.js"], True),
        (["/bin/bash", "-lc", "cd /app && npm start"], True),
        (["sh", "-c", "node server.js | tee log"], True),
        (["sh", "-c", "migrate && exec node server.js"], False),
        (["sh", "-c", "node server.js"], False),
        (["node", "server.js"], False),
        (["sh", "script.sh"], False),
        (["sh", "-c", "trap '' TERM; exec node server.js"], True),  # what is ignored stays so through exec
        (["sh", "-c", "trap 'kill $!' TERM; node server.js & wait"], False),
    ],
)
def test_a_shell_that_stays_is_in_the_way(command: list[str], stays: bool) -> None:
    found = tuple(shell_command.found({"a": {"command": command}}, {}, ()))
    assert bool(found) is stays


def test_a_service_that_others_wait_for_to_end_is_not_stopped() -> None:
    services: dict[str, dict[str, Any]] = {
        "migrate": {"command": ["sh", "-c", "a; b"]},
        "web": {"depends_on": {"migrate": {"condition": "service_completed_successfully"}}},
    }
    assert not tuple(shell_command.found(services, {}, ()))


def test_the_fix_for_a_shell_names_the_last_command() -> None:
    text = "services:\n  a:\n    command: sh -c 'x'\n"
    services = {"a": {"command": ["sh", "-c", "migrate; node server.js;"]}}
    found = only(shell_command.judge(tuple(shell_command.found(services, {}, sources(text)))))
    assert "`exec node server.js`" in found.fix
    assert found.places == ("compose.yaml:3",)


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("trap '' TERM; while true; do sleep 1; done", "remove `trap '' TERM`"),
        ("trap '' TERM; while true; do sleep 1; done", "then the script itself must pass the signal on"),
        ("trap '' TERM; node server.js", "remove `trap '' TERM`"),
        ("trap '' TERM; node server.js", "then put `exec` before the last command: `exec node server.js`"),
        ("echo a; sleep 1000", "`exec sleep 1000` and `init: true`"),
    ],
)
def test_the_fix_for_a_shell_fits_what_it_is_given(text: str, fix: str) -> None:
    found = only(shell_command.judge(tuple(shell_command.found({"a": {"command": ["sh", "-c", text]}}, {}, ()))))
    assert fix in found.fix
    assert "exec done" not in found.fix


def test_a_shell_in_the_dockerfile_is_found_where_it_counts() -> None:
    file = dockerfile.parse("FROM x\nRUN a \\\n  && b\nCMD cd /app && node server.js\n", "/shop/Dockerfile")
    assert [one.text for one in shell_command.found({"a": {}}, {"a": file}, ())] == ["cd /app && node server.js"]
    assert not tuple(shell_command.found({"a": {"command": ["node", "x"]}}, {"a": file}, ()))
    own = dockerfile.parse('FROM x\nENTRYPOINT ["/init"]\nCMD a; b\n')
    assert not tuple(shell_command.found({"a": {"command": ["sh", "-c", "a; b"]}}, {"a": own}, ()))


@pytest.mark.parametrize(
    ("text", "program", "stays"),
    [
        ("node server.js", "dash", True),
        ("node server.js", "bash", False),
        ("node server.js", "busybox", False),
        ("node server.js > log", "bash", True),
        ("exec node server.js", "dash", False),
        ("cd /app && node server.js", "bash", False),
    ],
)
def test_the_shell_of_the_image_decides_whether_it_stays(text: str, program: str, stays: bool) -> None:
    file = dockerfile.parse(f"FROM x\nCMD {text}\n")
    assert bool(tuple(shell_command.found({"a": {}}, {"a": file}, (), {}, {"a": program}))) is stays
    image = {"Config": {"Cmd": ["/bin/sh", "-c", text]}}
    assert bool(tuple(shell_command.found({"a": {}}, {}, (), {"a": image}, {"a": program}))) is stays


def test_a_dockerfile_is_read_for_the_stage_that_is_wanted() -> None:
    text = (
        "ARG BASE=node:24\nFROM ${BASE} AS build\nRUN npm ci\nUSER 5\nCMD a; b\n"
        "FROM golang:1 AS tools\nFROM build AS test\nCMD test\n"
        "FROM build AS run\nCOPY --from=build /x /x\nUSER 1000\n"
    )
    found = dockerfile.parse(text, target="run", arguments={"BASE": "node:22"})
    assert found.bases == ("node:22",)
    assert found.command
    assert (found.command.line, found.command.rest) == (5, "a; b")
    assert found.downloads
    assert found.user == "1000"
    assert not found.copies_all
    assert dockerfile.parse("FROM scratch\nCOPY --chown=1 . /app\n").copies_all
    assert dockerfile.parse('FROM scratch\nCOPY ["./", "/app"]\n').copies_all
    assert not dockerfile.parse("FROM a AS b\nFROM scratch\nCOPY --from=b . /app\n").copies_all


def test_a_runtime_that_is_pid_1_wants_an_init() -> None:
    services: dict[str, dict[str, Any]] = {
        "a": {"command": ["node", "x"]},
        "b": {"command": ["/usr/bin/python3.12", "x"], "init": True},
        "c": {"command": ["nginx"]},
        "d": {"command": ["node", "x"]},
        "e": {},
    }
    images = {"d": {"Config": {"Entrypoint": ["/sbin/tini"]}}, "e": {"Config": {"Cmd": ["npm", "start"]}}}
    assert init.without(services, {}, images) == ("a", "e")
    # By custom such an entrypoint becomes the command.
    custom = {"Config": {"Entrypoint": ["docker-entrypoint.sh"], "Cmd": ["node"]}}
    services = {
        "f": {"command": ["node", "-e", "x"], "entrypoint": None}, "g": {"entrypoint": [], "command": ["sleep", "1d"]},
        "h": {"entrypoint": ["/run.sh"]}, "i": {}, "j": {}, "k": {"entrypoint": ["/sbin/tini", "--"]},
    }  # fmt: skip
    known = dict.fromkeys("fghi", custom) | {"k": custom}
    assert init.without(services, {}, known) == ("f", "g", "i")
    assert init.unknown(services, {}, known) == ("j",)
    assert "as far as is known: nothing tells what PID 1 is in j" in only(init.judge((), (), ("j",))).found
    assert only(init.judge(("a",), ())).fix.startswith("init: true")


def test_a_service_with_a_named_volume_is_to_have_a_grace_period() -> None:
    volume = {"type": "volume", "source": "data", "target": "/data"}
    services: dict[str, dict[str, Any]] = {
        "db": {"volumes": [volume]},
        "fine": {"volumes": [volume], "stop_grace_period": "1m0s"},
        "reads": {"volumes": [{**volume, "read_only": True}]},
        "none": {},
    }
    assert only(grace.judge(services, ())).services == ("db",)


def test_volumes_without_a_name_are_found_in_the_file_and_in_images() -> None:
    services: dict[str, dict[str, Any]] = {
        "a": {"volumes": [{"type": "volume", "target": "/cache"}, {"type": "volume", "target": "/app/node_modules"}]},
        "db": {"volumes": [{"type": "volume", "source": "data", "target": "/var/lib/db/"}]},
        "bare": {},
        "ram": {"tmpfs": ["/var/lib/db:size=1m"]},
    }
    image: dict[str, Any] = {"Config": {"Volumes": {"/var/lib/db": {}}}}
    found = only(anonymous_volumes.judge(services, {"db": image, "bare": image, "ram": image}, ()))
    assert found.found == "volumes without a name: a /cache, bare /var/lib/db"


def test_a_context_that_is_copied_whole_gets_a_dockerignore_of_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "node_modules").mkdir()
    (tmp_path / ".env").touch()
    (tmp_path / "dist").mkdir()
    whole = dockerfile.parse("FROM x\nCOPY . .\n", str(tmp_path / "Dockerfile"))
    builds = {"a": {"context": str(tmp_path)}}
    found = only(dockerignore.judge(dockerignore.missing(builds, {"a": whole})))
    assert fixed(found, "") == ".git\n.env\n**/node_modules\n*.log\n"
    part = dockerfile.parse("FROM x\nCOPY src .\n", str(tmp_path / "Dockerfile"))
    assert not dockerignore.missing(builds, {"a": part})
    (tmp_path / "Dockerfile.dockerignore").touch()
    assert not dockerignore.missing(builds, {"a": whole})


@pytest.mark.parametrize(
    ("image", "so"),
    [
        ("nginx", True),
        ("nginx:latest", True),
        ("r.example:5000/nginx", True),
        ("nginx:1.27", False),
        ("nginx@sha256:00", False),
        ("", False),
    ],
)
def test_a_name_without_a_version_floats(image: str, so: bool) -> None:
    assert latest_tag.floating(image) is so


def test_the_version_that_is_here_is_offered() -> None:
    labels = {"Config": {"Labels": {"org.opencontainers.image.version": "1.27.3"}}}
    found = only(latest_tag.judge({"web": {"image": "nginx:latest"}}, {}, {"nginx:latest": labels}, ()))
    assert "nginx:1.27.3" in found.fix
    built = {"a": {"build": {"context": "/x"}, "image": "shop"}}
    assert only(latest_tag.judge(built, {}, {}, ())).status is Status.OK
    worker = built | {"worker": {"image": "shop:latest"}}
    base = {"worker": dockerfile.parse("FROM shop\n")}
    assert only(latest_tag.judge(worker, base, {}, (), {"shop:latest"})).status is Status.OK
    assert "node (a base)" in only(latest_tag.judge(built, {"a": dockerfile.parse("FROM node\n")}, {}, ())).found


def test_logs_without_a_limit_get_one() -> None:
    text = "services:\n  a:\n    image: x\n  b:\n    image: x\n    logging: {driver: local}\n"
    services: dict[str, dict[str, Any]] = {"a": {}, "b": {"logging": {"driver": "local"}}}
    found = only(log_limits.judge(services, "json-file", sources(text), limited=False))
    assert found.services == ("a",)
    assert '    image: x\n    logging: {options: {max-size: 10m, max-file: "3"}}\n  b:' in fixed(found, text)


def test_a_service_that_only_names_its_driver_gets_the_options_there_and_one_from_elsewhere_is_left() -> None:
    text = "services:\n  a:\n    logging:\n      driver: json-file\n"
    services: dict[str, dict[str, Any]] = {"a": {"logging": {"driver": "json-file"}}, "included": {}}
    found = only(log_limits.judge(services, "local", sources(text), limited=False))
    assert fixed(found, text) == text + '      options: {max-size: 10m, max-file: "3"}\n'
    found = only(log_limits.judge(services, "json-file", sources(text), limited=False))
    assert found.remedy
    assert found.remedy.model == ("services.a.logging",)
    assert "by hand for included" in found.fix


def test_other_drivers_and_an_engine_with_a_limit_are_fine() -> None:
    assert only(log_limits.judge({"a": {}}, "local", (), limited=False)).status is Status.OK
    assert only(log_limits.judge({"a": {}}, "json-file", (), limited=True)).status is Status.OK
    own = {"a": {"logging": {"driver": "json-file"}}}
    assert only(log_limits.judge(own, "local", (), limited=True)).status is Status.WARNING
    bounded = {"a": {"logging": {"options": {"max-size": "1m"}}}}
    assert only(log_limits.judge(bounded, "json-file", (), limited=False)).status is Status.OK


def test_the_version_key_goes_and_nothing_else() -> None:
    text = '# shop\nversion: "3.8"  # old\nservices: {}\n'
    found = only(version_key.judge(sources(text)))
    assert found.places == ("compose.yaml:2",)
    assert fixed(found, text) == "# shop\nservices: {}\n"
    assert only(version_key.judge(sources("services: {a: {labels: {version: 1}}}\n"))).status is Status.OK
    assert only(version_key.judge(sources("services: [\n"))).status is Status.SKIPPED


def test_names_that_can_be_there_once_are_told_one_by_one() -> None:
    text = "services:\n  a:\n    container_name: shared-a\n"
    parsed = stack.parse(
        json.dumps(
            {
                "name": "shop",
                "services": {"a": {"container_name": "shared-a"}},
                "volumes": {"data": {"name": "everybodys"}},
            }
        )
    )
    one, two = fixed_names.judge(parsed, None, sources(text))
    assert one.places == ("compose.yaml:3",)
    assert one.fix == "leave it out, or write ${COMPOSE_PROJECT_NAME}-a"
    assert "everybodys in every checkout" in two.found


@pytest.mark.parametrize(
    ("model", "doubled"),
    [
        ({"init": True, "entrypoint": ["/sbin/tini", "--"]}, True),
        ({"init": True, "entrypoint": ["/sbin/tini", "--"], "command": ["node", "x"]}, True),
        ({"init": True, "command": ["node", "x"]}, False),
        ({"entrypoint": ["/init"]}, False),
        ({"init": True}, True),
    ],
)
def test_an_init_above_the_init_of_the_image_is_to_be_removed(model: dict[str, Any], doubled: bool) -> None:
    images = {} if "command" in model and "entrypoint" not in model else {"a": {"Config": {"Entrypoint": ["/init"]}}}
    found = [one for one in init.findings({"a": model}, {}, images, ()) if "remove `init: true`" in one.fix]
    assert bool(found) is doubled
