"""What counts as a stack that is not as before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from seatrial.drill.live.restore import Look, differences
from seatrial.engine.attached import Mount, Network
from seatrial.engine.facts import Facts
from seatrial.engine.observed import Container, Health, Snapshot

WEB = Container("1", "shop-web-1", "web", "running", Health("healthy"), config_hash="a")
FACTS = Facts(
    "1", "web", "web:1", ("node",), restart_policy="always", pid=7,
    networks=(Network("shop_default", "172.18.0.2", "", ("web", "shop-web-1")),),
)  # fmt: skip


def seen(*containers: Container, **changes: object) -> Look:
    return Look(Snapshot(containers), {"1": replace(FACTS, **changes)})  # type: ignore[arg-type]


BEFORE = seen(WEB)


@pytest.mark.parametrize(
    ("after", "line"),
    [
        (seen(), "web: container shop-web-1 is gone"),
        (seen(WEB, replace(WEB, id="2", name="other")), "web: container other is new"),
        (seen(replace(WEB, state="exited")), "web: was running, is exited"),
        (seen(replace(WEB, config_hash="b")), "web: was made anew from another configuration"),
        (seen(replace(WEB, health=Health("unhealthy"))), "web: was healthy, is unhealthy"),
        (seen(WEB, restart_policy="no"), "web: restart policy was always, is no"),
        (
            seen(WEB, restart_policy="on-failure", restart_limit=3),
            "web: restart policy was always, is on-failure:3",
        ),
        (seen(WEB, networks=()), "web: networks were shop_default (shop-web-1, web), are none"),
        (
            seen(WEB, networks=(Network("shop_default", "172.18.0.2", "", ("web",)),)),
            "web: networks were shop_default (shop-web-1, web), are shop_default (web)",
        ),
        (seen(WEB, mounts=(Mount("volume", "data", "/data"),)), "web: mounts have changed"),
    ],
)
def test_each_difference_is_told(after: Look, line: str) -> None:
    assert differences(BEFORE, after) == (line,)


@pytest.mark.parametrize(
    "after",
    [
        seen(WEB),
        seen(replace(WEB, restart_count=4, started_at="2026-01-01T00:00:00Z"), pid=99),
        seen(WEB, networks=(Network("shop_default", "172.18.0.9", "", ("shop-web-1", "web")),)),
        seen(replace(WEB, health=Health("starting"))),
    ],
)
def test_a_new_address_pid_or_start_is_none(after: Look) -> None:
    assert differences(BEFORE, after) == ()


def test_what_was_not_healthy_before_need_not_be_afterwards() -> None:
    ill = replace(WEB, health=Health("unhealthy"))
    assert differences(seen(ill), seen(ill)) == ()
