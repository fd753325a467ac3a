"""An address is a URL where the service seems to speak HTTP: by its declared probe, its health check, or its port."""

from __future__ import annotations

import pytest

from seatrial.engine.observed import Address
from seatrial.report.stack import url
from seatrial.stack import HealthCheck, Service, parse

CURL = HealthCheck(("CMD", "curl", "http://localhost:9999/health"))
CASES = [
    (Service("a"), "127.0.0.1:9000"),
    (Service("a", probe="http://:7777/health"), "http://127.0.0.1:9000"),
    (Service("a", probe="https://:7777/"), "https://127.0.0.1:9000"),
    (Service("a", probe="http://:7778/metrics"), "127.0.0.1:9000"),
    (Service("a", probe="tcp://:7777"), "127.0.0.1:9000"),
    (Service("a", probe="http://:many/"), "127.0.0.1:9000"),
    (Service("a", healthcheck=CURL), "http://127.0.0.1:9000"),
]


@pytest.mark.parametrize(("service", "expected"), CASES, ids=[f"{s.probe}{bool(s.healthcheck)}" for s, _ in CASES])
def test_it_is_a_url_where_http_is_spoken(service: Service, expected: str) -> None:
    assert url(Address("127.0.0.1", 9000, 7777, "tcp"), service) == expected


def test_the_probe_is_read_from_the_model_whatever_stands_there() -> None:
    told = {"one": '{"probe": "http://:7777/"}', "none": "{}", "odd": "[1]", "number": '{"probe": 1}'}
    services = ", ".join(f'"{name}": {{"x-seatrial": {text}}}' for name, text in told.items())
    stack = parse(f'{{"name": "shop", "services": {{{services}}}}}')
    assert [service.probe for service in stack.services] == ["http://:7777/", "", "", ""]
