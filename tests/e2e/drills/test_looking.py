"""The drills that only look, on containers of a real engine: what is wrong is found, and the sound twin passes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

    from conftest import ComposeProject

pytestmark = pytest.mark.engine

PROGRAMS = Path(__file__).parent / "programs"
DRILLS = ("anatomy", "image", "data-placement", "zombies")
TOKEN, GIVEN = "tok-9c1f77aa2b", "giv-51d09be8c3"
SERVE = ["node", "/programs/server.js"]
STAYS = "node /programs/server.js; true"

BAD = f"""
FROM BASE
ENV API_TOKEN={TOKEN} NODE_ENV=production
ARG NPM_TOKEN
RUN dd if=/dev/zero of=/blob bs=1M count=12 && mkdir /data
COPY . /srv/app
RUN rm /srv/app/.env
"""
GOOD = """
FROM BASE
COPY . /srv/app
RUN mkdir /data && chown 1000:1000 /data
USER 1000:1000
ENTRYPOINT ["node"]
"""
POSTGRES = r"""
FROM BASE
ENV PGDATA=/var/lib/postgresql/18/docker
VOLUME /var/lib/postgresql
RUN printf '#!/bin/sh\nmkdir -p $PGDATA\necho 18 >$PGDATA/PG_VERSION\nexec sleep 1000\n' >/usr/local/bin/postgres
RUN chmod +x /usr/local/bin/postgres
ENTRYPOINT ["postgres"]
"""


@pytest.fixture
def built(project: ComposeProject) -> Iterator[ComposeProject]:
    """A project whose images are removed after it."""
    yield project
    project.remove()
    label = f"label=com.docker.compose.project={project.name}"
    images = project.docker("images", "-q", "--filter", label).split()
    if images:
        project.docker("image", "rm", *set(images))


def folder(project: ComposeProject, name: str, dockerfile: str, base_image: str, **files: str) -> str:
    """A build context."""
    place = project.folder / name
    place.mkdir()
    (place / "Dockerfile").write_text(dockerfile.replace("BASE", base_image), encoding="utf-8")
    for file, text in files.items():
        (place / file.replace("_", ".")).write_text(text, encoding="utf-8")
    return f"./{name}"


def services(project: ComposeProject, base_image: str) -> dict[str, Any]:
    patched = json.dumps({"pnpm": {"patchedDependencies": {"grammy@^1": "patches/grammy.patch"}}})
    bad = {
        "context": folder(project, "bad", BAD, base_image, package_json=patched, _env=f"SMS_KEY={TOKEN}\n"),
        "args": {"NPM_TOKEN": GIVEN},
    }
    good, sql = folder(project, "good", GOOD, base_image, _env="PORT=1\n"), folder(project, "sql", POSTGRES, base_image)
    children = ["node", "/programs/children.js"]
    return {
        "bad": {
            "build": bad, "command": ["sh", "-c", f"echo 1 >/data/orders.db; {STAYS}"],
            "x-seatrial": {"budgets": {"image": "140MB"}},
        },
        "good": {
            "build": good, "command": ["/programs/server.js"], "volumes": ["kept:/data"],
            "x-seatrial": {"budgets": {"image": "200MB"}},
        },
        "initshell": {"image": base_image, "init": True, "command": ["sh", "-c", STAYS]},
        "execs": {"image": base_image, "init": True, "command": ["sh", "-c", "exec node /programs/server.js"]},
        "deaf": {"image": base_image, "command": ["httpd", "-f", "-p", "8080"], "volumes": ["/data"]},
        "breeds": {"image": base_image, "command": children, "environment": {"CHILDREN": "1000"}},
        "bred": {"image": base_image, "command": children, "environment": {"CHILDREN": "2"}},
        "reaps": {"image": base_image, "command": children, "environment": {"CHILDREN": "1000"}, "init": True},
        "sql": {"build": sql, "volumes": ["sql:/var/lib/postgresql/data"]},
    }  # fmt: skip


def written(project: ComposeProject, base_image: str) -> None:
    """The compose file, with the programs in every service."""
    made = services(project, base_image)
    for service in made.values():
        service["volumes"] = [f"{PROGRAMS}:/programs:ro", *service.get("volumes", ())]
        service["stop_grace_period"] = "1s"
    model = {"name": project.name, "services": made, "volumes": {"kept": {}, "sql": {}}}
    project.file.write_text(json.dumps(model), encoding="utf-8")


def told(done: subprocess.CompletedProcess[str]) -> dict[tuple[str, str], dict[str, Any]]:
    """By service and drill, without what a recording does not tell: how long it took to make."""
    verdicts = json.loads(done.stdout)["verdicts"]
    return {(v["service"], v["drill"]): {key: v[key] for key in v if key != "seconds"} for v in verdicts}


def short(found: dict[tuple[str, str], dict[str, Any]], drill: str) -> dict[str, tuple[str, str | None]]:
    return {service: (v["verdict"], v["cause"]) for (service, name), v in found.items() if name == drill}


def test_what_is_wrong_is_found_by_looking_and_the_sound_twins_pass(built: ComposeProject, base_image: str) -> None:
    written(built, base_image)
    started = built.run("up", "--no-wait")
    assert started.returncode == 0, started.stderr
    before = built.docker("ps", "-q", "--no-trunc", "--filter", f"label=com.docker.compose.project={built.name}")
    journal = built.folder / "seen.json"
    done = built.run(
        "drill", *(word for name in DRILLS for word in ("--only", name)), "--journal", str(journal), "--json"
    )
    assert done.returncode == 1, done.stderr
    found = told(done)

    shell, root, big = "shell-swallows-signal", ("WARN", "runs-as-root"), ("FAIL", "image-too-big")
    fine = ("PASS", None)
    assert short(found, "anatomy") == {
        "bad": ("FAIL", shell), "initshell": ("FAIL", shell), "deaf": ("FAIL", "no-handler"),
        "sql": ("FAIL", "no-handler"), "good": fine, "execs": fine, "breeds": fine, "bred": fine, "reaps": fine,
    }  # fmt: skip
    assert short(found, "image") == {
        "bad": big, "good": fine, "initshell": root, "execs": root, "deaf": root, "breeds": root, "bred": root,
        "reaps": root, "sql": root,
    }  # fmt: skip
    outside = "data-outside-volume"
    assert short(found, "data-placement") == {
        "bad": ("FAIL", outside), "deaf": ("WARN", outside), "sql": ("WARN", outside), "good": fine, "initshell": fine,
        "execs": fine, "breeds": fine, "bred": fine, "reaps": fine,
    }  # fmt: skip
    assert short(found, "zombies") == {
        "breeds": ("FAIL", "zombies"), "bred": ("WARN", "zombies"), "reaps": fine, "bad": fine, "good": fine,
        "initshell": fine, "execs": fine, "deaf": fine, "sql": fine,
    }  # fmt: skip

    image = found["bad", "image"]
    assert any("12 MB" in line or "13 MB" in line for line in image["evidence"]), image
    assert all(any(word in note for note in image["notes"]) for word in ("ENV API_TOKEN", "ARG NPM_TOKEN", "grammy@^1"))
    assert any("/srv/app/.env" in note and "**/.env" in note for note in image["notes"]), image
    assert (found["good", "image"]["figures"]["uid"], image["figures"]["uid"]) == (1000, 0)
    assert "/data/orders.db" in " ".join(found["bad", "data-placement"]["evidence"])
    assert "sql is beside the data" in found["sql", "data-placement"]["summary"]
    assert any(
        "init: true" in line
        for line in found["initshell", "anatomy"]["evidence"] + [found["initshell", "anatomy"]["fix"]]
    )
    assert found["breeds", "zombies"]["fix"].startswith("init: true")

    # What is secret is neither told nor kept, and the stack is the one that it was.
    kept = journal.read_text(encoding="utf-8")
    assert not [secret for secret in (TOKEN, GIVEN) if secret in done.stdout + done.stderr + kept]
    assert json.loads(done.stdout)["unrestored"] == []
    assert before == built.docker(
        "ps", "-q", "--no-trunc", "--filter", f"label=com.docker.compose.project={built.name}"
    )
    again = built.run("drill.judge", str(journal), "--json")
    assert told(again) == found


def test_without_a_helper_only_what_needs_none_is_judged(project: ComposeProject, base_image: str) -> None:
    project.write(f"  a:\n    image: {base_image}\n    command: [sleep, '1000']\n    init: true\n    user: '1000'\n")
    # It has no shell, so that it cannot look.
    (project.folder / "Dockerfile").write_text("FROM scratch\nCOPY Dockerfile /\nENTRYPOINT ['/none']\n")
    bare = f"{project.name}-bare"
    project.docker("build", "--quiet", "--tag", bare, str(project.folder))
    project.environ["INVOKE_SEATRIAL_HELPER_IMAGE"] = bare
    try:
        assert project.run("up", "--no-wait").returncode == 0
        found = told(project.run("drill", *(word for name in DRILLS for word in ("--only", name)), "--json"))
    finally:
        project.docker("image", "rm", bare)
    assert {drill: v["verdict"] for (_, drill), v in found.items()} == {
        "anatomy": "SKIP", "zombies": "SKIP", "image": "PASS", "data-placement": "PASS",
    }  # fmt: skip
    assert "has no `sh`" in found["a", "anatomy"]["summary"]
    assert "user not seen" in found["a", "image"]["summary"]
    assert "uid" not in found["a", "image"]["figures"]
