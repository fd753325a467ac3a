"""An address is a URL where the service seems to speak HTTP: by its declared probe, its health check, or its port."""

from __future__ import annotations

import pytest

from seatrial.engine.observed import Address, Container
from seatrial.lifecycle.extension_lines import declared
from seatrial.report.stack import url, urls
from seatrial.stack import HealthCheck, Port, Service

ANY_4 = "0.0.0.0"  # noqa: S104  as the engine writes it
CURL = HealthCheck(("CMD", "curl", "http://localhost:9999/health"))
CASES = [
    (Service("a"), "127.0.0.1:9000"),
    (Service("a", probe="http://:7777/health"), "http://127.0.0.1:9000"),
    (Service("a", probe="https://:7777/"), "https://127.0.0.1:9000"),
    (Service("a", probe="http://:7778/metrics"), "127.0.0.1:9000"),
    (Service("a", probe="tcp://:7777"), "127.0.0.1:9000"),
    (Service("a", probe="http://:many/"), "127.0.0.1:9000"),
    (Service("a", healthcheck=HealthCheck(("CMD-SHELL", "curl http://localhost:7777/"))), "http://127.0.0.1:9000"),
    (Service("a", healthcheck=HealthCheck(("CMD-SHELL", "curl http://localhost:$PORT/"))), "http://127.0.0.1:9000"),
    (Service("a", healthcheck=CURL), "127.0.0.1:9000"),  # a pooler of a database, checked on its port for HTTP
]


@pytest.mark.parametrize(("service", "expected"), CASES, ids=[f"{s.probe}{bool(s.healthcheck)}" for s, _ in CASES])
def test_it_is_a_url_where_http_is_spoken(service: Service, expected: str) -> None:
    assert url(Address("127.0.0.1", 9000, 7777, "tcp"), service) == expected


@pytest.mark.parametrize(
    ("ports", "expected"),
    [
        ([(ANY_4, 8080), ("::", 8080)], ("http://localhost:8080",)),
        ([(ANY_4, 32798), ("::", 32796)], ("http://127.0.0.1:32798",)),
        ([("::", 32796)], ("http://localhost:32796",)),
        ([(ANY_4, 32798)], ("http://localhost:32798",)),
        ([(ANY_4, 1), (ANY_4, 2), ("::", 1), ("::", 2)], ("http://localhost:1", "http://localhost:2")),
    ],
)
def test_a_port_that_differs_by_family_is_shown_once_where_it_is_reached(
    ports: list[tuple[str, int]], expected: tuple[str, ...]
) -> None:
    found = Container("a", "a", "a", "running", addresses=tuple(Address(ip, port, 3000) for ip, port in ports))
    assert urls([found], Service("a")) == expected


COMPOSE = """
services:
  block:
    x-seatrial:
      # what it is asked
      probe: http://:${PORT:-18789}/health  # as in production
      budgets: {probe: no}
  "flow":
    image: x
    x-seatrial: {budgets: {stop: 5s}, probe: 'tcp://:6379', optional: true}
  none:
    environment:
      x-seatrial:
        probe: http://:1/
    command: |
      probe: http://:2/
volumes:
  data:
    x-seatrial:
      probe: http://:3/
"""


def test_probes_are_read_from_the_lines_of_services() -> None:
    assert declared(COMPOSE) == {
        "block": {"probe": "http://:${PORT:-18789}/health"},
        "flow": {"probe": "tcp://:6379", "optional": "true"},
    }


def test_a_probe_of_a_variable_port_is_of_the_only_port() -> None:
    port = Port(7777, "9000", "", "tcp")
    asked = "http://:${PORT:-18789}/health"
    assert url(Address("127.0.0.1", 9000, 7777), Service("a", probe=asked, ports=(port,))) == "http://127.0.0.1:9000"
    assert url(Address("127.0.0.1", 9000, 7777), Service("a", probe=asked, ports=(port, port))) == "127.0.0.1:9000"
