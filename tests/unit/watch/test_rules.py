"""The rules of `develop.watch`, from what Compose resolved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from seatrial.errors import ConfigurationInvalid, Several, UnknownService
from seatrial.stack import Stack, parse
from seatrial.watch.as_written import troubles
from seatrial.watch.describe import line
from seatrial.watch.rules import Hook, Rule, notes, rules, some_written

RECORDED = Path(__file__).parents[2] / "data" / "watch"


def stack(*watch: dict[str, Any], **model: Any) -> Stack:
    """One service, web, with these rules."""
    web = {"develop": {"watch": list(watch)}, **model}
    return parse(json.dumps({"name": "shop", "services": {"web": web, "db": {"image": "db"}}}))


def rule(**text: Any) -> dict[str, Any]:
    return {"path": "/p/src", "action": "sync", "target": "/app", "exec": {"command": None}, **text}


def built(folder: Path, **more: Any) -> dict[str, Any]:
    return {"context": str(folder), "dockerfile": "Dockerfile", **more}


@pytest.mark.parametrize("version", ["2.26.1", "2.40.3", "5.6.1"])
def test_what_each_compose_prints_is_read(version: str) -> None:
    found = rules(parse((RECORDED / f"compose-{version}.json").read_text()))
    first, hook = found[-6], Hook(("nginx", "-s", "reload now"), "root", "/srv", True, ("A=1", "B=a b$c"))
    told = [(one.action, one.path, one.target, one.hook) for one in found[-6:]]
    assert told == [
        ("sync", "/shop/app/src", "/app/src", None),
        ("rebuild", "/shop/app/package.json", "", None),
        ("sync+restart", "/shop/app/conf", "/etc/app", None),
        ("restart", "/shop/app/reload", "", None),
        ("sync+exec", "/shop/real", "/data", hook),
        ("sync+exec", "/shop/app/m", "/m", Hook(("sh", "-c", "echo $HOME"), environment=("C=2", "E="))),
    ]
    assert first.sieve.ignore.texts == ("node_modules", "!node_modules/keep")
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    # Its keys came with newer ones; 2.40.3 keeps x-initialSync to itself, 5.6.1 reads it, and x-develop too.
    newer = version != "2.26.1"
    assert (first.initial_sync, first.sieve.include.texts) == (newer, ("**/*.js",) if newer else ())
    assert found[-2].initial_sync == (version == "5.6.1")
    assert len(found) == (7 if version == "5.6.1" else 6)


def test_a_rule_covers_its_path_and_what_is_below() -> None:
    one = Rule("web", "sync", "/p/src", "/app")
    assert one.covers("/p/src")
    assert one.covers("/p/src/a")
    assert not one.covers("/p/src2")
    assert not one.covers("/p")
    assert not one.wants("/p/src2/a", folder=False)


def test_what_is_not_on_the_way_to_a_rules_path_is_pruned() -> None:
    one = Rule("web", "sync", "/p/src", "/app")
    assert not one.prunes("/p")
    assert not one.prunes("/")
    assert one.prunes("/p/sr")
    assert one.prunes("/p/src2")
    assert one.prunes("/q")


@pytest.mark.parametrize(
    ("path", "target", "sent", "lands"),
    [
        ("/p/src", "/app", "/p/src/a/b", "/app/a/b"),
        ("/p/src", "/", "/p/src/a", "/a"),
        ("/p/src", "/app/./x/..", "/p/src", "/app"),
        ("/p/src", "/app", "/p/src/\udcff \n", "/app/\udcff \n"),
        ("/p/src", "//app", "/p/src/a", "/app/a"),
        ("/p/one.json", "/app/other.json", "/p/one.json", "/app/other.json"),
    ],
)
def test_where_a_path_lands(path: str, target: str, sent: str, lands: str) -> None:
    (one,) = rules(stack(rule(path=path, target=target)))
    assert one.lands(sent) == lands


def test_a_file_goes_into_a_target_that_ends_with_a_slash(tmp_path: Path) -> None:
    file = tmp_path / "one.json"
    for _ in ("missing", "there"):
        (one,) = rules(stack(rule(path=str(file), target="/app/")))
        assert one.lands(str(file)) == "/app/one.json"
        file.touch()
    (folder,) = rules(stack(rule(path=str(tmp_path), target="/app/")))
    assert folder.lands(str(tmp_path)) == "/app"
    assert folder.lands(str(file)) == "/app/one.json"


def test_a_relative_target_counts_from_the_root_as_with_compose() -> None:
    given = stack(rule(target="app/src"))
    assert rules(given)[0].target == "/app/src"
    assert notes(given) == ("rule 1 of web: its target counts from /, as with Compose: /app/src",)


def test_doubled_dollars_of_composes_json_are_single_again() -> None:
    (one,) = rules(stack(rule(path="/p/$$a", target="/$$b", ignore=["$$c"])))
    assert (one.path, one.target, one.sieve.ignore.texts) == ("/p/$a", "/$b", ("$c",))


@pytest.mark.parametrize(
    ("pattern", "ignored", "kept"),
    [
        ("/dist", "/p/src/dist/x", "/p/src/a/dist"),
        ("/p/src/dist", "/p/src/dist/x", "/p/src/a"),
        ("./dist/", "/p/src/dist/x", "/p/src/a"),
        ("../src/dist", "/p/src/dist/x", "/p/src/a"),
        (".", "/p/src/anything", "/p"),
        ("../other", "/p/src/.git", "/p/src/other"),
        ("#x", "/p/src/#x", "/p/src/x"),
    ],
)
def test_patterns_of_a_rule_count_from_its_path(pattern: str, ignored: str, kept: str) -> None:
    (one,) = rules(stack(rule(ignore=[pattern])))
    assert not one.wants(ignored, folder=False)
    assert one.wants(kept, folder=False) or kept == "/p"


def test_one_pattern_need_not_be_a_list() -> None:
    (one,) = rules(stack(rule(ignore="*.log", include="**")))
    assert not one.wants("/p/src/a.log", folder=False)
    assert one.wants("/p/src/a.js", folder=False)


def test_everything_can_be_included_but_some() -> None:
    # `include: ["*"]` lets nothing through in Compose, which takes `*` out of every list of patterns.
    (one,) = rules(stack(rule(include=["*", "!*.md"])))
    assert one.wants("/p/src/deep/a.js", folder=False)
    assert not one.wants("/p/src/a.md", folder=False)


BAD = [
    (rule(action="sink"), "rule 1 of web (`develop.watch`) has the action `sink`, which does not exist", "sync+exec"),
    (rule(target=""), "rule 1 of web (`develop.watch`) syncs, and has no target", "`target: /app/src`"),
    (rule(action="sync+restart", target=None), "syncs, and has no target", "target"),
    (rule(path=""), "rule 1 of web (`develop.watch`) has no path", "`path: ./src`"),
    (rule(path="/"), "watches `/`, which is no place for sources", "a folder of the project"),
    (rule(path="src"), "watches `src`", "a folder of the project"),
    (rule(action="sync+exec"), "is to run something after a sync, and has no command", "exec: {command"),
    (rule(action="sync+exec", exec=None), "has no command", "exec: {command"),
    (rule(action="rebuild"), "rebuilds, and web has no `build` section", "use `restart`"),
    (rule(ignore=["a", "[b"]), "cannot ignore `[b`: a `[` that is not closed, or holds nothing", "correct the pattern"),
    (rule(include=["!"]), "cannot include `!`: there is nothing behind the `!`", "correct the pattern"),
]


@pytest.mark.parametrize(("text", "what", "fix"), BAD)
def test_a_rule_that_cannot_be_followed_is_one_clear_error(text: dict[str, Any], what: str, fix: str) -> None:
    with pytest.raises(ConfigurationInvalid) as caught:
        rules(stack(text))
    assert what in caught.value.what
    assert fix in caught.value.fix


def test_the_error_names_the_number_of_the_rule() -> None:
    with pytest.raises(ConfigurationInvalid, match="rule 3 of web"):
        rules(stack(rule(), rule(), rule(action="sink")))


def test_all_that_is_wrong_with_any_rule_is_told_in_one_go() -> None:
    services = {
        "web": {"develop": {"watch": [rule(action="sink", path=""), rule(), rule(target="", ignore=["[b"])]}},
        "api": {"develop": {"watch": [rule(action="rebuild")]}},
    }
    with pytest.raises(Several) as caught:
        rules(parse(json.dumps({"name": "shop", "services": services})), place=lambda name, n: f"{name}.yaml:{n}")
    assert caught.value.exit_code == ConfigurationInvalid.exit_code
    assert [(one.what.partition("`) ")[2][:13], one.detail) for one in caught.value.each] == [
        ("has the actio", ("web.yaml:1",)),
        ("has no path", ("web.yaml:1",)),
        ("syncs, and ha", ("web.yaml:3",)),
        ("cannot ignore", ("web.yaml:3",)),
        ("rebuilds, and", ("api.yaml:1",)),
    ]


class TestAsWritten:
    """Where Compose refuses a rule, the others are judged by what stands in the YAML."""

    def told(self, *texts: dict[str, Any], builds: bool = False, compose: tuple[int, ...] = ()) -> list[str]:
        return [one.what for one in troubles("web", texts, "/p", builds=builds, compose=compose)]

    def test_what_is_in_order_has_nothing(self) -> None:
        sync = {"path": "./src", "action": "sync", "target": "/app", "ignore": "*.log", "x-own": "1"}
        assert self.told(sync, {"path": "src", "action": "rebuild"}, builds=True) == []

    def test_each_fault_is_told(self) -> None:
        texts: list[dict[str, Any]] = [
            {"pth": "x", "action": "sync"},
            {"action": "sync+exec", "path": ".", "target": "/"},
        ]
        assert [what[:18] for what in self.told(*texts, {})] == [
            "has `pth`, which d",
            "has no path",
            "syncs, and has no ",
            "is to run somethin",
            "has no action",
            "has no path",
        ]

    def test_what_holds_a_variable_is_taken_to_be_in_order(self) -> None:
        assert (
            self.told({"path": "$HERE", "action": "sync", "target": "$T", "ignore": ["$A["]}, {"action": "${A}"}) == []
        )

    def test_keys_that_the_compose_here_does_not_know_are_told(self) -> None:
        text = {"path": "src", "action": "sync", "target": "/app", "include": ["a"], "initial_sync": "true"}
        assert [what[:18] for what in self.told(text, compose=(2, 34, 0))] == ["has `initial_sync`"]
        assert self.told(text, compose=(2, 40, 3)) == []


def test_no_service_needs_a_build_section_to_be_synced_or_restarted() -> None:
    found = rules(stack(rule(), rule(action="restart"), rule(action="sync+restart"), rule()))
    assert [one.action for one in found] == ["sync", "restart", "sync+restart", "sync"]


def test_only_the_chosen_services_count() -> None:
    given = stack(rule())
    assert len(rules(given, ["web"])) == 1
    assert rules(given, ["db"]) == ()
    assert notes(given, ["db"]) == ("db has no rules (`develop.watch`); --all makes one to rebuild",)
    assert notes(given) == ()
    with pytest.raises(UnknownService):
        rules(given, ["wep"])


def test_a_first_sync_is_asked_for_by_the_rules_that_sync() -> None:
    texts = [rule(action=action, initial_sync=True, exec={"command": ["x"]}) for action in ("sync", "sync+exec")]
    assert [one.initial_sync for one in rules(stack(*texts, rule(action="restart", initial_sync=True)))] == [
        True,
        True,
        False,
    ]


def bind(source: str, target: str) -> dict[str, Any]:
    return {"type": "bind", "source": source, "target": target, "bind": {}}


class TestBindMounts:
    @pytest.mark.parametrize(
        ("source", "inside", "target"),
        [("/p/src", "/app", "/app"), ("/p", "/all", "/all/src"), ("/p/src", "/app/", "/app")],
    )
    def test_a_sync_of_what_a_mount_shows_is_left_out(self, source: str, inside: str, target: str) -> None:
        given = stack(rule(target=target), volumes=[bind(source, inside)])
        assert rules(given) == ()
        assert notes(given) == ("rule 1 of web: a bind mount shows /p/src in the container already, so it is left out",)

    def test_what_else_such_a_rule_does_is_still_done(self) -> None:
        texts = rule(action="sync+restart"), rule(action="sync+exec", exec={"command": ["x"]})
        given = stack(*texts, volumes=[bind("/p/src", "/app")])
        assert [(one.action, one.syncs) for one in rules(given)] == [("sync+restart", False), ("sync+exec", False)]
        assert [note.rsplit(", so ")[1] for note in notes(given)] == ["it only restarts", "it only runs its command"]

    def test_a_sync_to_another_place_is_kept(self) -> None:
        # Compose drops it: it compares the sources only (pkg/compose/watch.go, checkIfPathAlreadyBindMounted).
        given = stack(rule(target="/elsewhere"), volumes=[bind("/p/src", "/app")])
        assert [one.target for one in rules(given)] == ["/elsewhere"]
        assert notes(given) == ()

    def test_the_part_that_is_mounted_is_not_sent(self) -> None:
        (one,) = rules(stack(rule(path="/p", target="/app"), volumes=[bind("/p/src", "/app/src")]))
        assert one.prunes("/p/src")
        assert one.wants("/p/package.json", folder=False)

    def test_a_sync_through_a_mount_of_another_folder_is_told(self) -> None:
        given = stack(rule(target="/data/x"), volumes=[bind("/p/data", "/data")])
        assert len(rules(given)) == 1
        assert notes(given) == ("rule 1 of web: its target /data/x is a bind mount of /p/data, which it will write to",)

    @pytest.mark.parametrize(
        ("action", "instead"), [("sync", "or use `restart`"), ("sync+exec", "or use `sync+restart`")]
    )
    def test_a_file_that_is_mounted_alone_is_told_to_stay_the_old_one(
        self, tmp_path: Path, action: str, instead: str
    ) -> None:
        (tmp_path / "x.conf").touch()
        text = rule(path=f"{tmp_path}/x.conf", target="/etc/x.conf", action=action, exec={"command": ["x"]})
        given = stack(text, volumes=[bind(f"{tmp_path}/x.conf", "/etc/x.conf")])
        (note,) = notes(given)
        assert "a mount of a single file shows the old file after an editor has replaced it" in note
        assert note.endswith(instead)
        assert [one.syncs for one in rules(given)] == [False] * (action == "sync+exec")
        (one,) = rules(given, singles=True)  # it is not sent, and may be other than here all the same
        assert one.lands(f"{tmp_path}/x.conf") == "/etc/x.conf"

    def test_in_a_folder_that_is_sent_such_a_file_is_left_out_and_told(self, tmp_path: Path) -> None:
        (tmp_path / "x.conf").touch()
        given = stack(
            rule(path=str(tmp_path), target="/etc/x"), volumes=[bind(f"{tmp_path}/x.conf", "/etc/x/x.conf")]
        )  # fmt: skip
        assert "x.conf is left out, as it is mounted alone" in notes(given)[0]
        assert not rules(given)[0].wants(f"{tmp_path}/x.conf", folder=False)
        assert rules(given, singles=True)[0].wants(f"{tmp_path}/x.conf", folder=False)

    @pytest.mark.parametrize(
        ("kind", "target", "inside"),
        [
            ("configs", "/app/server.js", "/app/server.js"), ("configs", "server", "/server"),
            ("secrets", "server", "/run/secrets/server"),
        ],
    )  # fmt: skip
    def test_configs_and_secrets_of_files_are_mounts_and_a_restart_mounts_them_anew(
        self, tmp_path: Path, kind: str, target: str, inside: str
    ) -> None:
        (tmp_path / "server.js").touch()
        text = rule(path=f"{tmp_path}/server.js", target=inside, action="sync+restart")
        web = {"develop": {"watch": [text]}, kind: [{"source": "server", "target": target}]}
        files = {"server": {"file": f"{tmp_path}/server.js"}}
        given = parse(json.dumps({"name": "shop", "services": {"web": web}, kind: files}))
        assert [(one.action, one.syncs) for one in rules(given)] == [("sync+restart", False)]
        assert notes(given)[0].endswith("so it only restarts")

    def test_rules_that_are_all_left_out_are_told_from_none(self) -> None:
        assert some_written(stack(rule(), volumes=[bind("/p/src", "/app")]))
        assert not some_written(stack(rule()), ["db"])

    def test_a_target_that_cannot_be_written_to_is_told_before_anything_is_sent(self) -> None:
        for kind in ("bind", "volume"):
            mount = {"type": kind, "source": "/p/data", "target": "/data", "read_only": True}
            (note,) = notes(stack(rule(target="/data/x"), volumes=[mount]))
            assert "/data/x lies in /data, which is mounted read-only: nothing can be sent there" in note
            inner = {"type": "volume", "source": "open", "target": "/data/x"}
            assert "read-only" not in str(notes(stack(rule(target="/data/x"), volumes=[mount, inner])))

    def test_a_volume_is_no_bind_mount(self) -> None:
        assert len(rules(stack(rule(), volumes=[{"type": "volume", "source": "data", "target": "/app"}]))) == 1


class TestBuilds:
    def test_the_dockerignore_of_the_context_counts(self, tmp_path: Path) -> None:
        (tmp_path / ".dockerignore").write_text("*\n!src\n")
        (tmp_path / "Dockerfile").touch()
        text = rule(path=str(tmp_path), action="rebuild")
        (one,) = rules(stack(text, build=built(tmp_path)))
        assert one.wants(f"{tmp_path}/src/a.js", folder=False)
        assert not one.wants(f"{tmp_path}/README.md", folder=False)
        # The builder reads these two though they are taken out.
        assert one.wants(f"{tmp_path}/Dockerfile", folder=False)
        assert one.wants(f"{tmp_path}/.dockerignore", folder=False)

    def test_a_sync_does_not_send_the_dockerfile_that_is_taken_out(self, tmp_path: Path) -> None:
        (tmp_path / ".dockerignore").write_text("Dockerfile")
        (one,) = rules(stack(rule(path=str(tmp_path)), build=built(tmp_path)))
        assert not one.wants(f"{tmp_path}/Dockerfile", folder=False)

    def test_a_context_that_is_a_link_is_followed_as_compose_follows_paths(self, tmp_path: Path) -> None:
        real, link = tmp_path / "real", tmp_path / "link"
        real.mkdir()
        link.symlink_to(real)
        (real / ".dockerignore").write_text("dist")
        (one,) = rules(stack(rule(path=str(real)), build=built(link)))
        assert one.prunes(f"{real}/dist")

    def test_a_path_that_is_taken_out_whole_is_told(self, tmp_path: Path) -> None:
        (tmp_path / ".dockerignore").write_text("dist")
        given = stack(rule(path=f"{tmp_path}/dist"), build=built(tmp_path))
        assert notes(given) == (
            f"rule 1 of web watches nothing: {tmp_path}/dist is left out by the .dockerignore of {tmp_path}",
        )
        assert notes(stack(rule(ignore=["."]))) == (
            "rule 1 of web watches nothing: /p/src is left out by its own patterns",
        )

    def test_all_rebuilds_what_has_no_rules(self, tmp_path: Path) -> None:
        context, elsewhere = tmp_path / "app", tmp_path / "docker" / "Dockerfile"
        context.mkdir()
        given = stack(build=built(context, dockerfile=str(elsewhere)))
        assert rules(given) == ()
        found = rules(given, everything=True)
        assert [(one.action, one.path, one.number) for one in found] == [
            ("rebuild", str(context), 0),
            ("rebuild", str(elsewhere), 0),
        ]
        assert len(rules(stack(rule(), build=built(context)), everything=True)) == 1

    def test_what_is_built_from_a_repository_has_nothing_to_watch(self) -> None:
        given = stack(build={"context": "https://example.com/app.git"})
        assert rules(given, everything=True) == ()
        assert notes(given, everything=True) == (
            "web is built from no folder of this machine, so there is nothing to watch",
        )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (rule(), "web: sync src -> /app (1 file in 2 folders)"),
        (rule(path="/p"), "web: sync . -> /app (1 file in 2 folders)"),
        (rule(path="/q/src", action="restart"), "web: restart /q/src (1 file in 2 folders)"),
        (
            rule(action="sync+exec", exec={"command": ["nginx", "-s", "reload"]}, initial_sync=True),
            "web: sync+exec src -> /app, then nginx -s reload, first of all once (1 file in 2 folders)",
        ),
        (
            rule(ignore=["a", "b", "c", "d", "e"], include=["**/*.js"]),
            "web: sync src -> /app (1 file in 2 folders; only **/*.js; not a, b, c and 2 more)",
        ),
    ],
)
def test_a_rule_in_one_line(text: dict[str, Any], expected: str) -> None:
    (one,) = rules(stack(text))
    assert line(one, "/p", folders=2, files=1) == expected
