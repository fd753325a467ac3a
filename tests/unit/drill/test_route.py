"""Where a service can be asked something, and in which order it is tried."""

from __future__ import annotations

from dataclasses import replace

import pytest

from seatrial.drill.service.extension import Extension, Probe, Straddle
from seatrial.drill.service.route import Clues, addressed, candidates
from seatrial.drill.service.subject import Subject
from seatrial.drill.traffic.request import Target
from seatrial.engine.attached import Network
from seatrial.engine.facts import Check, Facts
from seatrial.engine.observed import Address
from seatrial.stack import Port, Service, Stack

FACTS = Facts("1" * 64, "web", "shop-web", ("node", "server.js"))
NETWORK = Network("shop_default", "172.18.0.3", "fd00::3", ("web",))


def subject(
    extension: Extension | None = None, ports: tuple[int, ...] = (), service: Service | None = None, **facts: object
) -> Subject:
    service = service or Service("web", ports=tuple(Port(port, "") for port in ports))
    known = replace(FACTS, **facts)  # type: ignore[arg-type]
    return Subject(Stack("shop", (service,)), service, known, (26,), extension or Extension())


def told(one: Subject, **clues: object) -> list[tuple[str, str]]:
    """Each candidate as a URL, and its source."""
    found = candidates(one, Clues(**clues))  # type: ignore[arg-type]
    return [
        (f"{'https' if t.tls else 'http' if t.http else 'tcp'}:{t.port}{t.path if t.http else ''}", candidate.source)
        for candidate in found
        for t in [candidate.target]
    ]


def checked(text: str) -> Check:
    return Check(("CMD-SHELL", text))


def test_what_x_seatrial_says_is_taken_alone() -> None:
    said = Extension(Probe("https", 8443, "/up", "shop.test"), Straddle("POST", "/orders"), (204,), via="published")
    (found,) = candidates(subject(said, ports=(80,), check=checked("curl localhost:1/")), Clues((("X", "1"),)))
    assert found.source == "x-seatrial"
    assert found.target == Target(
        "", 8443, tls=True, path="/up", headers=(("Host", "shop.test:8443"), ("X", "1")), via="published",
        expect=(204,), straddle_method="POST", straddle_path="/orders",
    )  # fmt: skip


@pytest.mark.parametrize("check", ["bash -c '</dev/tcp/localhost/8080'", "nc -z localhost 8080"])
def test_a_check_that_only_connects_does_not_say_that_no_http_is_spoken(check: str) -> None:
    urls = [url for url, _ in told(subject(check=checked(check)))]
    assert urls[:2] == ["http:8080/", "tcp:8080"]
    assert next(iter(told(subject(check=checked(check.replace("8080", "5432"))))))[0] == "tcp:5432"


def test_none_is_an_answer() -> None:
    assert told(subject(Extension(Probe("none")), ports=(80,))) == []


@pytest.mark.parametrize(
    ("probe", "expected"), [(Probe("tcp", 6379), "tcp:6379"), (Probe("http", 80, "/h"), "http:80/h")]
)
def test_a_said_route_keeps_its_scheme(probe: Probe, expected: str) -> None:
    assert told(subject(Extension(probe))) == [(expected, "x-seatrial")]


def test_the_health_check_goes_before_the_ports() -> None:
    one = subject(ports=(8080,), exposed=(8080, 9229), check=checked("curl -f http://localhost:${P}/health"))
    assert told(one, environment={"P": "8080"}) == [
        ("http:8080/health", "health check (curl)"),
        ("http:8080/", "port 8080"),
        ("tcp:8080", "port 8080"),
        ("http:9229/", "port 9229"),
        ("tcp:9229", "port 9229"),
    ]


def test_the_same_route_is_tried_once_and_as_the_health_check_asks_it() -> None:
    (first, *others) = candidates(subject(ports=(80,), check=checked("curl -f http://localhost/")), Clues())
    assert (first.source, first.target.headers) == ("health check (curl)", (("Host", "localhost"),))
    assert [(one.target.port, one.target.http) for one in others] == [(80, False)]


def test_the_container_s_own_name_in_a_check_is_itself() -> None:
    one = subject(networks=(NETWORK,), check=checked("wget -q http://web:80/a; wget -q http://db:80/b"))
    assert told(one) == [("http:80/a", "health check (wget)")]


@pytest.mark.parametrize(
    ("image", "ports", "expected"),
    [
        ("redis:7", (), [("tcp:6379", "port 6379, as redis has it")]),
        ("postgres:16", (5432,), [("tcp:5432", "port 5432, as postgres has it")]),
        ("shop-db", (5432,), [("tcp:5432", "port 5432, as postgres has it")]),
        ("nginx", (), [("http:80/", "port 80"), ("tcp:80", "port 80")]),
        ("nginx", (8080,), [("http:8080/", "port 8080"), ("tcp:8080", "port 8080")]),
        ("shop", (8443,), [("https:8443/", "port 8443"), ("tcp:8443", "port 8443")]),
        ("shop", (), []),
    ],
)
def test_what_is_known_of_it_tells_what_to_speak(
    image: str, ports: tuple[int, ...], expected: list[tuple[str, str]]
) -> None:
    assert told(subject(ports=ports, image=image, command=())) == expected


@pytest.mark.parametrize(
    "one",
    [
        subject(image="mysql:8", command=("docker-entrypoint.sh", "mysqld"), check=checked("mysqladmin ping")),
        subject(
            image="mysql:8", command=("mysqld", "--port=3307"), ports=(3307,), check=checked("nc -z localhost 3307")
        ),
        subject(image="shop-db", exposed=(3306,)),
        subject(image="shop-db", check=checked("nc -z localhost 3306")),
    ],
)
def test_a_server_that_shuts_out_who_says_nothing_is_left_alone(one: Subject) -> None:
    assert told(one) == []


def test_it_is_still_asked_when_that_is_said() -> None:
    assert told(subject(Extension(Probe("tcp", 3306)), image="mysql")) == [("tcp:3306", "x-seatrial")]


def test_what_listens_is_the_last_resort_and_udp_is_none() -> None:
    service = Service("web", ports=(Port(53, "53", protocol="udp"),))
    assert told(subject(service=service), listening=(3000,)) == [("http:3000/", "port 3000"), ("tcp:3000", "port 3000")]


def test_a_header_of_x_seatrial_takes_the_place_of_the_health_check_s() -> None:
    one = subject(check=checked("curl -H 'authorization: old' http://localhost/"))
    (found, *_) = candidates(one, Clues((("Authorization", "new"),)))
    assert found.target.headers == (("Host", "localhost"), ("Authorization", "new"))
    assert "new" not in repr(found)


TARGET = Target("", 80, path="/h")
PUBLISHED = (Address("0.0.0.0", 8080, 80), Address("::", 8080, 80), Address("127.0.0.1", 81, 81))  # noqa: S104


@pytest.mark.parametrize(
    ("target", "facts", "expected"),
    [
        (TARGET, {"networks": (NETWORK,)}, ["container 172.18.0.3:80", "container fd00::3:80"]),
        (
            TARGET,
            {"networks": (NETWORK,), "published": PUBLISHED},
            ["container 172.18.0.3:80", "container fd00::3:80", "published 127.0.0.1:8080", "published ::1:8080"],
        ),
        (
            replace(TARGET, via="published"),
            {"networks": (NETWORK,), "published": PUBLISHED},
            ["published 127.0.0.1:8080", "published ::1:8080"],
        ),
        (TARGET, {"network_mode": "host", "networks": (Network("host"),)}, ["container 127.0.0.1:80"]),
        (TARGET, {"networks": (Network("shop_default"),)}, []),
    ],
)
def test_a_target_is_tried_at_the_container_itself_before_a_published_port(
    target: Target, facts: dict[str, object], expected: list[str]
) -> None:
    found = addressed(target, replace(FACTS, **facts))  # type: ignore[arg-type]
    assert [f"{one.via} {one.host}:{one.port}" for one in found] == expected
    assert {one.path for one in found} <= {"/h"}


def test_a_container_in_another_s_network_has_its_addresses() -> None:
    netns = replace(FACTS, networks=(NETWORK,), published=PUBLISHED)
    found = addressed(TARGET, replace(FACTS, network_mode="container:2"), netns)
    assert [one.host for one in found] == ["172.18.0.3", "fd00::3", "127.0.0.1", "::1"]


def test_on_another_machine_only_what_is_published_there_can_be_asked() -> None:
    everywhere = (Address("0.0.0.0", 49153, 80), Address("::", 49153, 80))  # noqa: S104
    facts = replace(FACTS, networks=(NETWORK,), published=(*everywhere, Address("127.0.0.1", 8080, 80)))
    found = addressed(TARGET, facts, machine="10.0.0.7")
    assert [(one.host, one.port, one.via) for one in found] == [("10.0.0.7", 49153, "published")]
    assert addressed(TARGET, replace(FACTS, networks=(NETWORK,)), machine="10.0.0.7") == ()


def test_of_an_engine_whose_networks_are_elsewhere_only_published_ports_can_be_asked() -> None:
    facts = replace(FACTS, networks=(NETWORK,), published=PUBLISHED)
    found = addressed(TARGET, facts, apart=True)
    assert [(one.host, one.port, one.via) for one in found] == [
        ("127.0.0.1", 8080, "published"),
        ("::1", 8080, "published"),
    ]
    assert addressed(TARGET, replace(FACTS, networks=(NETWORK,)), apart=True) == ()
    assert addressed(TARGET, replace(FACTS, network_mode="host"), apart=True) == ()
