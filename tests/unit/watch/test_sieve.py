"""Which paths below a watched one count."""

from __future__ import annotations

import pytest

from seatrial.lifecycle.dockerignore import read
from seatrial.lifecycle.patterns import patterns
from seatrial.watch.sieve import Sieve, temporary

TEMPORARY = [
    ".git", ".idea", "4913", "main.py~", ".main.py.swp", ".main.py.swx", ".swp.swo", ".#main.py", "#main.py#",
    "main.py___jb_tmp___", "main.py___jb_old___", ".notes.kate-swp", "3f-go-tmp-umask", ".goutputstream-AB12",
    ".a\nb.swp",
]  # fmt: skip
ORDINARY = [
    "main.py", ".gitignore", ".github", ".ideas", "49130", "main.swp", ".env", "film.swf", "#notes", "~main",
    ".dockerignore", "a___jb_tmp___.py", "go-tmp", "", "\udcff",
]  # fmt: skip


@pytest.mark.parametrize("name", TEMPORARY)
def test_temporary_files_of_editors_and_git_never_count(name: str) -> None:
    sieve = Sieve("/p")
    assert temporary(name)
    assert not sieve.wants(f"/p/src/{name}", folder=False)
    assert sieve.prunes(f"/p/src/{name}")
    assert not sieve.wants(f"/p/{name}/deep/x", folder=False)


@pytest.mark.parametrize("name", ORDINARY)
def test_other_names_count(name: str) -> None:
    assert not temporary(name)
    assert Sieve("/p").wants(f"/p/{name}", folder=False)


def test_the_watched_path_is_never_judged_by_its_own_name_or_by_what_is_above_it() -> None:
    sieve = Sieve("/home/x~/.git/hooks")
    assert sieve.wants("/home/x~/.git/hooks", folder=True)
    assert sieve.wants("/home/x~/.git/hooks/pre-commit", folder=False)
    assert not sieve.prunes("/home/x~/.git/hooks")


def test_ignored_folders_are_pruned_unless_something_in_them_counts() -> None:
    sieve = Sieve("/p", ignore=patterns(["node_modules", "!node_modules/keep", "dist"]))
    assert sieve.prunes("/p/dist")
    assert sieve.prunes("/p/dist/deep")
    assert not sieve.prunes("/p/node_modules")
    assert sieve.prunes("/p/node_modules/other")
    assert not sieve.prunes("/p/node_modules/keep")
    assert not sieve.wants("/p/node_modules", folder=True)
    assert sieve.wants("/p/node_modules/keep", folder=True)
    assert sieve.wants("/p/node_modules/keep/a.js", folder=False)
    assert not sieve.wants("/p/node_modules/a.js", folder=False)
    assert sieve.wants("/p/src/dist/a.js", folder=False)


def test_an_ignored_path_is_matched_whole_not_by_its_name() -> None:
    # Compose's first sync looks at the name only, and sends `frontend/dist` (pkg/compose/watch.go, shouldIgnore).
    sieve = Sieve("/p", ignore=patterns(["frontend/dist"]))
    assert not sieve.wants("/p/frontend/dist/app.js", folder=False)
    assert sieve.wants("/p/dist/app.js", folder=False)


def test_only_what_is_included_counts_and_folders_that_cannot_hold_any_are_pruned() -> None:
    sieve = Sieve("/p", include=patterns(["src/*.ts", "conf", "!conf/secret"]))
    assert sieve.wants("/p/src/a.ts", folder=False)
    assert not sieve.wants("/p/src/a.js", folder=False)
    assert not sieve.wants("/p/src/deep/a.ts", folder=False)
    assert sieve.wants("/p/conf/deep/x", folder=False)
    assert not sieve.wants("/p/conf/secret/x", folder=False)
    assert not sieve.prunes("/p")
    assert not sieve.prunes("/p/src")
    assert sieve.prunes("/p/src/deep")
    assert sieve.prunes("/p/docs")
    assert sieve.prunes("/p/conf/secret")


def test_a_folder_on_the_way_to_what_is_included_does_not_count_itself() -> None:
    sieve = Sieve("/p", include=patterns(["**/*.js", "assets"]))
    assert not sieve.wants("/p/src", folder=True)
    assert not sieve.prunes("/p/src")
    assert sieve.wants("/p/assets", folder=True)
    assert sieve.wants("/p/assets/empty", folder=True)


def test_what_is_ignored_is_not_brought_back_by_include() -> None:
    sieve = Sieve("/p", ignore=patterns(["**/*.test.ts"]), include=patterns(["**/*.ts"]))
    assert sieve.wants("/p/src/a.ts", folder=False)
    assert not sieve.wants("/p/src/a.test.ts", folder=False)


def test_a_whitelist_in_dockerignore_works() -> None:
    # Compose drops every pattern without `!` where one is `*` (pkg/watch/dockerignore.go).
    sieve = Sieve("/p", context="/p", dockerignore=read("*\n!src\n"))
    assert sieve.wants("/p/src/a.js", folder=False)
    assert not sieve.wants("/p/README.md", folder=False)
    assert sieve.prunes("/p/docs")
    assert not sieve.prunes("/p")


@pytest.mark.parametrize("root", ["/p/app/src", "/p/app", "/p"])
def test_dockerignore_counts_from_the_context_wherever_the_rule_watches(root: str) -> None:
    sieve = Sieve(root, context="/p/app", dockerignore=read("src/gen\n**/*.log"))
    assert sieve.wants("/p/app/src/a.js", folder=False)
    assert not sieve.wants("/p/app/src/gen/a.js", folder=False)
    assert not sieve.wants("/p/app/src/x/a.log", folder=False)
    assert sieve.prunes("/p/app/src/gen")


def test_dockerignore_says_nothing_of_what_is_outside_its_context() -> None:
    sieve = Sieve("/p", context="/p/app", dockerignore=read("*"))
    assert sieve.wants("/p/shared/a.js", folder=False)
    assert sieve.wants("/p/application/a.js", folder=False)
    assert not sieve.wants("/p/app/a.js", folder=False)
    assert sieve.prunes("/p/app")
    assert Sieve("/q", context="/p", dockerignore=read("*")).wants("/q/a", folder=False)


def test_nothing_counts_of_a_watched_path_that_is_taken_out_whole() -> None:
    sieve = Sieve("/p/dist", context="/p", dockerignore=read("dist"))
    assert sieve.out_of_context
    assert sieve.prunes("/p/dist")
    assert not sieve.wants("/p/dist", folder=True)
    assert not sieve.wants("/p/dist/a.js", folder=False)


def test_a_dockerfile_counts_for_a_build_though_it_is_taken_out_of_the_context() -> None:
    sieve = Sieve("/p", context="/p", dockerignore=read("docker\nDockerfile"), kept=frozenset(["/p/docker/Dockerfile"]))
    assert sieve.wants("/p/docker/Dockerfile", folder=False)
    assert not sieve.wants("/p/docker/notes", folder=False)
    assert not sieve.wants("/p/Dockerfile", folder=False)
    assert not sieve.prunes("/p/docker")
    assert sieve.prunes("/p/docker/deep")


def test_what_is_mounted_never_counts() -> None:
    sieve = Sieve("/p", mounted=frozenset(["/p/src", "/p/conf/one.ini"]))
    assert sieve.prunes("/p/src")
    assert not sieve.wants("/p/src/a.js", folder=False)
    assert not sieve.wants("/p/conf/one.ini", folder=False)
    assert sieve.wants("/p/conf/two.ini", folder=False)


def test_a_watched_file_counts() -> None:
    assert Sieve("/p/package.json").wants("/p/package.json", folder=False)
