"""What the engine says of a helper that it does not run, in our words."""

from __future__ import annotations

import pytest

from seatrial.engine.inside import container
from seatrial.engine.inside.container import refused
from seatrial.engine.inside.image import Unfit

NO_SHELL = (
    "docker: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime"
    ' create failed: runc create failed: unable to start container process: exec: "sh": executable file not found in'
    " $PATH: unknown.\n\nRun 'docker run --help' for more information\n"
)
OTHER_PROCESSOR = "exec /bin/sh: exec format error\n"
MAPPED = (
    "docker: Error response from daemon: cannot share the host PID namespace when user namespaces are enabled.\n"
    "See 'docker run --help'.\n"
)
FORBIDDEN = "docker: Error response from daemon: authorization denied by plugin policy: pid mode host is forbidden.\n"


@pytest.mark.parametrize("said", [NO_SHELL, OTHER_PROCESSOR])
def test_an_image_without_a_shell_that_runs_leaves_it_to_another_image(said: str) -> None:
    error = refused("alone:1", said)
    assert isinstance(error, Unfit)
    assert error.what == "the image alone:1 has no `sh` that runs here"


def test_a_refusal_is_told_in_the_engines_words_and_no_other_image_helps() -> None:
    error = refused("busybox:1", FORBIDDEN)
    assert not isinstance(error, Unfit)
    assert error.what.endswith(
        "the engine refuses a helper: authorization denied by plugin policy: pid mode host is forbidden."
    )


def test_an_engine_that_maps_users_is_known_by_its_words() -> None:
    error = refused("busybox:1", MAPPED)
    assert container.USER_NAMESPACES in error.what
    assert "--help" not in error.what


def test_an_engine_that_went_away_is_told_as_that() -> None:
    error = refused("busybox:1", "docker: Cannot connect to the Docker daemon at unix:///run/docker.sock.\n")
    assert error.what == "no Docker engine answers at the address in use"


def test_silence_is_told_too() -> None:
    assert refused("busybox:1", "").what.endswith("it did not answer")
