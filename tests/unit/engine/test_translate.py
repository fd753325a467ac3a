"""What the docker client's text means. Samples are of Docker 26.1.5 and 28.2.2, Compose 2.26.1, 2.40.3 and 5.6.1."""

from __future__ import annotations

from pathlib import Path

import pytest

from seatrial.engine import translate
from seatrial.errors import ClientMissing, ConfigurationInvalid, EngineUnreachable, HookFailed, Refused, RunFailed

FILES = (Path("/shop/compose.yaml"),)
SECRET = "hunter2"


@pytest.mark.parametrize(
    "text",
    [
        "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
        'error during connect: Get "http://10.0.0.1:2375/v1.45/containers/json": dial tcp 10.0.0.1:2375: refused',
        "permission denied: Cannot connect to the Docker daemon at tcp://localhost:1. Is the docker daemon running?",
    ],
)
def test_no_engine(text: str) -> None:
    assert isinstance(translate.failure(text, doing="list the containers"), EngineUnreachable)


@pytest.mark.parametrize(
    "text",
    [
        "docker: unknown command: docker compose\n\nRun 'docker --help'",
        "docker: 'compose' is not a docker command.",
        "unknown flag: --project-directory\n\nUsage:  docker [OPTIONS] COMMAND [ARG...]",
    ],
)
def test_no_compose_plugin(text: str) -> None:
    error = translate.configuration(text, FILES)
    assert isinstance(error, ClientMissing)
    assert "`compose` plugin" in str(error)


def test_no_context() -> None:
    text = (
        'Failed to initialize: unable to resolve docker endpoint: context "far": context not found: open /x/meta.json'
    )
    assert "no docker context `far`" in str(translate.failure(text, doing="x"))


def test_an_engine_that_cannot_reach_a_hub_is_no_missing_engine() -> None:
    text = (
        ' web Pulling \n web Error Get "https://hub.example/v2/": dial tcp: lookup hub.example: no such host\n'
        'Error response from daemon: Get "https://hub.example/v2/": dial tcp: lookup hub.example: no such host'
    )
    error = translate.failure(text, doing="bring the services up")
    assert isinstance(error, RunFailed)
    assert "the image of web is not on this machine and cannot be pulled" in error.what


def test_a_newer_compose_names_the_image_that_cannot_be_pulled() -> None:
    text = (
        ' Image shop/web:1 Pulling \n Image shop/web:1 Error Get "https://hub.example/v2/": dial tcp: no such host\n'
        'Error response from daemon: Get "https://hub.example/v2/": dial tcp: lookup hub.example: no such host'
    )
    assert "the image shop/web:1 is not on this machine" in str(translate.failure(text, doing="x"))


@pytest.mark.parametrize("version", ["0.17", "0.17.0"])
def test_a_buildx_that_is_too_old_for_compose_is_told(version: str) -> None:
    error = translate.failure(f" Image web Building\ncompose build requires buildx {version} or later\n", doing="x")
    assert isinstance(error, ClientMissing)
    assert error.fix == f"upgrade docker-buildx to {version} or newer"


def test_a_refused_pull_names_the_image() -> None:
    text = "Error response from daemon: pull access denied for shop/web, repository does not exist or may require login"
    assert "the image shop/web is not on this machine" in str(translate.failure(text, doing="x"))


def test_a_required_variable() -> None:
    text = "error while interpolating services.web.environment.K: required variable TOKEN is missing a value: ask Ann\n"
    error = translate.configuration(text, FILES)
    assert isinstance(error, ConfigurationInvalid)
    assert error.what == "the variable TOKEN is required and has no value: ask Ann"


@pytest.mark.parametrize(
    "text",
    [
        f'failed to read /shop/.env: line 2: unterminated quoted value "{SECRET}',
        f'failed to read /shop/.env: line 1: unexpected character "$" in variable name "PASSWORD$={SECRET}"',
        f'Invalid template: "{SECRET}${{x"',
        f"invalid interpolation format for services.web.environment.K.\nYou may need to escape $.\n{SECRET}${{A",
    ],
)
def test_composes_quotes_of_values_are_not_passed_on(text: str) -> None:
    error = translate.configuration(text, FILES)
    assert isinstance(error, ConfigurationInvalid)
    assert SECRET not in str(error)


def test_the_line_of_a_broken_env_file_is_told() -> None:
    text = "failed to read /shop/.env: line 2: unterminated quoted value"
    assert "/shop/.env cannot be read: Compose stopped at line 2" in str(translate.configuration(text, FILES))


def test_broken_yaml_is_told_with_file_and_line() -> None:
    error = translate.configuration("yaml: line 4: did not find expected ',' or ']'", FILES)
    assert str(error).splitlines() == [
        "error: /shop/compose.yaml is not valid YAML at line 4: did not find expected ',' or ']'",
        "  fix: correct /shop/compose.yaml at line 4",
    ]


def test_an_unknown_key_is_passed_on() -> None:
    error = translate.configuration(
        "validating /shop/compose.yaml: services.web Additional property comand is not allowed", FILES
    )
    assert "Additional property comand is not allowed" in str(error)


def test_a_key_that_compose_does_not_know_is_not_called_bad_yaml() -> None:
    text = "validating /shop/compose.yaml: services.web Additional property imag is not allowed"
    assert "not valid YAML" not in str(translate.configuration(text, FILES))


def test_silence_is_an_error_too() -> None:
    assert "Compose gave no reason" in str(translate.configuration("", FILES))


def test_a_full_disk_is_called_so() -> None:
    text = "Error response from daemon: failed to copy files: write /data/x: no space left on device"
    error = translate.failure(text, doing="make the containers")
    assert "is full" in error.what
    assert "docker system df" in error.fix


WATCH = [
    ("0 Additional property include is not allowed", "rule 1 of web", "has `include`", "2.34.0 or newer"),
    ("1 additional properties 'initial_sync' not allowed", "rule 2 of web", "has `initial_sync`", "2.39.4 or newer"),
    ("0 Additional property foo is not allowed", "rule 1 of web", "has `foo`, which does not", "use path, action"),
    ('0.action services.web.develop.watch.0.action must be one of the following: "rebuild", "sync", "sync+restart"',
     "rule 1 of web", "has an action", "sync, sync+restart; restart and sync+exec need Compose 2.32.0 or newer"),
    ("0.action value must be one of 'rebuild', 'sync', 'restart', 'sync+restart', 'sync+exec'",
     "rule 1 of web", "has an action", "use one of rebuild, sync, restart, sync+restart, sync+exec"),
    ("0 path is required", "rule 1 of web", "has no path", "`path`, `action`"),
    ("0 missing property 'action'", "rule 1 of web", "has no action", "`path`, `action`"),
    ("0.exec missing property 'command'", "rule 1 of web", "has no command", "exec: {command"),
    ("0.ignore must be a list", "rule 1 of web", "has `ignore` that is no list", 'write `ignore: ["*.log"]`'),
    ("[].path: value can't be blank", "a rule of web", "has an empty path", "`path: ./src`"),
    ("0.ignore must be a string", "rule 1 of web", "is refused by Compose: ignore must be a string", "correct it"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "which", "what", "fix"), WATCH)
def test_a_watch_rule_that_compose_refuses_is_named(text: str, which: str, what: str, fix: str) -> None:
    error = translate.configuration(f"validating /shop/compose.yaml: services.web.develop.watch.{text}\n", FILES)
    assert isinstance(error, ConfigurationInvalid)
    assert f"{which} (`develop.watch`)" in error.what
    assert what in error.what
    assert fix in error.fix


def test_a_watch_rule_without_a_target_is_told_with_its_service() -> None:
    text = "services.web.develop.watch: target is required for non-rebuild actions: invalid compose project"
    assert "a rule of web (`develop.watch`) syncs, and has no target" in translate.configuration(text, FILES).what


def test_an_offer_of_help_is_nobodys_last_word() -> None:
    text = "docker: Error response from daemon: no such thing\n\nRun 'docker run --help' for more information\n"
    assert translate.last_words(text, 1) == ("docker: Error response from daemon: no such thing",)
    assert translate.last_words("no room\nSee 'docker run --help'.", 1) == ("no room",)


def test_an_engine_that_answers_is_not_called_absent_for_what_the_client_says_beside_its_answer() -> None:
    error = translate.failure(
        ' Network shop_b Error error during connect: Post "http://%2Fvar%2Frun%2Fdocker.sock": EOF\n'
        "failed to create network shop_a: Error response from daemon: "
        "Pool overlaps with other one on this address space\n",
        doing="make the containers",
    )
    assert isinstance(error, Refused)
    assert "overlaps with another network" in error.what
    assert error.words == "Pool overlaps with other one on this address space"


def test_a_namespace_of_another_container_that_is_gone_is_not_the_containers_own_end() -> None:
    assert translate.container_gone("No such container: 3f4e", of="/containers/1a2b/start") is None
    assert translate.container_gone("No such container: 1a2b", of="/containers/1a2b/start")


@pytest.mark.parametrize(
    ("said", "doing", "what", "fix"),
    [
        (
            "web hook exited with status 3: no\n",
            "start web",
            "its post_start hook ended with exit code 3: no",
            "`post_start` of web",
        ),
        (
            "web hook exited with status 5",
            "stop the services",
            "its pre_stop hook ended with exit code 5",
            "docker stop $(",
        ),
        (
            'service "web" pre_start[0] exited with code 4 (hook container f343c4a69799 retained for inspection)',
            "start web",
            "its pre_start hook ended with exit code 4",
            "`docker logs f343c4a69799`",
        ),
        (
            " provider:cloud no credit \nno credit",
            "bring the services up",
            "the provider of cloud failed: no credit",
            "`provider:`",
        ),
        ("'models' support requires Docker Model plugin", "bring the services up", "`models:`", "docker-model-plugin"),
    ],
)
def test_what_compose_runs_around_a_start_or_a_stop_is_named_when_it_fails(
    said: str, doing: str, what: str, fix: str
) -> None:
    error = translate.failure(f" Container shop-web-1 Starting\n{said}", doing=doing)
    assert isinstance(error, HookFailed)
    assert what in error.what
    assert fix in error.fix


def test_what_compose_refuses_before_it_asks_the_engine_is_in_the_same_table() -> None:
    said = ' Container apparmor-web-1 Creating\nexternal volume "shop-far" not found\n'
    error = translate.failure(said, doing="make the containers")
    assert isinstance(error, Refused)
    assert error.fix.startswith("docker volume create shop-far")
    assert not isinstance(translate.failure(said, doing="build the images"), Refused)
