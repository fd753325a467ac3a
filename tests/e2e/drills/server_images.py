"""Real servers in images of their own, made like the official ones, without a registry.

PostgreSQL is the one that this machine has; redis, nginx and others are Debian's packages, unpacked into a folder and
never installed. Each image is the base image and the files that the server needs: its programs, their libraries, its
tables. The entrypoint scripts do what those of the official images do: prepare the data folder as root, and then `exec`
the server as a user of its own.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import subprocess
import tarfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ENTRYPOINTS = Path(__file__).parent / "programs" / "entrypoints"
_LIBRARY = re.compile(r"(?:=> )?(/\S+) \(0x")
_MISSING = re.compile(r"(\S+) => not found")


@dataclass(frozen=True)
class Server:
    """What goes into the image of one.

    Attributes:
        user: as whom it runs; its number is 999.
        programs: names; found in the packages, else on this machine.
        recipe: the rest of the Dockerfile.
        more: folders that they read, with `*` for the version.
        folders: of its own.
        packages: of Debian; none for what this machine must have itself.
        entrypoint: a file in `programs/entrypoints`.
    """

    name: str
    user: str
    programs: tuple[str, ...]
    recipe: str
    more: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    entrypoint: str = "plain.sh"


POSTGRES = Server(
    "postgres", "postgres", ("postgres", "initdb", "psql", "pg_isready"),
    # The first database is made with the image, and goes from there into every new volume: `initdb` takes its time.
    "ENV PGDATA=/var/lib/postgresql/data\nRUN docker-entrypoint.sh postgres --version\n"
    "VOLUME /var/lib/postgresql/data\nEXPOSE 5432\nSTOPSIGNAL SIGINT\n"
    'CMD ["postgres"]\n',
    more=("usr/lib/postgresql/*/lib", "usr/share/postgresql/*"),
    folders=("var/lib/postgresql/data",), entrypoint="postgres.sh",
)  # fmt: skip
REDIS = Server(
    "redis", "redis", ("redis-server", "redis-cli"),
    'WORKDIR /data\nVOLUME /data\nEXPOSE 6379\nCMD ["redis-server"]\n', folders=("data", "var/lib/redis"),
    packages=("redis-server", "redis-tools", "libjemalloc2", "liblua5.1-0", "liblzf1", "lua-cjson", "lua-bitop"),
    entrypoint="redis.sh",
)  # fmt: skip
NGINX = Server(
    "nginx", "www-data", ("nginx",), 'EXPOSE 80\nSTOPSIGNAL SIGQUIT\nCMD ["nginx", "-g", "daemon off;"]\n',
    more=("etc/nginx",), folders=("var/lib/nginx", "var/log/nginx"), packages=("nginx", "nginx-common"),
)  # fmt: skip
MEMCACHED = Server(
    "memcached", "memcache", ("memcached",), 'USER memcache\nEXPOSE 11211\nCMD ["memcached"]\n',
    packages=("memcached", "libevent-2.1-7", "libsasl2-2"),
)  # fmt: skip
MARIADB = Server(
    "mariadb", "mysql", ("mariadbd", "mariadb", "mariadb-admin"),
    "RUN docker-entrypoint.sh mariadbd --version\nVOLUME /var/lib/mysql\nEXPOSE 3306\n"
    'CMD ["mariadbd", "--no-defaults", "--socket=/run/mysqld/mysqld.sock"]\n',
    more=("usr/share/mysql",), folders=("var/lib/mysql",), entrypoint="mariadb.sh",
    packages=(
        "mariadb-server-core", "mariadb-client", "mariadb-client-core", "libaio1", "libncurses6", "libnuma1",
        "libpcre2-8-0", "libreadline8", "libsystemd0", "libtinfo6", "liburing2",
    ),
)  # fmt: skip
_UID = 999
_PASSWD = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\nnode:x:1000:1000::/home/node:/bin/sh\n"


@dataclass
class Servers:
    """Makes the images, from packages that are kept in `folder` for as long as a test run."""

    base_image: str
    folder: Path
    _trees: dict[str, Path] = field(default_factory=dict)

    def image(self, server: Server) -> str:
        """The image of `server`, made where it is not there yet. Skips where this machine cannot have it."""
        try:
            tree = self._unpacked(server)
            files = dict(self._files(server, tree))
        except (OSError, subprocess.SubprocessError) as failure:
            pytest.skip(f"no {server.name} for containers on this machine: {failure}")
        recipe = f'FROM {self.base_image}\nADD tree.tar /\nENTRYPOINT ["docker-entrypoint.sh"]\n{server.recipe}'
        told = hashlib.sha256(f"{recipe}{server}".encode())
        for at, source in sorted(files.items()):
            told.update(f"{at} {source.stat().st_size}\n".encode())
            if source.suffix == ".sh":
                told.update(source.read_bytes())
        name = f"seatrial-test/{server.name}:{told.hexdigest()[:12]}"
        there = subprocess.run(["docker", "image", "inspect", name], capture_output=True, check=False)
        if there.returncode:
            _build(name, recipe, _tree(server, files))
        return name

    def _unpacked(self, server: Server) -> Path | None:
        if not server.packages:
            return None
        if server.name not in self._trees:
            debs, tree = self.folder / f"{server.name}-debs", self.folder / server.name
            debs.mkdir(parents=True)
            os.chmod(debs, 0o777)  # noqa: PTH101, S103  apt gives up root for a download
            subprocess.run(["apt-get", "download", *server.packages], cwd=debs, capture_output=True, check=True, timeout=60)  # fmt: skip  # noqa: E501
            for deb in sorted(debs.glob("*.deb")):
                subprocess.run(["dpkg", "-x", deb, tree], capture_output=True, check=True)
            self._trees[server.name] = tree
        return self._trees[server.name]

    def _files(self, server: Server, tree: Path | None) -> Iterator[tuple[str, Path]]:
        """By the path in the image what stands there."""
        setpriv = shutil.which("setpriv")
        if not setpriv:
            raise FileNotFoundError("this machine has no setpriv")
        programs = [_program(name, tree) for name in server.programs]
        # A program looks for its tables relative to where it is itself.
        for program in (*programs, Path(setpriv)):
            yield _place(program, tree), program.resolve()
        for pattern in server.more:
            for folder in Path(tree or "/").glob(pattern):
                yield from ((_place(file, tree), file) for file in sorted(folder.rglob("*")) if file.is_file())
        yield from _libraries([*programs, Path(setpriv)], tree)
        yield "/usr/local/bin/gosu", ENTRYPOINTS / "gosu.sh"
        yield "/usr/local/bin/docker-entrypoint.sh", ENTRYPOINTS / server.entrypoint


def _program(name: str, tree: Path | None) -> Path:
    found = [path for folder in ("usr/bin", "usr/sbin") if tree and (path := tree / folder / name).exists()]
    found += sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    if not found:
        raise FileNotFoundError(f"this machine has no {name}")
    return found[0]


def _place(path: Path, tree: Path | None) -> str:
    return f"/{path.relative_to(tree)}" if tree and path.is_relative_to(tree) else str(path)


def _libraries(programs: Iterable[Path], tree: Path | None) -> Iterator[tuple[str, Path]]:
    """The loader and the shared libraries, at the places where the loader looks for them."""
    where = ":".join(str(path) for path in (tree / "usr/lib").glob("*-linux-*")) if tree else ""
    for program in programs:
        environment = {**os.environ, "LD_LIBRARY_PATH": where}
        told = subprocess.run(["ldd", program], env=environment, capture_output=True, text=True, check=True).stdout
        if missing := _MISSING.findall(told):
            raise FileNotFoundError(f"{program.name} needs {', '.join(missing)}")
        for found in _LIBRARY.findall(told):
            yield _place(Path(found), tree), Path(found).resolve()


def _tree(server: Server, files: dict[str, Path]) -> bytes:
    inner = io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w") as tar:
        for at, source in sorted(files.items()):
            _add(tar, at, source.read_bytes(), 0o755 if os.access(source, os.X_OK) else 0o644)
            if PurePosixPath(at).name in server.programs:
                entry = tarfile.TarInfo(f"usr/local/bin/{PurePosixPath(at).name}")
                entry.type, entry.linkname = tarfile.SYMTYPE, at
                tar.addfile(entry)
        for folder in server.folders:
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode, entry.uid, entry.gid = tarfile.DIRTYPE, 0o755, _UID, _UID
            tar.addfile(entry)
        _add(tar, "etc/passwd", f"{_PASSWD}{server.user}:x:{_UID}:{_UID}::/nonexistent:/bin/false\n".encode(), 0o644)
        _add(tar, "etc/group", f"root:x:0:\nnode:x:1000:\n{server.user}:x:{_UID}:\n".encode(), 0o644)
    return inner.getvalue()


def _build(name: str, recipe: str, tree: bytes) -> None:
    context = io.BytesIO()
    with tarfile.open(fileobj=context, mode="w") as tar:
        _add(tar, "Dockerfile", recipe.encode(), 0o644)
        _add(tar, "tree.tar", tree, 0o644)
    done = subprocess.run(["docker", "build", "--quiet", "--tag", name, "-"], input=context.getvalue(), capture_output=True, check=False)  # fmt: skip  # noqa: E501
    assert done.returncode == 0, done.stderr.decode()


def _add(tar: tarfile.TarFile, at: str, text: bytes, mode: int) -> None:
    entry = tarfile.TarInfo(at.lstrip("/"))
    entry.size, entry.mode = len(text), mode
    tar.addfile(entry, io.BytesIO(text))
