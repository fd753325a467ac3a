"""Which running services nothing outside can reach: sockets in, notes out."""

from __future__ import annotations

from dataclasses import replace

from seatrial.engine.inside import Socket
from seatrial.engine.inspect import containers
from seatrial.engine.observed import Address, Container, Snapshot
from seatrial.lifecycle.unreachable import unreachable
from seatrial.stack import parse

STACK = parse(
    '{"name": "shop", "services": {"api": {}, "db": {}, "far": {"network_mode": "host"},'
    ' "web": {"environment": {"API": "http://api:5000/v1", "DB": "db:5432", "FAR": "far:5000"}}}}'
)
API = Container("a5" * 32, "shop-api-1", "api", "running", pid=7)


def notes(container: Container, *listening: tuple[str, int]) -> list[str]:
    seen = tuple(Socket("LISTEN", address, port, "::", 0) for address, port in listening)
    return [one.text for one in unreachable(STACK, Snapshot((container,)), STACK.names, lambda *_: seen)]


def test_a_published_port_needs_a_listener_that_others_reach() -> None:
    published = replace(API, addresses=(Address("0.0.0.0", 80, 5000), Address("::", 80, 5000)))  # noqa: S104
    assert notes(published, ("::", 5000)) == []
    assert notes(published, ("127.0.0.1", 5000)) == ["api listens on 127.0.0.1:5000 inside the container only"]
    assert notes(published) == ["nothing in api listens on port 5000 yet"]
    assert notes(replace(published, state="exited")) == []


def test_a_port_that_another_service_is_configured_with_counts_when_it_is_on_loopback() -> None:
    assert notes(API, ("127.0.0.1", 5000)) == ["api listens on 127.0.0.1:5000 inside the container only"]
    assert notes(API, ("127.0.0.1", 9229)) == notes(API) == []
    assert notes(replace(API, service="far"), ("127.0.0.1", 5000)) == []


def test_an_exposed_port_counts_when_it_is_on_loopback() -> None:
    exposed = replace(API, service="web", exposed=(9000,))
    assert notes(exposed) == []
    assert notes(exposed, ("127.0.0.1", 9000)) == ["web listens on 127.0.0.1:9000 inside the container only"]


def test_what_cannot_be_seen_is_not_judged() -> None:
    published = replace(API, addresses=(Address("", 80, 5000),))
    assert unreachable(STACK, Snapshot((published,)), ["api"], lambda *_: None) == ()
    assert unreachable(STACK, Snapshot((replace(published, pid=1),)), ["api"]) == ()  # that is no process of it


def test_ports_that_are_exposed_and_not_published_are_read_from_the_engine() -> None:
    ports = '{"80/tcp": [{"HostIp": "", "HostPort": "8080"}], "443/tcp": null, "53/udp": null}'
    told = '[{"Id": "a", "Name": "/a", "State": {"Status": "running", "Pid": 7}, "Config": {}, '
    told += f'"NetworkSettings": {{"Ports": {ports}}}}}]'
    (found,) = containers(told)
    assert (found.pid, found.exposed, [a.target for a in found.addresses]) == (7, (443,), [80])
