"""Who may be stopped when: whoever needs it is gone, and nobody else is waited for."""

from __future__ import annotations

from seatrial.engine.observed import Container
from seatrial.lifecycle.stop_order import due, turns, with_orphans
from seatrial.stack import Dependency, Service, Stack


def service(name: str, *needs: str, pre_stop: bool = False) -> Service:
    return Service(name, depends_on=tuple(Dependency(other) for other in needs), pre_stop=pre_stop)


def live(*services: str, state: str = "running") -> list[Container]:
    return [Container(f"id-{name}", f"shop-{name}-1", name, state) for name in services]


def order(stack: Stack, containers: list[Container]) -> list[set[str]]:
    """What begins at each step when all that began has ended before the next."""
    all_turns = turns(stack, containers)
    steps: list[set[str]] = []
    gone: set[str] = set()
    while batch := {turn.service for turn in due(all_turns, gone, gone)}:
        steps.append(batch)
        gone |= batch
    return steps


SHOP = Stack("shop", (service("web", "api"), service("api", "db"), service("db"), service("mail", "db")))


def test_who_needs_something_goes_before_it_and_the_others_at_once() -> None:
    assert order(SHOP, live("db", "api", "web", "mail")) == [{"web", "mail"}, {"api"}, {"db"}]


def test_one_begins_the_moment_its_own_dependents_are_gone_whatever_others_do() -> None:
    all_turns = turns(SHOP, live("db", "api", "web", "mail"))
    begun = {"web", "mail"}
    assert [turn.service for turn in due(all_turns, begun, {"mail"})] == []
    assert [turn.service for turn in due(all_turns, begun, {"web"})] == ["api"]  # mail has not ended, and nobody cares


def test_a_dependent_of_a_dependent_is_waited_for_also_when_the_one_between_does_not_run() -> None:
    assert order(SHOP, [*live("db", "web"), *live("api", state="exited")]) == [{"web"}, {"db"}]


def test_only_what_is_meant_is_waited_for() -> None:
    assert order(SHOP, live("db")) == [{"db"}]


def test_what_is_paused_or_between_two_restarts_is_stopped_and_what_has_ended_is_not() -> None:
    containers = [
        *live("web", state="paused"),
        *live("api", state="restarting"),
        *live("db", state="exited"),
        *live("mail", state="created"),
    ]
    assert order(SHOP, containers) == [{"web"}, {"api"}]


def test_all_replicas_and_one_off_containers_of_a_service_take_its_turn() -> None:
    containers = [
        *live("db"),
        Container("1", "shop-web-1", "web", "running"),
        Container("2", "shop-web-2", "web", "running", number=2),
        Container("3", "shop-web-run-1", "web", "running", one_off=True),
    ]
    found = {turn.service: turn for turn in turns(SHOP, containers)}
    assert [container.id for container in found["web"].containers] == ["1", "2", "3"]
    assert found["db"].after == {"web"}


def test_a_service_with_commands_before_its_stop_is_composes() -> None:
    stack = Stack("shop", (service("web", "db", pre_stop=True), service("db")))
    assert {turn.service: turn.by_compose for turn in turns(stack, live("web", "db"))} == {"web": True, "db": False}


def test_what_the_model_no_longer_knows_goes_by_its_labels() -> None:
    model = Stack("shop", (service("db"),))
    whole = with_orphans(model, (Stack("shop", (service("db", "nobody"), service("old", "db"))),))
    assert whole.service("db") == model.service("db")
    assert order(whole, live("db", "old")) == [{"old"}, {"db"}]
    assert with_orphans(model, ()) is model


def test_a_circle_of_labels_ends_all_the_same() -> None:
    circle = Stack("shop", (service("a", "b"), service("b", "a"), service("c", "a")))
    assert order(circle, live("a", "b", "c")) == [{"c"}, {"a"}, {"b"}]
    assert set(circle.closure(())) == {"a", "b", "c"}
