"""`scripts/base-image ensure | status`."""

from __future__ import annotations

import os

from base_image.env_file import read_setting
from base_image.names import is_outdated
from base_image.quick import image_answer
from engine_host.endpoint import resolve_endpoint
from engine_host.http import speaks_http
from failure import DONE, USAGE, Failure
from paths import read_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

PROJECT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
USAGE_TEXT = """usage: scripts/base-image [ensure] [--libc musl|glibc] [--tag NAME] [--env-file FILE] [--quiet]
       scripts/base-image status [--json] [--env-file FILE]
ensure  (the default) see to a base image in the engine and record it as BASE_IMAGE in the env file (default: env/.env);
        says which it is at the end, --quiet leaves that out
status  what is recorded and whether the engine has it; exit 1 where it has not"""
VALUED = ("--libc", "--tag", "--env-file")
ANCHORS = ("/usr/local/share/ca-certificates", "/etc/pki/ca-trust/source/anchors")


def main(arguments: list[str]) -> int:
    """Run one command; its exit code."""
    command, options = _parse(arguments)
    environment = dict(os.environ)
    env_file = options.get("--env-file") or os.path.join(PROJECT, "env", ".env")
    if command == "help":
        print(USAGE_TEXT)
        return DONE
    if command == "status":
        from base_image.report import status

        return status(env_file, environment, as_json="--json" in options)
    image = None if options.keys() & {"--libc", "--tag"} else settled(env_file, environment)
    if image is None:
        from base_image.settle import settle

        image = settle(env_file, options.get("--libc"), options.get("--tag"), environment)
    if image and "--quiet" not in options:
        print(f"BASE_IMAGE={image} (present)")
    return DONE


def settled(env_file: str, environment: Mapping[str, str]) -> str | None:
    """The quick yes: an image is recorded, the engine has it, and no certificate question is open. One request."""
    text = read_text(env_file) or ""
    image = environment.get("BASE_IMAGE") or read_setting(text, "BASE_IMAGE")
    if not image or is_outdated(image):
        return None
    if read_setting(text, "BUILD_CA_FILE") is None and _may_need_ca(environment):
        return None
    endpoint = resolve_endpoint(environment, read_text)
    if not speaks_http(endpoint) or not all(sign.isalnum() or sign in "-_./:@" for sign in image):
        return None
    return image if image_answer(endpoint, image).state == "answers" else None


def _may_need_ca(environment: Mapping[str, str]) -> bool:
    named = environment.get("NODE_EXTRA_CA_CERTS") or environment.get("SSL_CERT_FILE")
    return bool(named) or any(os.path.isdir(folder) and os.listdir(folder) for folder in ANCHORS)


def _parse(arguments: list[str]) -> tuple[str, dict[str, str]]:
    command, options = "ensure", dict[str, str]()
    rest = list(arguments)
    if rest and not rest[0].startswith("-"):
        command = rest.pop(0)
    while rest:
        name, equals, value = rest.pop(0).partition("=")
        if name in ("-h", "--help"):
            return "help", {}
        if name in VALUED and (equals or rest):
            options[name] = value if equals else rest.pop(0)
        elif (name, command) in (("--json", "status"), ("--quiet", "ensure")) and not equals:
            options[name] = ""
        else:
            raise Failure(f"scripts/base-image does not know `{name}`, or it lacks its value", USAGE_TEXT, USAGE)
    if command not in ("ensure", "status", "help"):
        raise Failure(f"scripts/base-image does not know `{command}`", USAGE_TEXT, USAGE)
    return command, options
