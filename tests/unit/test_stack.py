"""Reading Compose's resolved model."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from seatrial import composed, stack
from seatrial.errors import UnknownService
from seatrial.stack import Dependency, HealthCheck, Port, Service, Stack

if TYPE_CHECKING:
    from collections.abc import Iterator


def parsed(**services: dict[str, object]) -> Stack:
    return stack.parse(json.dumps({"name": "shop", "services": services}))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("10s", 10), ("1m30s", 90), ("500ms", 0.5), ("1h", 3600), ("1.5s", 1.5), ("0s", 7), ("", 7), (None, 7)],
)
def test_durations_are_read_as_the_engine_reads_them(text: str | None, seconds: float) -> None:
    assert composed.seconds(text, 7) == seconds


def test_a_health_check_has_the_engines_defaults() -> None:
    check = parsed(db={"healthcheck": {"test": ["CMD", "true"], "interval": "2s"}}).service("db").healthcheck
    assert check == HealthCheck(("CMD", "true"), 2.0, 30.0, 0.0, 5.0, 3)


@pytest.mark.parametrize("check", [None, {}, {"disable": True}, {"test": ["NONE"]}])
def test_a_disabled_health_check_is_none(check: object) -> None:
    assert parsed(db={"healthcheck": check}).service("db").healthcheck is None


def test_ports_keep_address_and_range() -> None:
    ports = [{"target": 80, "published": "8000-8010", "host_ip": "127.0.0.1", "protocol": "udp"}, {"target": 81}]
    assert parsed(web={"ports": ports}).service("web").ports == (
        Port(80, "8000-8010", "127.0.0.1", "udp"),
        Port(81, ""),
    )


@pytest.mark.parametrize(
    ("model", "policy"),
    [
        ({}, "no"),
        ({"restart": "unless-stopped"}, "unless-stopped"),
        ({"deploy": {"restart_policy": {"condition": "on-failure", "max_attempts": 3}}}, "on-failure:3"),
        ({"deploy": {"restart_policy": {"condition": "none"}}}, "no"),
        ({"deploy": {"restart_policy": {"delay": "5s"}}}, "always"),
    ],
)
def test_the_restart_policy_may_come_from_deploy(model: dict[str, object], policy: str) -> None:
    assert parsed(a=model).service("a").restart == policy


def test_commands_before_a_stop_are_known_of() -> None:
    model = parsed(a={"pre_stop": [{"command": ["/drain"]}]}, b={"pre_stop": []}, c={})
    assert [service.pre_stop for service in model.services] == [True, False, False]


def test_replicas_come_from_scale_then_deploy() -> None:
    model = parsed(a={"scale": 0, "deploy": {"replicas": 3}}, b={"deploy": {"replicas": 3}}, c={})
    assert [service.replicas for service in model.services] == [0, 3, 1]


def test_external_volumes_are_not_ours_to_delete() -> None:
    model = {"name": "shop", "volumes": {"a": {"name": "shop_a"}, "b": {"name": "b", "external": True}}}
    assert stack.parse(json.dumps(model)).volumes == ("shop_a",)


def test_a_model_without_services_is_empty() -> None:
    assert stack.parse('{"name": "empty", "services": null}') == Stack("empty")


def test_values_of_the_environment_do_not_show_in_the_repr() -> None:
    assert "hunter2" not in repr(parsed(a={"environment": {"PASSWORD": "hunter2"}}))


CHAIN = Stack(
    "shop",
    (
        Service("web", depends_on=(Dependency("api"), Dependency("absent", required=False))),
        Service("api", depends_on=(Dependency("db", "service_healthy"),)),
        Service("db"),
        Service("mail"),
    ),
)


def test_the_closure_puts_dependencies_first() -> None:
    assert CHAIN.closure(["web"]) == ("db", "api", "web")
    assert CHAIN.closure([]) == ("db", "api", "web", "mail")


def test_who_waits_for_a_service_is_found_through_others() -> None:
    assert CHAIN.waiting_for("db") == ("web", "api")
    assert CHAIN.waiting_for("web") == ()


def test_services_of_a_large_model_are_not_scanned_for_each_name() -> None:
    scans = []

    class Services(tuple[Service, ...]):
        __slots__ = ()

        def __iter__(self) -> Iterator[Service]:
            scans.append(1)
            return super().__iter__()

    names = [f"s{i}" for i in range(300)]
    chain = [Service(name, depends_on=(Dependency(names[i - 1]),) if i else ()) for i, name in enumerate(names)]
    large = Stack("shop", Services(chain))
    assert [large.service(name).name for name in names] == names
    assert large.waiting_for("s0") == tuple(names[1:])
    assert len(scans) < 10


def test_chosen_services_keep_the_models_order_without_repeats() -> None:
    assert CHAIN.chosen(["db", "web", "db"]) == ("web", "db")


def test_an_unknown_service_is_an_error_that_lists_the_known() -> None:
    with pytest.raises(UnknownService) as error:
        CHAIN.chosen(["dbb"])
    assert str(error.value) == "error: no service `dbb` in project shop\n  fix: use one of web, api, db, mail"


OPTIONAL: dict[str, object] = {"depends_on": {"db": {"condition": "service_started"}, "metrics": {"required": False}}}


def test_optional_dependencies_on_inactive_services_are_cut_from_the_model() -> None:
    stack_ = parsed(web=OPTIONAL, db={})
    assert stack_.service("web").depends_on == (Dependency("db"),)
    assert list(stack_.service_models()["web"]["depends_on"]) == ["db"]
    assert parsed(web=OPTIONAL, db={}, metrics={}).service("web").depends_on[1].service == "metrics"


def test_what_is_optional_is_started_and_not_required() -> None:
    stack_ = parsed(web=OPTIONAL, db={}, metrics={})
    assert set(stack_.closure(["web"])) == {"web", "db", "metrics"}
    assert stack_.closure(["web"], required_only=True) == ("db", "web")
    assert stack_.waiting_for("db") == ("web",)
    assert stack_.waiting_for("metrics") == ()
    assert stack_.optional(["web"]) == {"metrics"}
    assert stack_.optional(["web", "metrics"]) == frozenset()
    assert stack_.optional([]) == frozenset()


def test_what_is_declared_optional_is_so_unless_it_is_asked_for_or_required() -> None:
    edge = (Dependency("db"),)
    shop = Stack(
        "shop", (Service("web", depends_on=edge), Service("db", optional=True), Service("mail", optional=True))
    )
    assert shop.optional([]) == {"mail"}
    assert shop.optional(["mail"]) == frozenset()


def test_a_model_that_compose_can_only_write_as_yaml_becomes_json_that_it_reads_back() -> None:
    text = "services:\n  web:\n    build:\n      ssh:\n        - default\n        - 'deploy: /home/me/.ssh/id'\n"
    model = json.loads(composed.json_model(text))
    assert model["services"]["web"]["build"]["ssh"] == ["default", "deploy=/home/me/.ssh/id"]
