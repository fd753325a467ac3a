"""A compose file that changes under a watch: what is followed from then on, what is told, and what is not lost."""

from __future__ import annotations

import json
import queue
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from seatrial.errors import ConfigurationInvalid, EngineUnreachable
from seatrial.project import Project
from seatrial.stack import Stack, parse
from seatrial.watch.adoption import Meant, adoption, carried
from seatrial.watch.definitions import Definitions
from seatrial.watch.following import Following
from seatrial.watch.observer import Hint, Lost
from seatrial.watch.rule import Rule
from seatrial.watch.scene import Scene
from seatrial.watch.sieve import Sieve
from seatrial.watch.sources import Sources
from seatrial.watch.stamp import Stamp
from seatrial.watch.wishes import Wishes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from seatrial.watch.happenings import Happening

NOBODY: Any = None


def rule(path: str = "/p/src", action: str = "sync", *, number: int = 1, **more: Any) -> Rule:
    target = "/app" if action.startswith("sync") else ""
    return Rule("web", action, path, target, Sieve(path, **more), number=number)


def stack(name: str = "shop", **services: dict[str, Any]) -> Stack:
    return parse(json.dumps({"name": name, "services": services or {"web": {"image": "a"}}}))


def scene(*rules: Rule, of: Stack | None = None, tell: Callable[[Happening], None] = lambda _: None) -> Scene:
    return Scene(NOBODY, NOBODY, of or stack(), rules, tell)


def told(*rules: Rule, of: Stack | None = None, refused: str = "", before: Scene | None = None) -> list[str]:
    found = adoption(before or scene(rule()), Meant(of or stack(), rules), "compose.yaml", refused)
    assert found.scene
    assert found.scene.rules == rules
    assert not found.refused
    return [note.text for note in found.notes]


class TestWhatIsMadeOfIt:
    def test_other_rules_count_from_then_on(self) -> None:
        assert told(rule("/p/other"), rule("/p/more", "restart", number=2)) == [
            "compose.yaml changed, and counts from here on; rules: 2 new, 1 gone"
        ]

    def test_a_rule_behind_a_new_one_is_the_same(self) -> None:
        assert told(rule("/p/new"), rule(number=2)) == [
            "compose.yaml changed, and counts from here on; rules: 1 new"
        ]  # fmt: skip

    def test_a_rule_that_watches_something_else_is_told(self) -> None:
        assert told(rule(mounted=frozenset({"/p/src/x"}))) == [
            "compose.yaml changed, and counts from here on; rules: 1 changed"
        ]

    def test_what_changes_nothing_is_not_worth_a_line(self) -> None:
        assert told(rule()) == []
        of = stack(web={"image": "a", "develop": {"watch": []}, "depends_on": {"db": {}}})
        assert told(rule(), of=of) == []

    def test_without_rules_it_goes_on_and_says_so(self) -> None:
        assert told()[1] == "no rule is left: nothing is watched until there is one"

    def test_containers_that_are_other_ones_are_left_to_up(self) -> None:
        of = stack(web={"image": "b"}, db={"image": "c"})
        assert told(rule(), of=of) == [
            "the configuration of web changed; containers are made anew for it by `up`",
            "db came in; started by `up`",
        ]

    def test_a_broken_file_keeps_what_was_and_is_told_once(self) -> None:
        error = ConfigurationInvalid("it is no YAML", fix="mend it")
        first = adoption(scene(rule()), error, "compose.yaml")
        assert first.scene is None
        (note,) = first.notes
        assert note.grave
        assert note.text.splitlines() == [
            "compose.yaml changed and cannot be followed; what it said before goes on:",
            "  error: it is no YAML",
            "    fix: mend it",
        ]
        assert adoption(scene(rule()), error, "compose.yaml", first.refused).notes == ()
        assert adoption(scene(rule()), ConfigurationInvalid("other", fix="x"), "", first.refused).notes
        assert told(rule(), refused=first.refused) == [
            "compose.yaml can be followed again; the rules are what they were"
        ]

    def test_another_project_is_not_followed(self) -> None:
        found = adoption(scene(rule()), Meant(stack("other"), (rule(),)), "compose.yaml")
        assert found.scene is None
        assert "the project is called other now" in found.notes[0].text

    def test_changes_on_disk_are_told_from_changes_of_the_rules(self) -> None:
        old, new = Stamp("file", 0o644, 1, 1, 1, 1), Stamp("file", 0o644, 2, 2, 2, 2)
        before = {"/p/src/a": old, "/p/src/gone": old, "/p/left/x": old}
        now = {"/p/src/a": new, "/p/src/came": new, "/p/more/y": new}
        both = rule(), rule("/p/both")
        assert carried(before, now, (*both, rule("/p/left")), (*both, rule("/p/more"))) == {
            "/p/src/a",
            "/p/src/gone",
            "/p/src/came",
        }


class TestWhenFilesAreRead:
    def test_files_that_are_written_made_or_removed_have_changed(self, tmp_path: Path) -> None:
        file, other = tmp_path / "compose.yaml", tmp_path / ".env"
        file.write_text("a")
        found = Definitions([file, other])
        assert found.changed() == ()
        file.write_text("ab")
        assert found.changed() == (file,)
        other.touch()
        file.unlink()
        assert found.changed() == (file, other)
        assert found.changed() == ()

    def test_the_dockerignore_of_a_service_with_rules_counts_too(self, tmp_path: Path) -> None:
        found = Definitions([])
        found.follow(scene(rule(), of=stack(web={"build": {"context": str(tmp_path)}})))
        (tmp_path / ".dockerignore").write_text("dist")
        assert found.changed() == (tmp_path.resolve() / ".dockerignore",)

    def following(self, tmp_path: Path, *answers: Any) -> tuple[Path, list[Scene], Callable[[], None], list[str]]:
        file = tmp_path / "compose.yaml"
        file.write_text("")
        said: list[str] = []
        adopted: list[Scene] = []
        left = list(answers)

        def meant() -> Meant:
            answer = left.pop(0)
            if callable(answer):
                answer = answer()
            if isinstance(answer, Exception):
                raise answer
            return Meant(stack(), (rule("/p/other"),))

        def begin(job: Callable[[], Meant], then: Callable[[Any], None]) -> None:
            try:
                answer: Any = job()
            except Exception as error:  # noqa: BLE001  as a worker does
                answer = error
            then(answer)

        project = Project(tmp_path, (file,))
        now = Scene(NOBODY, project, stack(), (rule(),), lambda one: said.append(str(getattr(one, "text", ""))))
        following = Following(Definitions([file]), meant)
        workers: Any = SimpleNamespace(begin=begin)
        return file, adopted, lambda: following.beat(now, workers, adopted.append), said

    def test_a_file_that_changed_is_read_once(self, tmp_path: Path) -> None:
        file, adopted, beat, said = self.following(tmp_path, "good")
        beat()
        assert not adopted
        file.write_text("new")
        beat()
        beat()
        assert [one.rules for one in adopted] == [(rule("/p/other"),)]
        assert said == ["compose.yaml changed, and counts from here on; rules: 1 new, 1 gone"]

    def test_what_was_written_while_it_was_read_is_read_again(self, tmp_path: Path) -> None:
        half = ConfigurationInvalid("half of it", fix="wait")

        def written_on() -> Exception:
            file.write_text("all of it")
            return half

        file, adopted, beat, said = self.following(tmp_path, written_on, "good")
        file.write_text("half")
        beat()
        assert said == []
        beat()
        assert len(adopted) == 1

    def test_without_an_engine_to_ask_it_is_asked_again(self, tmp_path: Path) -> None:
        file, adopted, beat, said = self.following(tmp_path, EngineUnreachable("gone", fix="start it"), "good")
        file.write_text("new")
        beat()
        assert (said, adopted) == ([], [])
        beat()
        assert len(adopted) == 1


class TestSources:
    @pytest.fixture
    def folders(self, tmp_path: Path) -> Path:
        for name in ("src", "other"):
            (tmp_path / name / "inner").mkdir(parents=True)
            (tmp_path / name / "a.txt").write_text("a")
        return tmp_path

    def test_nothing_that_changed_meanwhile_is_lost_and_what_nobody_wants_is_left(self, folders: Path) -> None:
        mail: queue.SimpleQueue[Hint | Lost] = queue.SimpleQueue()
        kept = rule(str(folders / "src"), "restart")
        left, added = rule(str(folders / "other")), rule(str(folders / "other" / "inner"), "rebuild")
        sources = Sources(scene(kept, left), (), mail.put)
        try:
            watches = sources.observer.watches
            (folders / "src" / "a.txt").write_text("changed, and not looked at yet")
            (folders / "other" / "inner" / "new").write_text("of a rule that is new")
            (folders / "other" / "b.txt").write_text("of a rule that is gone")
            new = str(folders / "other" / "inner" / "new")
            assert sources.adopt(scene(kept, added)) == {str(folders / "src" / "a.txt"), new}
            entries = sources.tree.entries
            assert sources.contents.changed(str(folders / "src" / "a.txt"), entries[str(folders / "src" / "a.txt")])
            assert not sources.contents.changed(new, entries[new])
            assert str(folders / "other" / "b.txt") not in entries
            assert sources.observer.watches <= watches
            while not mail.empty():
                mail.get()
            (folders / "other" / "b.txt").write_text("nobody looks")
            (folders / "other" / "inner" / "c.txt").write_text("watched")
            paths = set()
            while str(folders / "other" / "inner" / "c.txt") not in paths:
                hint = mail.get(timeout=20)
                assert isinstance(hint, Hint)
                paths.add(hint.path)
            assert str(folders / "other" / "b.txt") not in paths
        finally:
            sources.close()

    def test_what_is_told_of_limits_is_told_once(self, tmp_path: Path) -> None:
        said: list[Happening] = []
        missing = rule(str(tmp_path / "missing"))
        now = scene(missing, tell=said.append)
        sources = Sources(now, (), lambda _: None)
        try:
            sources.tell_limits()
            sources.adopt(scene(missing, rule(str(tmp_path / "missing too")), tell=said.append))
            sources.tell_limits()
            assert [str(getattr(one, "text", "")).split(" (web)")[0] for one in said] == [
                str(tmp_path / "missing"),
                str(tmp_path / "missing too"),
            ]
        finally:
            sources.close()


def test_nothing_is_done_for_a_service_that_is_gone() -> None:
    wishes = Wishes(lambda _: None)
    wishes.want("web", ["/a"])
    wishes.want("old", ["/b"])
    wishes.only(["web", "db"])
    assert wishes.take((), 1.0) == {"web": ("/a",)}
