"""What a service is, by what it runs."""

from __future__ import annotations

import pytest

from seatrial.drill.service.kinds import KINDS, UNKNOWN
from seatrial.drill.service.known import asked_by, at_port, kind_of


@pytest.mark.parametrize(
    ("image", "command", "name"),
    [
        ("postgres:16", ("docker-entrypoint.sh", "postgres"), "postgres"),
        ("own.test:5000/base/postgres@sha256:0", ("docker-entrypoint.sh", "postgres", "-c", "x=on"), "postgres"),
        ("bitnami/postgresql", ("/opt/bitnami/scripts/postgresql/entrypoint.sh", "/opt/run.sh"), "postgres"),
        ("postgres:16", ("docker-entrypoint.sh", "psql", "-h", "db"), "service"),
        ("postgres:16", ("sh", "-c", "sleep 1000"), "service"),
        ("postgres:16", ("sh", "-c", "docker-entrypoint.sh postgres; echo over"), "postgres"),
        ("postgres:16", ("sh", "-c", "chown -R 999 /data && postgres -D /data; exit"), "postgres"),
        ("postgres:16", ("sh", "-c", "until psql -U postgres; do sleep 1; done; pg_dump >a"), "service"),
        ("prometheuscommunity/postgres-exporter", ("/bin/postgres_exporter",), "service"),
        ("mariadb:11", ("docker-entrypoint.sh", "mysqld"), "mariadb"),
        ("mariadb:11", ("docker-entrypoint.sh", "mariadbd"), "mariadb"),
        ("mysql:8.4", ("docker-entrypoint.sh", "mysqld"), "mysql"),
        ("redis:7", ("docker-entrypoint.sh", "redis-server", "--appendonly", "yes"), "redis"),
        ("redis:7", ("redis-cli", "monitor"), "service"),
        ("own:1", ("/usr/bin/tini", "--", "redis-server"), "redis"),
        ("own:1", ("sh", "-c", "envsubst <a >b && exec nginx -g 'daemon off;'"), "nginx"),
        ("own:1", ("sh", "-c", "until nc -z postgres 5432; do sleep 1; done; exec node app.js"), "service"),
        ("nginx:alpine", ("/docker-entrypoint.sh", "nginx", "-g", "daemon off;"), "nginx"),
        ("nginx:alpine", (), "nginx"),
        ("php:8-fpm", ("docker-php-entrypoint", "php-fpm"), "php-fpm"),
        ("php:8-apache", ("docker-php-entrypoint", "apache2-foreground"), "httpd"),
        ("own:1", ("gosu", "redis", "/usr/bin/redis-server", "*:6379"), "redis"),
        ("shop-api", ("node", "server.js", "postgres"), "service"),
        ("", (), "service"),
    ],
)  # fmt: skip
def test_a_service_is_known_by_its_program_then_by_its_image(image: str, command: tuple[str, ...], name: str) -> None:
    assert kind_of(image, command).name == name


def test_no_two_kinds_claim_the_same_program_or_image() -> None:
    for names in ([n for kind in KINDS for n in kind.programs], [n for kind in KINDS for n in kind.images]):
        assert len(names) == len(set(names))


def test_a_port_that_kinds_share_in_different_ways_tells_nothing() -> None:
    assert at_port(5432).name == "postgres"
    assert at_port(3306).blocks
    assert at_port(9000) is UNKNOWN
    assert at_port(1234) is UNKNOWN


def test_a_client_tells_whom_it_asks() -> None:
    kind = asked_by("pg_isready")
    assert kind is not None
    assert (kind.name, kind.port, kind.signal, kind.finishes, kind.stateful) == (
        "postgres", 5432, "SIGINT", False, True,
    )  # fmt: skip
    assert asked_by("curl") is None


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("postgres", "LOG:  database system was not properly shut down; automatic recovery in progress"),
        ("mysql", "[Note] [MY-012551] [InnoDB] Database was not shutdown normally!"),
        ("mariadb", "0 [Note] InnoDB: Starting crash recovery from checkpoint LSN=868446261,868446261"),
        ("mongo", '{"s":"W","id":22271,"msg":"Detected unclean shutdown - Lock file is not empty"}'),
        ("redis", "# AOF loaded anyway because aof-load-truncated is enabled"),
        ("kafka", "Recovering 6 logs from /var/lib/kafka/data since no clean shutdown file was found"),
        ("prometheus", 'level=warn msg="A lockfile from a previous execution already existed. It was replaced"'),
    ],
)
def test_a_line_out_of_a_real_log_tells_of_a_stop_that_was_none(kind: str, line: str) -> None:
    (found,) = (one for one in KINDS if one.name == kind)
    assert any(sign.text in line for sign in found.unclean)
