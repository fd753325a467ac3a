from __future__ import annotations

import pytest

from seatrial.engine.inside import Socket
from seatrial.engine.inside.listeners import listens_on_loopback_only, unreachable_ports

EVERYWHERE = "0.0.0.0"  # noqa: S104  an address that the kernel reports
DNS = Socket("LISTEN", "127.0.0.11", 40123, EVERYWHERE, 0)


def listener(address: str, port: int) -> Socket:
    return Socket("LISTEN", address, port, EVERYWHERE, 0)


@pytest.mark.parametrize("address", [EVERYWHERE, "::", "172.18.0.2", "fd00::2"])
def test_a_port_with_a_listener_on_any_other_address_than_loopback_can_be_reached(address: str) -> None:
    assert unreachable_ports([DNS, listener("127.0.0.1", 5000), listener(address, 5000)], [5000]) == ()


@pytest.mark.parametrize(("address", "shown"), [("127.0.0.1", "127.0.0.1:5000"), ("::1", "[::1]:5000")])
def test_a_listener_on_loopback_is_named_with_its_address(address: str, shown: str) -> None:
    (found,) = unreachable_ports([DNS, listener(address, 5000), listener(EVERYWHERE, 9000)], [5000])
    assert found.text("api") == f"api listens on {shown} inside the container only"
    assert EVERYWHERE in found.fix


def test_a_server_on_another_port_than_the_published_one_is_named_with_its_port() -> None:
    (found,) = unreachable_ports([DNS, listener(EVERYWHERE, 8000), listener("127.0.0.1", 9229)], [8080])
    assert found.text("api") == "nothing in api listens on port 8080; it listens on 8000"
    assert found.fix == "publish 8000 instead of 8080, or make the server listen on 8080"


def test_a_container_without_any_listener_is_said_to_have_none_yet() -> None:
    connected = Socket("ESTABLISHED", "172.18.0.2", 8080, "172.18.0.3", 40000)
    (found,) = unreachable_ports([DNS, connected], [8080])
    assert found.text("api") == "nothing in api listens on port 8080 yet"


def test_a_port_that_the_image_only_exposes_need_not_be_used() -> None:
    assert unreachable_ports([listener(EVERYWHERE, 80)], [80], [443]) == ()
    (found,) = unreachable_ports([listener("127.0.0.1", 443)], [], [443])
    assert found.loopback == ("127.0.0.1:443",)


def test_a_container_of_which_every_listener_is_on_loopback() -> None:
    assert listens_on_loopback_only([DNS, listener("127.0.0.1", 5000)]) == ("127.0.0.1:5000",)
    assert listens_on_loopback_only([listener("127.0.0.1", 5000), listener("::", 80)]) == ()
    assert listens_on_loopback_only([DNS]) == ()
