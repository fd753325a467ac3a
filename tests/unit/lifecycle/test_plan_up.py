"""What `up` would do, as text."""

from __future__ import annotations

import json
import time
from dataclasses import replace

from seatrial.engine import UpRequest
from seatrial.engine.observed import Container, Snapshot
from seatrial.lifecycle.down import plan_restart, plan_stop
from seatrial.lifecycle.up import Wanted, changed, plan_up
from seatrial.stack import Dependency, Service, Stack, parse

STACK = Stack("shop", (Service("web", "nginx", depends_on=(Dependency("db"),)), Service("db", "postgres")))
WANT = Wanted({"web": "w1", "db": "d1"}, {"nginx": "sha256:n", "postgres": "sha256:p"})


def container(service: str, **changes: object) -> Container:
    made = {"web": ("w1", "sha256:n"), "db": ("d1", "sha256:p")}[service]
    base = Container(f"{service}1", f"shop-{service}-1", service, "running", config_hash=made[0], image_id=made[1])
    return replace(base, **changes)  # type: ignore[arg-type]


def planned(*containers: Container, want: Wanted = WANT, stack: Stack = STACK, **request: object) -> str:
    return str(plan_up(stack, Snapshot(containers), want, UpRequest(**request)))  # type: ignore[arg-type]


def test_nothing_there_is_created_dependencies_first() -> None:
    assert planned() == "create db (no container)\ncreate web (no container)"


def test_what_runs_as_wanted_is_kept() -> None:
    plan = plan_up(STACK, Snapshot((container("web"), container("db"))), WANT, UpRequest())
    assert str(plan) == "keep db (running, as wanted)\nkeep web (running, as wanted)"
    assert not plan.acts


def test_each_difference_has_its_cause() -> None:
    assert planned(
        container("web", config_hash="old"), container("db", image_id="sha256:old")
    ) == "recreate db (the image postgres changed)\nrecreate web (its configuration changed)"  # fmt: skip


def test_a_cause_that_is_known_is_told_and_only_of_what_is_made_anew_for_it() -> None:
    want = replace(WANT, causes={"web": "command changed"})
    assert planned(container("web", config_hash="old"), want=want, services=("web",)) == (
        "create db (no container)\nrecreate web (command changed)"
    )
    assert "command" not in planned(container("web"), want=want)
    assert "command" not in planned(container("web", config_hash="old"), want=want, force_recreate=True)


def test_causes_are_looked_for_only_of_what_is_asked_for_and_made_anew() -> None:
    before = Snapshot((container("web", config_hash="old"), container("db", config_hash="old")))
    assert set(changed(STACK, before, WANT, UpRequest())) == {"web", "db"}
    assert set(changed(STACK, before, WANT, UpRequest(("db",)))) == {"db"}
    assert not changed(STACK, before, WANT, UpRequest(force_recreate=True))
    assert not changed(STACK, Snapshot((container("web"), container("db"))), WANT, UpRequest())


def test_a_container_that_does_not_run_is_started_and_the_plan_says_in_what_state_it_is() -> None:
    assert planned(
        container("web", state="exited", exit_code=3), container("db", state="created")
    ) == "start db (created)\nstart web (exited 3)"  # fmt: skip


def test_only_what_is_asked_for_and_its_dependencies() -> None:
    assert planned(services=("db",)) == "create db (no container)"
    assert planned(services=("web",)) == "create db (no container)\ncreate web (no container)"


def test_a_missing_image_is_pulled_or_built_first() -> None:
    stack = Stack("shop", (Service("api", builds=True), Service("db", "postgres")))
    want = Wanted({"api": "a", "db": "d"}, {})
    assert planned(stack=stack, want=want) == (
        "build api (no image shop-api)\ncreate api (no container)\n"
        "pull db (no image postgres)\ncreate db (no container)"
    )


def test_a_build_can_be_asked_for() -> None:
    stack = Stack("shop", (Service("api", builds=True),))
    want = Wanted({"api": "a"}, {"shop-api": "sha256:1"})
    assert planned(stack=stack, want=want, build=True) == "build api (asked for)\ncreate api (no container)"


def test_a_build_may_lead_to_a_new_container_and_the_plan_says_so() -> None:
    stack = Stack("shop", (Service("api", builds=True),))
    running = Container("a1", "shop-api-1", "api", "running", config_hash="a", image_id="sha256:1")
    want = Wanted({"api": "a"}, {"shop-api": "sha256:1"})
    assert planned(running, stack=stack, want=want, build=True) == (
        "build api (asked for)\nrecreate api (if the build gives another image)"
    )


def test_recreation_can_be_asked_for() -> None:
    assert planned(container("db"), services=("db",), force_recreate=True) == "recreate db (asked for)"


def test_replicas_are_brought_to_their_number() -> None:
    stack = Stack("shop", (Service("db", "postgres", replicas=2),))
    assert planned(container("db"), stack=stack) == "keep db (running, as wanted)\ncreate db (1 of 2 containers)"
    three = [container("db", id=f"d{n}", name=f"shop-db-{n}", number=n) for n in (1, 2, 3)]
    assert planned(*three, stack=stack) == "keep db (running, as wanted)\nremove db (shop-db-3 is one too many)"


def test_a_service_that_wants_no_container_gets_none() -> None:
    assert planned(stack=Stack("shop", (Service("db", "postgres", replicas=0),))) == "nothing to do"


SIDE = Service("side", "nginx", depends_on=(Dependency("db"),), shares=("db",))
FRONT = Service("front", "nginx", depends_on=(Dependency("web"),))


def dependants(restart: bool, *compose: int, db: str = "old", **want: object) -> list[str]:
    """What becomes of those that depend on a database that is made anew."""
    web = Service("web", "nginx", depends_on=(Dependency("db", restart=restart),))
    stack = Stack("shop", (web, FRONT, SIDE, Service("db", "postgres", builds=True)))
    kept = [container("web"), container("db", config_hash=db)]
    kept += [replace(container("web"), id=name, service=name) for name in ("front", "side")]
    wanted = replace(WANT, compose=compose, **want)  # type: ignore[arg-type]
    return planned(*kept, want=wanted, stack=stack).splitlines()


def test_an_older_compose_makes_all_anew_that_depends_on_what_it_makes_anew() -> None:
    assert dependants(False, 2, 26, 1) == [
        "recreate db (its configuration changed)",
        "recreate web (db, which it depends on, is made anew)",
        "recreate front (web, which it depends on, is made anew)",
        "recreate side (db, which it shares a part of, is made anew)",
    ]


def test_a_newer_one_only_what_shares_a_part_of_it_and_restarts_what_asks_for_it() -> None:
    assert dependants(True, 2, 40, 3)[1:] == [
        "restart web (db, which it depends on with `restart: true`, is made anew)",
        "keep front (running, as wanted)",
        "recreate side (db, which it shares a part of, is made anew)",
    ]
    assert dependants(False, 2, 40, 3)[1] == "keep web (running, as wanted)"


def test_what_a_build_decides_is_said_so_of_those_that_depend_on_it_too() -> None:
    assert dependants(False, 2, 26, 1, db="d1", stale={"db": "Dockerfile changed"})[1:3] == [
        "recreate db (if the build gives another image)",
        "recreate web (if db, which it depends on, is made anew)",
    ]


def test_nothing_follows_from_what_is_kept() -> None:
    assert all(line.startswith("keep ") for line in dependants(True, 2, 40, 3, db="d1"))


def test_a_pull_policy_is_followed() -> None:
    def with_policy(policy: str, **want: object) -> list[str]:
        services = (Service("db", "postgres", pull_policy=policy), Service("web", builds=True, pull_policy=policy))
        running = [container("db"), replace(container("web"), image_id="sha256:s")]
        images = {"postgres": "sha256:p", "shop-web": "sha256:s"}
        wanted = replace(WANT, images=images, **want)  # type: ignore[arg-type]
        return planned(*running, stack=Stack("shop", services), want=wanted).splitlines()

    kept = ["keep db (running, as wanted)", "keep web (running, as wanted)"]
    now = {"postgres": time.time_ns(), "shop-web": time.time_ns()}
    assert with_policy("missing") == with_policy("never") == kept
    assert with_policy("build")[1:] == [
        "build web (pull_policy: build)",
        "recreate web (if the build gives another image)",
    ]
    assert with_policy("always")[:2] == [
        "pull db (pull_policy: always)",
        "recreate db (if the pull gives another image)",
    ]
    assert with_policy("daily", tagged_ns=now) == with_policy("every_1h30m", tagged_ns=now) == kept
    assert with_policy("weekly", tagged_ns={})[0] == "pull db (pull_policy: weekly)"


def test_orphans_are_named_and_removed_only_on_demand() -> None:
    gone = replace(container("db"), id="o", name="shop-old-1", service="old")
    want = replace(WANT, orphans=(gone,))
    assert planned(container("db"), want=want, services=("db",)).splitlines() == [
        "keep shop-old-1 (orphan: the compose files have no service old; `up --remove-orphans` removes it)",
        "keep db (running, as wanted)",
    ]
    first, _ = planned(container("db"), want=replace(want, remove_orphans=True), services=("db",)).splitlines()
    assert first == "remove shop-old-1 (orphan: the compose files have no service old)"


def test_an_image_that_others_are_built_from_is_built_though_its_service_is_not_asked_for() -> None:
    want = replace(WANT, stale={"base": "b.txt changed"}, unjudged={"db": "https://example.com"})
    assert planned(container("db"), want=want, services=("db",)).splitlines() == [
        "build base (b.txt changed)",
        "keep db (running, as wanted; its image is not compared with https://example.com)",
    ]


def test_a_provider_is_run_by_compose_and_what_depends_on_it_gets_its_variables_again() -> None:
    model = (
        '{"name": "shop", "services": {"cloud": {"provider": {"type": "acme"}}, "web": {"depends_on": {"cloud": {}}}}}'
    )
    stack = parse(model)
    web = Container("w", "shop-web-1", "web", "running", config_hash="old")
    plan = plan_up(stack, Snapshot((web,)), Wanted({"web": "new"}, {"shop-web": ""}), UpRequest())
    assert str(plan) == "run cloud (provider acme)\nrecreate web (provider cloud sets its variables again)"
    assert str(plan_stop(stack, Snapshot((web,)), [])) == "stop web (running)\nstop cloud (provider acme)"
    assert "keep cloud (run by provider acme)" in str(plan_restart(stack, Snapshot((web,)), []))


def test_an_image_that_another_service_builds_is_not_pulled_and_its_build_is_a_cause() -> None:
    stack = Stack("shop", (Service("web", "shop:1", builds=True), Service("worker", "shop:1", pull_policy="never")))
    missing = planned(container("web"), replace(container("web"), service="worker"), stack=stack, want=Wanted({}, {}))
    assert missing.splitlines() == [
        "build web (no image shop:1)",
        "recreate web (if the build gives another image)",
        "recreate worker (if the build of web gives another image)",
    ]
    assert planned(stack=stack, want=Wanted({}, {}), services=("worker",)) == (
        "refuse worker (no image shop:1, and pull_policy: never)\ncreate worker (no container)"
    )


def test_a_container_for_which_compose_recorded_another_build_of_its_image_is_recreated() -> None:
    build = {"image": "shop/app:1", "build": {"context": "/p"}}
    stack = parse(json.dumps({"name": "shop", "services": {"web": build, "db": build}}))
    running = [container(name, image_id="sha256:b", recorded_image="sha256:a") for name in ("web", "db")]
    want = replace(WANT, images={"shop/app:1": "sha256:b"}, recorded={"shop/app:1": "sha256:b"})
    cause = "Compose recorded another build of the image shop/app:1, which web and db build"
    assert planned(*running, want=want, stack=stack) == f"recreate web ({cause})\nrecreate db ({cause})"
    same = [replace(one, recorded_image="sha256:b") for one in running]
    assert "recreate" not in planned(*same, want=want, stack=stack)
    # In containerd's image store the version of Compose decides which digest it records.
    assert "recreate" not in planned(*running, want=replace(want, recorded={}), stack=stack)
