"""The compose project of `stop_cases`: what the machine has for it, and how it is brought up."""

from __future__ import annotations

import io
import json
import os
import shutil
import socket
import subprocess
import sys
import tarfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from e2e.drills.stop_cases import CASES
from e2e.drills.suite import Suite, of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conftest import ComposeProject
    from e2e.drills.stop_cases import Case

PROGRAMS = Path(__file__).parent / "programs"
HOST_IMAGE = "seatrial-test-host:1"
NPMS = ("10.9.9", "11.19.1")
TOKEN = "tok-5c1d8e9f7a20"
_LISTENING_S, _LIMIT_S = 60.0, 60.0
# Folders of this machine, by which its programs run in a container. Where /usr is all, the others lead into it.
_FOLDERS = ("/usr", "/bin", "/lib", "/lib64")


class Matrix:
    """The parts that this machine has, and the cases that need no other; `missing` tells why for each other part."""

    def __init__(self, project: ComposeProject, base_image: str) -> None:
        self.project, self._base = project, base_image
        self.missing: dict[str, str] = {}
        self._common = [f"{PROGRAMS}:/programs:ro"]
        self._of_base = [f"{PROGRAMS / 'nginx'}:/usr/local/bin/nginx:ro"]
        self._of_host: list[str] = []
        package = {"scripts": {"start": "node /programs/server.js"}}
        (self._made("start") / "package.json").write_text(json.dumps(package), encoding="utf-8")
        self._common.append(f"{project.folder / 'start'}:/start:ro")
        self._python = str(Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}")
        self._jvm = ""
        for part, mounts, make in (
            ("host", self._of_host, host_image),
            ("python", self._of_host, self._host_python),
            ("java", self._of_host, self._java),
            ("npm", self._common, self._npm),
            ("tls", self._of_base, self._tls),
        ):
            try:
                mounts.extend(make())
            except (OSError, subprocess.SubprocessError) as failure:
                self.missing[part] = f"{part}: {failure}"
        self.cases = tuple(case for case in CASES if not self.lacks(case))

    def lacks(self, case: Case) -> str:
        """Why the case cannot be tried here; "" when it can."""
        parts = {case.needs, *(["npm"] if any("npm-cli" in word for word in case.service["command"]) else [])}
        return "; ".join(self.missing[part] for part in sorted(parts & set(self.missing)))

    def start(self) -> None:
        """Write the project, start it, and wait until all who are to answer listen."""
        self.project.file.write_text(json.dumps({"name": self.project.name, **self._model("")}), encoding="utf-8")
        started = self.project.run("up", "--no-wait")
        assert started.returncode == 0, started.stderr
        self._answering(self.project)

    def suites(self) -> tuple[Suite, Suite]:
        """The stops, and the way of the signal of some of them."""
        stops = of("graceful-stop", {case.name: (case.verdict, case.cause) for case in self.cases})
        ways = of("signal-path", {case.name: (case.way, case.way_cause) for case in self.cases if case.way})
        whose = tuple(service for service, _ in ways)
        return (
            Suite("graceful-stop", ("graceful-stop",), self._model, stops, self._answering),
            Suite("signal-path", ("signal-path",), self._model, ways, self._answering, services=whose),
        )

    def _model(self, _: str) -> dict[str, Any]:
        (self.project.folder / ".env").write_text(f"TOKEN={TOKEN}\n", encoding="utf-8")
        return {"services": {case.name: self._service(case) for case in self.cases}}

    def _answering(self, _: ComposeProject) -> None:
        self._listening([case for case in self.cases if case.serves])

    def _service(self, case: Case) -> dict[str, Any]:
        of_host = case.needs in {"host", "python", "java"}
        command = [{"PYTHON": self._python, "JAVA": self._jvm}.get(word, word) for word in case.service["command"]]
        return {
            "image": HOST_IMAGE if of_host else self._base,
            "environment": case.environment,
            "volumes": [*self._common, *(self._of_host if of_host else self._of_base)],
            **case.service,
            "command": command,
        }

    def _listening(self, cases: Iterable[Case]) -> None:
        wanted = {(self._address(case), int(case.environment.get("PORT", 8080))) for case in cases}
        deadline = time.monotonic() + _LISTENING_S
        while wanted and time.monotonic() < deadline:
            wanted = {end for end in wanted if not _open(*end)}
            if wanted:
                time.sleep(0.05)  # nobody tells when a socket listens
        assert not wanted, f"nothing listens at {wanted}"

    def _address(self, case: Case) -> str:
        form = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
        return self.project.docker("inspect", "--format", form, self.project.container(case.name))

    def _host_python(self) -> list[str]:
        if "host" in self.missing:
            raise FileNotFoundError(self.missing["host"])
        inside = any(Path(sys.base_prefix).is_relative_to(folder) for folder in _FOLDERS)
        return [] if inside else [f"{sys.base_prefix}:{sys.base_prefix}:ro"]

    def _java(self) -> list[str]:
        if "host" in self.missing:
            raise FileNotFoundError(self.missing["host"])
        folder = self._made("java")
        _ran("javac", "-d", str(folder), str(PROGRAMS / "Server.java"))
        program = Path(shutil.which("java") or "java").resolve()
        self._jvm, home = str(program), program.parents[1]
        led = {path.resolve() for path in home.rglob("*") if path.is_symlink()}
        outside = {f"/etc/{path.parts[2]}" for path in led if path.is_relative_to("/etc")}
        return [f"{folder}:/java:ro", *(f"{path}:{path}:ro" for path in sorted(outside))]

    def _npm(self) -> list[str]:
        target = self._made("npms")
        _ran(
            "npm",
            "pack",
            *(f"npm@{version}" for version in NPMS),
            "--prefer-offline",
            "--pack-destination",
            str(target),
        )
        for version in NPMS:
            with tarfile.open(target / f"npm-{version}.tgz") as tar:
                tar.extractall(target / version, filter="data")
        return [f"{target / version}/package:/npm-{version}:ro" for version in NPMS]

    def _tls(self) -> list[str]:
        folder = self._made("tls")
        names = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem"), "-subj", "/CN=tls", "-days", "1"]
        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        _ran("openssl", "req", "-x509", *curve, *names)
        return [f"{folder}:/tls:ro"]

    def _made(self, name: str) -> Path:
        folder = self.project.folder / name
        folder.mkdir()
        return folder


def host_image() -> list[str]:
    """An image of nothing but links, into which the programs of this machine are mounted."""
    for program in ("dash", "bash", "node"):
        if not shutil.which(program, path="/usr/bin:/bin"):
            raise FileNotFoundError(f"this machine has no {program}")
    real = [folder for folder in _FOLDERS if Path(folder).is_dir() and not Path(folder).is_symlink()]
    text = io.BytesIO()
    with tarfile.open(fileobj=text, mode="w") as tar:
        for folder in ("/tmp", "/etc", *real):
            entry = tarfile.TarInfo(folder.lstrip("/"))
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(entry)
        for folder in _FOLDERS:
            if Path(folder).is_symlink():
                entry = tarfile.TarInfo(folder.lstrip("/"))
                entry.type, entry.linkname = tarfile.SYMTYPE, os.readlink(folder)  # noqa: PTH115  as it is written
                tar.addfile(entry)
    changes = ["--change", "ENV PATH=/usr/bin:/bin", "--change", 'ENTRYPOINT ["/usr/bin/env"]']
    _ran("docker", "import", *changes, "-", HOST_IMAGE, given=text.getvalue())
    mounts = [f"{folder}:{folder}:ro" for folder in real]
    seen = [word for mount in mounts for word in ("-v", mount)]
    # An engine on another machine, or with another libc, has not what we have.
    _ran("docker", "run", "--rm", "--network=none", *seen, HOST_IMAGE, "node", "-v")
    return mounts


def _open(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def _ran(*command: str, given: bytes | None = None) -> None:
    subprocess.run(command, input=given, capture_output=True, check=True, timeout=_LIMIT_S)
