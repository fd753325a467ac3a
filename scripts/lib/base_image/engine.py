"""What the base image needs of an engine: is an image there, load one, name one, run the docker client."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from subprocess import CompletedProcess
from typing import IO
from urllib.parse import quote

from base_image.quick import image_answer
from engine_host.client import find_program
from engine_host.endpoint import Endpoint
from engine_host.http import speaks_http
from failure import NO_ENGINE, USAGE, Failure
from process import run


@dataclass(frozen=True, slots=True)
class Image:
    """An image in the engine. `layers` are their digests; `size` in bytes."""

    id: str
    size: int
    layers: tuple[str, ...]
    labels: Mapping[str, str]


class Engine:
    """One engine, at the endpoint that the docker client also uses."""

    def __init__(self, endpoint: Endpoint, environment: Mapping[str, str]) -> None:
        self.endpoint = endpoint
        self.environment = environment
        self.client = find_program("docker", environment)

    def image(self, name: str) -> Image | None:
        """The image of that name or id, or None where the engine has none."""
        text = self._image_over_socket(name) if speaks_http(self.endpoint) else self._image_through_client(name)
        if text is None:
            return None
        facts = json.loads(text)
        labels = (facts.get("Config") or {}).get("Labels") or {}
        return Image(facts["Id"], facts["Size"], tuple((facts.get("RootFS") or {}).get("Layers") or ()), labels)

    def _image_over_socket(self, name: str) -> str | None:
        answer = image_answer(self.endpoint, quote(name))
        if answer.state != "answers" and answer.status not in (400, 404):
            raise Failure(
                f"no engine answers at {self.endpoint.url}: {answer.detail}", "scripts/engine ensure", NO_ENGINE
            )
        return answer.body.decode() if answer.state == "answers" else None

    def _image_through_client(self, name: str) -> str | None:
        done = self.docker(["image", "inspect", name, "--format", "{{json .}}"], 60)
        return done.stdout if done.returncode == 0 else None

    def docker(self, arguments: list[str], limit_s: float, stdin: IO[bytes] | None = None) -> CompletedProcess[str]:
        """Run the docker client. A time limit that runs out is exit code 124."""
        if self.client is None:
            raise Failure("the docker client is missing", "scripts/engine ensure", NO_ENGINE)
        return run([self.client, *arguments], self.environment, limit_s, stdin=stdin)

    def architecture(self) -> str:
        """The processor of the engine's machine, which need not be this one, as the engine spells it: `amd64`."""
        done = self.docker(["version", "--format", "{{.Server.Arch}}"], 60)
        if done.returncode != 0:
            raise Failure(
                f"the engine does not name its processor: {done.stderr.strip()}", "scripts/engine ensure", NO_ENGINE
            )
        return done.stdout.strip()

    def load(self, archive: IO[bytes]) -> None:
        """Load an image archive under the name it carries."""
        done = self.docker(["load", "-q"], 300, stdin=archive)
        if done.returncode != 0:
            raise Failure(f"the engine did not take the image: {done.stderr.strip()}", "scripts/engine status")

    def rename(self, old: str, new: str) -> None:
        """Give an image a new name and take the old one away."""
        done = self.docker(["tag", old, new], 60)
        if done.returncode != 0:
            raise Failure(
                f"the image cannot be named `{new}`: {done.stderr.strip()}", "use a name like my-base:24", USAGE
            )
        self.docker(["rmi", old], 60)
