"""What people write as a health check, and the route that it asks."""

from __future__ import annotations

import pytest

from seatrial.drill.service.health_command import Asked, asked

ENVIRONMENT = {"PORT": "3000", "PGPORT": "5433", "TOKEN": "t0ken"}


def routes(*test: str) -> list[tuple[str, int, str]]:
    """Program, port and path (`tcp` where no HTTP is spoken)."""
    found = asked(test, ENVIRONMENT, ("web", "abcdef"))
    return [(one.program, one.port, ("s" if one.tls else "") + one.path if one.http else "tcp") for one in found]


@pytest.mark.parametrize(
    ("shell", "expected"),
    [
        ("curl -f http://localhost:8080/health || exit 1", ("curl", 8080, "/health")),
        ("curl --fail --silent localhost:8080/health", ("curl", 8080, "/health")),
        ("curl -fsS http://127.0.0.1/", ("curl", 80, "/")),
        ("curl -k https://localhost:8443/x?a=1&b=2", ("curl", 8443, "s/x?a=1")),
        ('curl -k "https://localhost/x?a=1&b=2"', ("curl", 443, "s/x?a=1&b=2")),
        ("curl -f http://localhost:${PORT:-8080}/", ("curl", 3000, "/")),
        ("curl -f http://localhost:$PORT", ("curl", 3000, "/")),
        ("curl -f http://localhost:${MISSING:-8081}/up", ("curl", 8081, "/up")),
        ("curl -f http://[::1]:9/", ("curl", 9, "/")),
        ("curl http://web:8000/api", ("curl", 8000, "/api")),
        ("wget -qO- http://0.0.0.0:80/ >/dev/null", ("wget", 80, "/")),
        ("wget --tries=1 --spider http://localhost:9090/-/healthy || exit 1", ("wget", 9090, "/-/healthy")),
        ("test $(curl -s -o /dev/null -w '%{http_code}' http://localhost:81/) = 200", ("curl", 81, "/")),
        ("node -e \"fetch('http://localhost:3000/live').then(r => process.exit(+!r.ok))\"", ("node", 3000, "/live")),
        ("python -c \"import urllib.request as r; r.urlopen('http://127.0.0.1:5000/ok')\"", ("python", 5000, "/ok")),
        ("nc -z localhost 6379", ("nc", 6379, "tcp")),
        ("nc -vz -w 3 127.0.0.1 9092 || exit 1", ("nc", 9092, "tcp")),
        ("bash -c '</dev/tcp/localhost/8983'", ("bash", 8983, "tcp")),
        ("pg_isready -U postgres -d shop", ("pg_isready", 5433, "tcp")),
        ("pg_isready -p 5555", ("pg_isready", 5555, "tcp")),
        ("redis-cli ping | grep PONG", ("redis-cli", 6379, "tcp")),
        ("redis-cli -a $TOKEN -p 6380 ping", ("redis-cli", 6380, "tcp")),
        ("mongosh --quiet localhost:27018/test --eval 'db.adminCommand(1)'", ("mongosh", 27018, "tcp")),
        ("rabbitmq-diagnostics -q ping", ("rabbitmq-diagnostics", 5672, "tcp")),
        ("kafka-topics.sh --bootstrap-server localhost:9093 --list", ("kafka-topics.sh", 9093, "tcp")),
        ("/bin/grpc_health_probe -addr=:9555", ("grpc_health_probe", 9555, "tcp")),
    ],
)  # fmt: skip
def test_a_check_in_a_shell(shell: str, expected: tuple[str, int, str]) -> None:
    assert routes("CMD-SHELL", shell) == [expected]
    assert routes("CMD", "sh", "-c", shell) == [expected]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("curl", "-f", "http://localhost:8080/health"), ("curl", 8080, "/health")),
        (("/usr/bin/wget", "-q", "localhost/ping"), ("wget", 80, "/ping")),
        (("node", "-e", "fetch('http://localhost:' + (process.env.PORT || 8080) + '/up')"), ("node", 3000, "/up")),
        (("node", "-e", "fetch(`http://127.0.0.1:${process.env.NOPORT ?? 8080}/up`)"), ("node", 8080, "/up")),
        (("node", "-e", "require('http').get({host:'localhost',port:4000,path:'/live'})"), ("node", 4000, "/live")),
        (
            ("python3", "-c", "import os; urlopen('http://localhost:' + os.getenv('PORT', '80') + '/')"),
            ("python3", 3000, "/"),
        ),
        (
            ("python", "-c", "import http.client as h; c=h.HTTPConnection('localhost', 8000); c.request('GET', '/z')"),
            ("python", 8000, "/z"),
        ),
        (("healthcheck.sh", "--connect", "--innodb_initialized"), ("healthcheck.sh", 3306, "tcp")),
    ],
)  # fmt: skip
def test_a_check_in_exec_form(words: tuple[str, ...], expected: tuple[str, int, str]) -> None:
    assert routes("CMD", *words) == [expected]


@pytest.mark.parametrize(
    "shell",
    [
        "/app/healthcheck",
        "curl -f http://database:8080/",
        "curl -f https://example.com/",
        "curl --unix-socket /run/app.sock http://localhost/",
        "curl -d '{}' http://localhost:80/rpc",
        "curl --data='{}' http://localhost:80/rpc",
        "nc -z database 5432",
        "curl http://localhost:$MISSING/",
        "curl http://localhost:99999/",
        "test -f /tmp/ready",
        "true",
        "",
    ],
)
def test_what_asks_somebody_else_or_cannot_be_repeated_gives_no_route(shell: str) -> None:
    assert routes("CMD-SHELL", shell) == []


def test_a_check_that_no_shell_can_read_is_no_accident() -> None:
    assert routes("CMD-SHELL", "curl -f 'http://localhost:80/") == [("curl", 80, "/")]


def test_no_check_gives_no_route() -> None:
    assert asked((), {}) == asked(("NONE",), {}) == ()


def test_its_headers_are_sent_too_and_the_host_is_the_one_that_it_uses() -> None:
    (route,) = asked(("CMD-SHELL", 'curl -H "X-Token: $TOKEN" -u me:pw http://localhost:8000/'), ENVIRONMENT)
    assert route.headers == (
        ("X-Token", "t0ken"), ("Authorization", "Basic bWU6cHc="), ("Host", "localhost:8000"),
    )  # fmt: skip
    (route,) = asked(("CMD", "wget", "--header=Host: shop.test", "http://127.0.0.1/"), {})
    assert route.headers == (("Host", "shop.test"),)


def test_what_may_be_secret_in_a_route_is_not_in_its_text() -> None:
    (route,) = asked(("CMD-SHELL", 'curl -H "X: $TOKEN" http://localhost/?t=$TOKEN'), ENVIRONMENT)
    assert "t0ken" in route.path
    assert "t0ken" not in repr(route)


def test_two_routes_are_told_in_order() -> None:
    found = asked(("CMD-SHELL", "curl -f localhost:1/a && curl -f localhost:2/b && nc -z localhost 3"), {})
    assert [(one.port, one.http) for one in found] == [(1, True), (2, True), (3, False)]
    assert isinstance(found[0], Asked)
