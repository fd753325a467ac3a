"""Names, proxies, certificates and registries, judged by what was seen of them."""

from __future__ import annotations

import pytest

from seatrial.doctor.finding import Status
from seatrial.doctor.network import authority, names, proxy, registry
from seatrial.doctor.network.authority import Authority
from seatrial.doctor.network.inside import Names, read
from seatrial.doctor.network.registry import Missing
from unit.doctor.found import only


@pytest.mark.parametrize(
    ("seen", "status", "words"),
    [
        (Names(peer=True, outside=True, here=True), Status.OK, "resolve"),
        (Names(peer=True, outside=False, here=False), Status.OK, "no network?"),
        (Names(peer=True, outside=False, here=True, servers=("127.0.0.11",)), Status.FAILURE, "not inside"),
        (Names(peer=False, outside=True, here=True), Status.FAILURE, "network of its own"),
        (Names(refused="could not find an available IPv4 address pool"), Status.FAILURE, "no address left"),
        (Names(refused="something else"), Status.SKIPPED, "something else"),
    ],
)
def test_names_are_judged_inside_and_outside(seen: Names, status: Status, words: str) -> None:
    found = only(names.judge(seen))
    assert found.status is status
    assert words in found.found


def test_what_the_container_wrote_is_read() -> None:
    text = "peer 0\noutside 2\n# a comment of docker\nnameserver 127.0.0.11\nsearch company.example\n"
    assert read(text, here=True) == Names(peer=True, outside=False, here=True, servers=("127.0.0.11",))


SHELL = {"HTTPS_PROXY": "http://me:hunter2@proxy.example:3128", "NO_PROXY": "localhost, 127.0.0.1"}
CLIENT = {"httpsProxy": "http://proxy.example:3128"}


def test_a_proxy_that_only_the_shell_knows_is_told_without_its_password() -> None:
    found = only(proxy.judge(SHELL, {}, {}))
    assert found.status is Status.WARNING
    assert "the engine, which pulls images and to builds and containers" in found.found
    assert "hunter2" not in repr(found)


def test_a_proxy_that_everybody_knows_is_fine() -> None:
    assert only(proxy.judge(SHELL, CLIENT, {"HTTPS_PROXY": "x"})).status is Status.OK
    assert only(proxy.judge({}, {}, {})).status is Status.OK


def test_localhost_that_is_asked_of_the_proxy_is_told() -> None:
    found = only(proxy.judge({**SHELL, "NO_PROXY": "company.example"}, CLIENT, {"HTTPS_PROXY": "x"}))
    assert "NO_PROXY" in found.found


def test_a_container_cannot_use_a_proxy_on_its_own_localhost() -> None:
    found = only(proxy.judge({}, {"httpProxy": "http://127.0.0.1:3128"}, {}))
    assert found.status is Status.WARNING
    assert "each container itself" in found.found


def test_small_variables_count_too() -> None:
    assert proxy.ours({"https_proxy": "a", "NO_PROXY": "b"}) == {"HTTPS_PROXY": "a", "NO_PROXY": "b"}


def pem(body: str) -> str:
    return f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"


def test_certificates_that_the_system_did_not_come_with_are_counted() -> None:
    assert authority.beyond(pem("AA\nBB") + pem("CC"), [pem("AABB")]) == {"CC"}


def test_builds_that_download_are_to_be_given_them() -> None:
    found = Authority(2, "/etc/ca.crt")
    without = only(authority.judge(found, ["api"], {"api": {"context": "/x"}}))
    assert without.status is Status.WARNING
    assert "BUILD_CA_FILE=/etc/ca.crt" in without.fix
    assert only(authority.judge(found, ["api"], {"api": {"secrets": [{"source": "ca"}]}})).status is Status.OK
    assert only(authority.judge(found, [], {})).status is Status.OK
    assert only(authority.judge(Authority(), ["api"], {"api": {}})).status is Status.OK


@pytest.mark.parametrize(
    ("words", "found", "fix"),
    [
        ("toomanyrequests: You have reached your pull rate limit", "too many pulls", "docker login"),
        ("dial tcp: lookup registry.example: no such host", "cannot be reached", "docker save"),
        ("no answer within 8 s", "cannot be reached", "docker save"),
        ("x509: certificate signed by unknown authority", "does not trust", "certs.d/private.example:5000/ca.crt"),
        ("unauthorized: authentication required", "gives it to nobody unknown", "docker login private.example:5000"),
        ("manifest unknown: manifest unknown", "none of that name", "correct the name"),
    ],
)
def test_what_a_registry_says_is_understood(words: str, found: str, fix: str) -> None:
    image = "private.example:5000/shop/api:1"
    one = only(registry.judge([image], [Missing(image, words)]))
    assert one.status is Status.FAILURE
    assert found in one.found
    assert fix in one.fix
    assert one.notes == (words,)


def test_a_stand_in_is_the_way_out_where_there_is_one() -> None:
    one = only(registry.judge(["node:24"], [Missing("node:24", "no such host")], "scripts/base-image"))
    assert one.fix.startswith("make a stand-in that needs no registry: scripts/base-image")


def test_one_of_a_registrys_images_is_asked_for_and_the_others_are_told() -> None:
    one = only(registry.judge(["redis:7", "node:24"], [Missing("node:24", "no such host")]))
    assert one.notes == ("no such host", "missing too, from the same place: redis:7")


def test_nothing_missing_and_what_can_be_had_are_fine() -> None:
    assert only(registry.judge([], [])).status is Status.OK
    assert only(registry.judge(["nginx:1"], [Missing("nginx:1")])).status is Status.OK


@pytest.mark.parametrize(
    ("name", "host"),
    [("nginx", ""), ("me/nginx:1", ""), ("localhost/a", "localhost"), ("r.example:5000/a", "r.example:5000")],
)
def test_an_images_registry_is_in_its_name(name: str, host: str) -> None:
    assert registry.registry(name) == host
