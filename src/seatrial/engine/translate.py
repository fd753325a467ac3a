"""What the docker client's error text means in our errors. Pure: text in, error out; a test holds a sample of each.

Compose quotes the raw line, the raw value or a part of a secret in most of its complaints about env files. Such text is
never passed on: what is shown of it is the file, the line number and the rule.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from seatrial.engine.translate_model import model_trouble
from seatrial.engine.translate_watch import watch_trouble
from seatrial.errors import (
    ClientMissing,
    ConfigurationInvalid,
    ContainerGone,
    EngineUnreachable,
    HookFailed,
    ImageMissing,
    Refused,
    RunFailed,
    SeatrialError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from seatrial.engine.compose_text import Source

_NO_ENGINE = re.compile(
    r"Cannot connect to the Docker daemon|error during connect|failed to connect to the docker API|"
    r"dial unix|Is the docker daemon running|docker daemon is not running"
)
_NO_IMAGE = re.compile(
    r"(?:pull access denied for|manifest for|failed to resolve source metadata for|No such image:) (?P<image>[^\s,]+?)"
    r"(?:[,:]? |$)|"
    r"^\s*(?:Image (?P<pulled>\S+)|(?P<service>\S+)) Error .*(?:no such host|connection refused|TLS|timeout)",
    re.MULTILINE,
)
_FRAME = re.compile(r"^Error response from daemon: |^failed to solve: .*failed to resolve source metadata for \S+: ")
NOT_HERE = "is not on this machine and cannot be pulled"
OR_GET_IT = (
    ", log in to its registry (docker login), or build or load it here; without a network only images that are already"
    " present can be used"
)
_NO_PLUGIN = re.compile(
    r"'(compose|buildx)' is not a docker command|unknown command: docker (compose|buildx)|"
    r"unknown flag: --project-directory"  # which is Compose's: without the plugin docker reads it as its own
)
_OFFER = re.compile(r"(?:Run|See) 'docker .*--help'.*")
_OLD_BUILDX = re.compile(r"compose build requires buildx (\S+) or later")
_NO_CONTAINER = re.compile(r"No such container: (?P<name>\S*)|is marked for removal")
_NOT_THERE = re.compile(r"[Nn]o such (?:network|volume)|network \S+ not found")
_HOOK = re.compile(r"^(?P<service>\S+) hook exited with status (?P<code>\d+)(?:: (?P<said>.*))?", re.MULTILINE)
_PRE_START = re.compile(
    r'service "(?P<service>[^"]+)" pre_start\[\d+\] exited with code (?P<code>\d+)(?:.*hook container (?P<id>\w+))?'
)
_PROVIDER = re.compile(r"^\s*provider:(?P<service>\S+) (?P<said>.*\S)", re.MULTILINE)
_NO_MODELS = "'models' support requires Docker Model plugin"
_FULL = "no space left on device"
# What Compose itself refuses then is in the table too.
_BEFORE_A_START = ("make the containers", "bring the services up")
FRAME = "Error response from daemon: "
_NO_CONTEXT = re.compile(r'context "(?P<name>[^"]+)"(?: not found| does not exist|: context not found)')
_REQUIRED = re.compile(r"required variable (\w+) is missing a value(?:: (.*))?")
_ENV_LINE = re.compile(r"failed to read ([^\n:]+): line (\d+):")
_ENV_FILE = re.compile(r"failed to read ([^\n:]+):|env file (\S+) not found")
_INVALID_TEMPLATE = re.compile(r"[Ii]nvalid template|invalid interpolation format for ([\w.\-\[\]]+)")
_YAML = re.compile(r"(?:^|\s)yaml: (line (\d+): )?(.*)")
_IN_FILE = re.compile(r"(?:validating|parsing) ([^\n:]+\.ya?ml)")


def failure(stderr: str, *, doing: str) -> SeatrialError:
    """The error for a client call that failed while `doing` something (an infinitive: "stop the services")."""
    trouble = engine_trouble(stderr) or _no_image(stderr) or _hook_failed(stderr, doing)
    if trouble:
        return trouble
    if FRAME in stderr or _FULL in stderr:
        return refusal(stderr, doing=doing)
    if doing in _BEFORE_A_START and (own := _refused_by_compose(stderr, doing)):
        return own
    return RunFailed(
        f"Docker could not {doing}",
        fix="see the lines above; `seatrial ps` shows what is running",
        detail=last_words(stderr, 8),
    )


def _hook_failed(stderr: str, doing: str) -> HookFailed | None:
    if before := _PRE_START.search(stderr):
        log = f"; `docker logs {before['id']}` shows its output" if before["id"] else ""
        return HookFailed(
            f"its pre_start hook ended with exit code {before['code']}",
            fix=f"correct `pre_start` of {before['service']}{log}",
            detail=last_words(stderr, 2),
        )
    if hook := _HOOK.search(stderr):
        kind = "pre_stop" if doing.startswith(("stop", "remove")) else "post_start"
        instead = f", or stop it without: docker stop $(docker compose ps -q {hook['service']})"
        return HookFailed(
            f"its {kind} hook ended with exit code {hook['code']}" + (f": {hook['said']}" if hook["said"] else ""),
            fix=f"correct `{kind}` of {hook['service']}" + (instead if kind == "pre_stop" else ""),
        )
    if _NO_MODELS in stderr:
        return HookFailed(
            "Compose cannot serve `models:`: the docker client has no `model` plugin",
            fix="install docker-model-plugin, or remove `models:`",
        )
    if provider := _PROVIDER.search(stderr):
        return HookFailed(
            f"the provider of {provider['service']} failed: {provider['said']}",
            fix=f"correct `provider:` of {provider['service']}, or what it needs",
        )
    return None


def _refused_by_compose(stderr: str, doing: str) -> Refused | None:
    """The error for what Compose itself refuses before it asks the engine, where the table has it."""
    from seatrial.engine.refusal import UNKNOWN, classify

    said = " ".join(last_words(stderr, 1))
    return None if classify(said).kind == UNKNOWN else refusal(said, doing=doing)


def refusal(said: str, *, doing: str) -> Refused:
    """The error for what the engine itself answered when it was to do something (`failure` explains `doing`)."""
    from seatrial.engine.refusal import UNKNOWN, classify, engine_words

    found, words = classify(said), engine_words(said)
    if found.kind == UNKNOWN:
        return Refused(
            f"Docker could not {doing}",
            fix="see the lines above; `seatrial ps` shows what is running",
            detail=last_words(said, 8),
            words=words,
        )
    return Refused(f"Docker could not {doing}: {found.reason}", fix=found.fix, detail=last_words(said, 2), words=words)


def archive_failure(said: str, *, doing: str) -> SeatrialError:
    """The error for an archive that the engine did not take or give; its words are `detail`."""
    if trouble := engine_trouble(said):
        return trouble
    if gone := container_gone(said):
        return gone
    return RunFailed(f"Docker could not {doing}", fix="see the lines above", detail=last_words(said, 2))


def container_gone(said: str, of: str = "") -> ContainerGone | None:
    """The error when the text says that there is no such container (any more).

    `of` is the request: a container that it names; another one is what a network or a namespace is shared with.
    """
    found = _NO_CONTAINER.search(said)
    if not found or (of and found["name"] and found["name"] not in of):
        return None
    return ContainerGone("the container is gone", fix="`seatrial up` makes it anew")


def is_gone(said: str) -> bool:
    """Whether the client says that the network or volume that it was to remove does not exist."""
    return bool(_NOT_THERE.search(said))


def engine_trouble(stderr: str) -> SeatrialError | None:
    """The error when the text says that there is no engine, no context or no plugin to work with."""
    plugin = _NO_PLUGIN.search(stderr)
    if plugin:
        name = plugin[1] or plugin[2] or "compose"
        return ClientMissing(
            f"the docker client has no `{name}` plugin", fix=f"install docker-{name} (Compose 2.24 or newer)"
        )
    old = _OLD_BUILDX.search(stderr)
    if old:
        return ClientMissing(
            f"this Compose builds with buildx {old[1]} or newer only, and the one here is older",
            fix=f"upgrade docker-buildx to {old[1]} or newer",
        )
    context = _NO_CONTEXT.search(stderr)
    if context:
        return EngineUnreachable(
            f"no docker context `{context['name']}`",
            fix="choose one of `docker context ls` with `docker context use` or DOCKER_CONTEXT",
        )
    if FRAME not in stderr and _NO_ENGINE.search(stderr):  # one that answers is there, whatever it complains about
        return EngineUnreachable(
            "no Docker engine answers at the address in use",
            fix="start it (`scripts/engine ensure`, `systemctl start docker`), or correct DOCKER_HOST",
        )
    return None


def _no_image(stderr: str) -> ImageMissing | None:
    found = _NO_IMAGE.search(stderr)
    if not found:
        return None
    name, service = found["image"] or found["pulled"] or "", found["service"] or ""
    subject = f"the image {name}" if name else f"the image of {service}"
    detail = [_FRAME.sub("", line) for line in last_words(stderr, 1)]
    return ImageMissing(
        f"{subject} {NOT_HERE}",
        fix=f"correct its name{OR_GET_IT}",
        detail=detail,
        image=name,
        service=service,
    )


def configuration(stderr: str, files: Sequence[Path], sources: Sequence[Source] = ()) -> SeatrialError:
    """The error for a model that Compose refused to resolve; `sources` are those of its files that can be read."""
    where = files[0] if len(files) == 1 else "the compose files " + ", ".join(str(f) for f in files)
    return (
        engine_trouble(stderr)
        or _required(stderr)
        or _env_trouble(stderr)
        or _template(stderr, where)
        or watch_trouble(stderr, sources)
        or _model(stderr, where, sources)
    )


def _required(stderr: str) -> ConfigurationInvalid | None:
    found = _REQUIRED.search(stderr)
    if not found:
        return None
    name, message = found[1], (found[2] or "").strip()
    return ConfigurationInvalid(
        f"the variable {name} is required and has no value" + (f": {message}" if message else ""),
        fix=f"set {name} in the env file or the shell (`env.init` writes what is missing)",
    )


def _env_trouble(stderr: str) -> ConfigurationInvalid | None:
    line = _ENV_LINE.search(stderr)
    if line:
        return ConfigurationInvalid(
            f"{line[1]} cannot be read: Compose stopped at line {line[2]} (content not shown)",
            fix="look for an unclosed quote at or above that line, or a name with other characters "
            "than letters, digits and _",
        )
    file = _ENV_FILE.search(stderr)
    if file:
        name = file[1] or file[2]
        return ConfigurationInvalid(f"the env file {name} cannot be read", fix=f"create {name}, or correct its path")
    return None


def _template(stderr: str, where: object) -> ConfigurationInvalid | None:
    found = _INVALID_TEMPLATE.search(stderr)
    if not found:
        return None
    place = f" at {found[1]}" if found[1] else ""
    return ConfigurationInvalid(
        f"a `$` in {where}{place} starts something that is no variable (text not shown)",
        fix="write $$ for a literal dollar in a compose file, single quotes in an env file",
    )


def _model(stderr: str, where: object, sources: Sequence[Source]) -> ConfigurationInvalid:
    file = _IN_FILE.search(stderr)
    place = file[1] if file else where
    yaml = _YAML.search(stderr)
    if yaml:
        line = f" at line {yaml[2]}" if yaml[2] else ""
        return ConfigurationInvalid(f"{place} is not valid YAML{line}: {yaml[3]}", fix=f"correct {place}{line}")
    return model_trouble(" ".join(last_words(stderr, 4)), place, sources)


def last_words(text: str, count: int) -> tuple[str, ...]:
    """The last `count` lines that say something; the client's offer of help is none."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and "level=warning" not in line]
    lines = [line for line in lines if not _OFFER.fullmatch(line)]
    return tuple(lines[-count:])
