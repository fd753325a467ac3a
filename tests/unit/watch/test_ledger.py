"""What a container lacks, out of what is wanted and what it was sent."""

from __future__ import annotations

from seatrial.lifecycle.patterns import patterns
from seatrial.watch.ledger import Ledger, due, everything, obsolete
from seatrial.watch.rules import Rule
from seatrial.watch.sieve import Sieve
from seatrial.watch.sync import Batch, Delivered, Sent
from seatrial.watch.tree import Stamp


def stamp(kind: str = "file", *, mode: int = 0o644, size: int = 1, at: int = 1) -> Stamp:
    return Stamp(kind, mode, size, at, at, 1)


def rule(path: str = "/p/src", target: str = "/app", action: str = "sync") -> Rule:
    return Rule("web", action, path, target, Sieve(path))


def ledger(**files: tuple[str, Stamp]) -> Ledger:
    sent = {f"/app/{name}": Sent(stood, "d") for name, (_, stood) in files.items()}
    return Ledger(sent, {f"/app/{name}": source for name, (source, _) in files.items()})


def test_a_new_file_is_put_and_one_that_is_as_it_was_sent_is_not() -> None:
    entries = {"/p/src/a": stamp(), "/p/src/b": stamp()}
    known = ledger(a=("/p/src/a", stamp()))
    assert due([rule()], entries, known, entries) == Batch({"/app/b": "/p/src/b"})


def test_a_file_with_another_stamp_is_put_again() -> None:
    known = ledger(a=("/p/src/a", stamp()))
    assert due([rule()], {"/p/src/a": stamp(at=2)}, known, ["/p/src/a"]).put == {"/app/a": "/p/src/a"}


def test_only_what_was_sent_is_deleted() -> None:
    known = ledger(a=("/p/src/a", stamp()))
    assert due([rule()], {}, known, ["/p/src/a", "/p/src/never"]) == Batch({}, ("/app/a",))


def test_what_another_rule_puts_there_stays() -> None:
    rules = [rule("/p/one"), rule("/p/two")]
    known = ledger(a=("/p/one/a", stamp()))
    assert due(rules, {"/p/two/a": stamp()}, known, ["/p/one/a", "/p/two/a"]) == Batch({"/app/a": "/p/two/a"})


def test_what_another_rule_still_provides_is_sent_in_place_of_a_deletion() -> None:
    known = ledger(a=("/p/two/a", stamp()))
    entries = {"/p/one": stamp("folder"), "/p/one/a": stamp()}
    for rules in ([rule("/p/one"), rule("/p/two")], [rule("/p/two"), rule("/p/one")]):
        assert due(rules, entries, known, ["/p/two/a"]) == Batch({"/app/a": "/p/one/a"})
    file = [rule("/p/one"), rule("/p/a", "/app/a")]
    assert due(file, entries, ledger(a=("/p/a", stamp())), ["/p/a"]) == Batch({"/app/a": "/p/one/a"})
    folder = [rule("/p/one"), Rule("web", "sync", "/p/a", "/app", Sieve("/p/a"), into=True)]
    assert due(folder, entries, ledger(a=("/p/a", stamp())), ["/p/a"]) == Batch({"/app/a": "/p/one/a"})


def test_a_save_of_an_earlier_rule_is_not_sent_over_the_content_of_the_last() -> None:
    both = {"/p/one/a": stamp(at=2), "/p/two/a": stamp()}
    rules = [rule("/p/one"), rule("/p/two")]
    assert due(rules, both, ledger(a=("/p/two/a", stamp())), ["/p/one/a"]) == Batch({})


def test_a_folder_that_another_rule_puts_files_in_stays() -> None:
    some = Rule("web", "sync", "/p/two", "/app", Sieve("/p/two", include=patterns(["**/*.py"])))
    inner = rule("/p/three", "/app/x/inner")
    for other, files in ((some, {"/p/two/x/b.py": stamp()}), (inner, {"/p/three": stamp("folder")})):
        rules = [rule("/p/one"), other]
        known = ledger(x=("/p/one/x", stamp("folder")), **{"x/a": ("/p/one/x/a", stamp())})
        assert due(rules, files, known, ["/p/one/x", "/p/one/x/a"]).delete == ("/app/x/a",)
        wanted = everything(rules, files)
        assert obsolete(rules, {"/p/one/x", "/p/one/x/a"}, wanted) == {"/app/x/a": "/p/one/x/a"}


def test_the_folder_of_a_rule_is_the_target_itself_and_a_file_of_one_is_put() -> None:
    assert everything([rule()], {"/p/src": stamp("folder"), "/p/src/x": stamp("folder")}) == {"/app/x": "/p/src/x"}
    assert everything([rule("/p/a.conf", "/etc/a.conf")], {"/p/a.conf": stamp()}) == {"/etc/a.conf": "/p/a.conf"}


def test_the_last_rule_has_its_way_and_others_than_sync_send_nothing() -> None:
    entries = {"/p/one/a": stamp(), "/p/two/a": stamp()}
    both = [rule("/p/one"), rule("/p/two"), Rule("web", "rebuild", "/p", sieve=Sieve("/p"))]
    assert everything(both, entries) == {"/app/a": "/p/two/a"}


def test_what_was_delivered_is_known_and_only_what_is_other_than_before_has_changed() -> None:
    known = ledger(a=("/p/src/a", stamp()), b=("/p/src/b", stamp()), c=("/p/src/c", stamp()))
    batch = Batch({"/app/a": "/p/src/a", "/app/b": "/p/src/b", "/app/n": "/p/src/n"}, ("/app/c",))
    delivered = Delivered(
        {"/app/a": Sent(stamp(at=2), "d"), "/app/b": Sent(stamp(at=2), "other"), "/app/n": Sent(stamp(), "d")},
        deleted=frozenset({"/app/c"}),
        skipped=1,
    )
    assert known.take(delivered, batch) == {"/app/b", "/app/c", "/app/n"}
    assert "/app/c" not in known.sent
    assert known.sent["/app/a"].stamp == stamp(at=2)
    assert known.sources["/app/n"] == "/p/src/n"
    assert not known.take(Delivered({}, frozenset({"/app/x"}), absent=frozenset({"/app/x"})), Batch({}, ("/app/x",)))


def test_a_mode_alone_is_a_change() -> None:
    known = ledger(a=("/p/src/a", stamp()))
    sent = Delivered({"/app/a": Sent(stamp(mode=0o755), "d")})
    assert known.take(sent, Batch({"/app/a": "/p/src/a"})) == {"/app/a"}


def test_with_a_folder_all_that_was_in_it_is_forgotten() -> None:
    known = ledger(**{"x/a": ("/p/src/x/a", stamp()), "xy": ("/p/src/xy", stamp())})
    known.forget("/app/x")
    assert set(known.sent) == {"/app/xy"}
