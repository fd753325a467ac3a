"""A stranger's compose project, with real servers and nothing written for it: is all that the report says right?

`web` has a script as entrypoint that does not `exec`, `api` does what it should, `db` is PostgreSQL and `cache` redis,
in images like the official ones. Beside it the same servers in ways that are wrong, each with the change that is right.
"""

from __future__ import annotations

import json
import uuid
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conftest import PREFIX, ComposeProject
from e2e.drills.server_images import MARIADB, MEMCACHED, NGINX, POSTGRES, REDIS, Servers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

pytestmark = pytest.mark.engine

PROGRAMS = Path(__file__).parent / "programs" / "stranger"
PG_DATA = "/var/lib/postgresql/data"
WGET = ["CMD", "wget", "-qO-", "http://127.0.0.1:8080/health"]
FETCH = "fetch('http://127.0.0.1:8080/').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"
PASS, WARN, FAIL = "PASS", "WARN", "FAIL"
SHELL, SIGNAL, OUTSIDE = "shell-swallows-signal", "wrong-stop-signal", "data-outside-volume"


def checked(*test: str) -> dict[str, Any]:
    often = {"start_period": "30s", "start_interval": "1s"}
    return {"test": list(test), "interval": "10s", "timeout": "5s", "retries": 5, **often}


def healthy(*names: str) -> dict[str, Any]:
    return {name: {"condition": "service_healthy"} for name in names}


@dataclass(frozen=True)
class Parts:
    """What the services are made of."""

    base: str
    servers: Servers

    def node(self, program: str, test: tuple[str, ...], **more: Any) -> dict[str, Any]:
        folder = {"working_dir": "/app", "volumes": [f"{PROGRAMS}:/app:ro"], "expose": ["8080"]}
        runs = {"image": self.base, "user": "node", "command": ["node", program], "healthcheck": checked(*test)}
        return {**runs, **KEPT, **folder, **more}

    def postgres(self, volume: str, **more: Any) -> dict[str, Any]:
        test = checked("CMD-SHELL", "pg_isready -U postgres")
        volumes = [f"{volume}:{PG_DATA}"]
        return {"image": self.servers.image(POSTGRES), **KEPT, "volumes": volumes, "healthcheck": test, **more}

    def redis(self, **more: Any) -> dict[str, Any]:
        return {"image": self.servers.image(REDIS), **KEPT, "healthcheck": checked("CMD", "redis-cli", "ping"), **more}

    def mariadb(self, volume: str, **more: Any) -> dict[str, Any]:
        test = checked("CMD", "mariadb-admin", "--socket=/run/mysqld/mysqld.sock", "ping")
        image, volumes = self.servers.image(MARIADB), [f"{volume}:/var/lib/mysql"]
        return {"image": image, **KEPT, "volumes": volumes, "healthcheck": test, **more}

    def nginx(self, file: str) -> dict[str, Any]:
        volumes = [f"{PROGRAMS / file}:/etc/nginx/conf.d/default.conf:ro"]
        return {"image": self.servers.image(NGINX), **KEPT, "volumes": volumes, "depends_on": ["shop"]}


KEPT = {"restart": "unless-stopped"}


def stranger(parts: Parts) -> dict[str, Any]:
    return {
        "web": parts.node(
            "web.js", tuple(WGET), entrypoint=["/app/entrypoint.sh"], environment={"API_HOST": "api"},
            depends_on=healthy("api"), ports=["8080"], stop_grace_period="3s",
        ),
        "api": parts.node(
            "api.js", ("CMD", "node", "-e", FETCH), environment={"DB_HOST": "db", "CACHE_HOST": "cache"},
            depends_on=healthy("db", "cache"),
        ),
        "db": parts.postgres("db", stop_grace_period="60s"),  # a slow disk may need more than ten
        "cache": parts.redis(),
    }  # fmt: skip


def variants(parts: Parts) -> dict[str, Any]:
    """What others do wrong; each on a network of its own."""
    shell = ["sh", "-c", "docker-entrypoint.sh postgres; echo over"]
    server = "mariadbd --no-defaults --socket=/run/mysqld/mysqld.sock"
    services = {
        "stock": parts.mariadb("stock"),
        "orders": parts.mariadb(
            "orders", init=True, entrypoint=["sh", "-c", f"docker-entrypoint.sh {server}; echo over"]
        ),
        # A client that stays connected makes the smart shutdown wait: one of ours does.
        "archive": parts.postgres("archive", stop_signal="SIGTERM", stop_grace_period="3s"),
        "ledger": parts.postgres("ledger", init=True, entrypoint=shell, stop_signal="SIGTERM"),
        "sessions": parts.redis(command=["redis-server", "--dir", "/var/lib/redis", "--save", "60", "1"]),
        "tokens": {"image": parts.servers.image(MEMCACHED), **KEPT},
    }
    return {name: {**service, "networks": [name]} for name, service in services.items()}


def mended(parts: Parts) -> dict[str, Any]:
    """The same with the changes that the report told."""
    services = variants(parts)
    services["archive"]["stop_signal"] = "SIGINT"
    services["ledger"]["entrypoint"] = ["sh", "-c", "exec docker-entrypoint.sh postgres; echo over"]
    services["ledger"]["stop_signal"] = "SIGINT"
    services["orders"]["entrypoint"][-1] = f"exec {services['orders']['entrypoint'][-1]}"
    services["sessions"]["volumes"] = ["sessions-redis:/var/lib/redis"]
    return services


def proxies(parts: Parts) -> dict[str, Any]:
    shop = parts.node("web.js", tuple(WGET))
    return {"cached": parts.nginx("cached.conf"), "resolving": parts.nginx("resolving.conf"), "shop": shop}


Told = dict[tuple[str, str, str], dict[str, Any]]


def drilled(project: ComposeProject, services: Mapping[str, Any], arguments: Sequence[str] = ()) -> Told:
    networks = {name for service in services.values() for name in service.get("networks", ())}
    volumes = {
        one.partition(":")[0] for service in services.values() for one in service.get("volumes", ()) if one[0] != "/"
    }
    model = {
        "name": project.name, "services": services, "volumes": {name: {} for name in sorted(volumes)},
        "networks": {name: {} for name in sorted(networks)},
    }  # fmt: skip
    project.file.write_text(json.dumps(model), encoding="utf-8")
    started = project.run("up")
    assert started.returncode == 0, started.stderr
    done = project.run("drill", *arguments, "--json", timeout_s=300)
    assert done.stdout, done.stderr
    told = json.loads(done.stdout)
    assert told["unrestored"] == []
    return {(v["service"], v["dependency"] or "", v["drill"]): v for v in told["verdicts"]}


def only(*drills: str) -> list[str]:
    return [word for name in drills for word in ("--only", name)]


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory, base_image: str) -> Iterator[dict[str, Future[Told]]]:
    """The reports of all projects, drilled at the same time; the mended one after that."""
    parts = Parts(base_image, Servers(base_image, tmp_path_factory.mktemp("servers")))
    looked = only("graceful-stop", "data-placement", "stop-config")
    jobs: dict[str, tuple[dict[str, Any], list[str]]] = {
        "stranger": (stranger(parts), []),
        "variants": (variants(parts), looked),
        "proxies": (proxies(parts), only("dependency-stop")),
    }
    made: dict[str, ComposeProject] = {}
    for name in jobs:
        folder = tmp_path_factory.mktemp(name) / "project"
        folder.mkdir()
        made[name] = ComposeProject(folder, f"{PREFIX}-{uuid.uuid4().hex[:8]}")

    def mend() -> Told:
        running["variants"].exception()
        return drilled(made["variants"], mended(parts), looked)

    running: dict[str, Future[Told]] = {}
    try:
        with ThreadPoolExecutor() as pool:
            running |= {name: pool.submit(drilled, made[name], *job) for name, job in jobs.items()}
            yield running | {"mended": pool.submit(mend)}
    finally:
        for project in made.values():
            project.remove()


def short(told: Told, drill: str) -> dict[str, tuple[str, str | None]]:
    return {
        service + (f" > {other}" if other else ""): (verdict["verdict"], verdict["cause"])
        for (service, other, name), verdict in told.items()
        if name == drill
    }


def test_the_entrypoint_that_does_not_exec_is_the_only_failure_of_a_strangers_stack(
    reports: dict[str, Future[Told]],
) -> None:
    failed = {key: v["cause"] for key, v in reports["stranger"].result().items() if v["verdict"] in (FAIL, "ERROR")}
    assert failed == {("web", "", drill): SHELL for drill in ("anatomy", "graceful-stop", "idle-clients")}
    found = reports["stranger"].result()["web", "", "graceful-stop"]
    assert found["confidence"] == "certain"
    assert 'in /app/entrypoint.sh write `exec "$@"`' in found["fix"]


def test_a_database_is_not_asked_to_finish_what_its_clients_ask(reports: dict[str, Future[Told]]) -> None:
    stops = short(reports["stranger"].result(), "graceful-stop")
    assert stops == {"web": (FAIL, SHELL), "api": (PASS, None), "db": (PASS, None), "cache": (PASS, None)}


def test_a_volume_that_nobody_named_is_told_and_a_named_one_is_not(reports: dict[str, Future[Told]]) -> None:
    places = short(reports["stranger"].result(), "data-placement")
    assert places == {"web": (PASS, None), "api": (PASS, None), "db": (PASS, None), "cache": (WARN, OUTSIDE)}


def test_postgres_that_waits_for_its_clients_tells_so_itself(reports: dict[str, Future[Told]]) -> None:
    found = reports["variants"].result()["archive", "", "graceful-stop"]
    assert (found["verdict"], found["cause"], found["confidence"]) == (FAIL, SIGNAL, "certain")
    assert any("received smart shutdown request" in line for line in found["evidence"]), found
    assert found["fix"] == "stop_signal: SIGINT"


def test_a_fast_stop_after_which_the_database_must_recover_is_none(reports: dict[str, Future[Told]]) -> None:
    found = reports["variants"].result()["ledger", "", "graceful-stop"]
    assert (found["verdict"], found["cause"]) == (FAIL, SHELL)
    assert found["figures"]["used_s"] < 1  # the init makes it fast
    assert any("was not properly shut down" in line for line in found["evidence"]), found


def test_mariadb_that_must_recover_although_it_was_fast_is_told_from_one_that_was_asked(
    reports: dict[str, Future[Told]],
) -> None:
    stops = short(reports["variants"].result(), "graceful-stop")
    assert (stops["stock"], stops["orders"]) == ((PASS, None), (FAIL, SHELL))
    found = reports["variants"].result()["orders", "", "graceful-stop"]
    # Its log line alone proves little; that it is not there after a signal sent straight does.
    assert found["confidence"] == "certain"
    assert any("Starting crash recovery" in line for line in found["evidence"]), found


def test_what_a_redis_keeps_in_the_containers_layer_is_found(reports: dict[str, Future[Told]]) -> None:
    found = reports["variants"].result()["sessions", "", "data-placement"]
    assert found["verdict"] in (WARN, FAIL)  # FAIL as soon as it has written something
    assert '"sessions-redis:/var/lib/redis"' in found["fix"]
    stops = short(reports["variants"].result(), "graceful-stop")
    assert (stops["sessions"], stops["tokens"]) == ((PASS, None), (PASS, None))


def test_every_change_that_was_told_works(reports: dict[str, Future[Told]]) -> None:
    wrong = {key: (v["verdict"], v["summary"]) for key, v in reports["mended"].result().items() if v["verdict"] != PASS}
    assert wrong == {}


def test_nginx_keeps_the_address_of_its_upstream_unless_it_is_told_to_ask(reports: dict[str, Future[Told]]) -> None:
    found = short(reports["proxies"].result(), "dependency-stop")
    assert found == {"cached > shop": (FAIL, "stale-address"), "resolving > shop": (PASS, None)}
