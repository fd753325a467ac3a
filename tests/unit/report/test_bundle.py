"""What may leave the machine in a bug report: everything that helps, and nothing that looks like a secret."""

from __future__ import annotations

import io
import json
import tarfile

import pytest

from seatrial.env.scattered import scattered
from seatrial.report.bundle import archive, scrub
from seatrial.report.bundle.archive import MOST_BYTES, Member, Missing
from seatrial.report.bundle.configuration import configuration

SECRET = "hunter2Zx9kQw"


@pytest.mark.parametrize(
    "text",
    [
        f"GET / Authorization: Bearer {SECRET}",
        f'{{"headers": {{"authorization": "Basic {SECRET}"}}}}',
        f"Set-Cookie: session={SECRET}; Path=/",
        f"x-api-key: {SECRET}",
        f"DB_PASSWORD={SECRET} LEVEL=info",
        f"db.password: '{SECRET} and more'",
        f'{{"accessToken":"{SECRET}","n":1}}',
        f"starting with --db-password {SECRET} --port 80",
        f"connected to postgres://shop:{SECRET}@db:5432/shop",
        f"https://example.com/?access_token={SECRET}&page=2",
        f"-----BEGIN RSA PRIVATE KEY-----\n{SECRET}\n{SECRET}\n-----END RSA PRIVATE KEY-----",
        f"-----BEGIN PRIVATE KEY-----\n{SECRET}",
        f"jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx{SECRET}.sig",
        f"key sk-live-{SECRET}{SECRET}",
        f"bot 123456789:AA{SECRET}{SECRET}{SECRET}",
        f"client_secret = {SECRET}",
    ],
)
def test_what_looks_like_a_secret_is_taken_out_of_a_log(text: str) -> None:
    told = scrub.text(text)
    assert SECRET not in told
    assert "[REDACTED]" in told


@pytest.mark.parametrize(
    "text",
    [
        "listening on http://0.0.0.0:8080/health",
        "2026-11-25T00:00:00.123Z INFO GET /orders/17 200 3ms",
        "Error: connect ECONNREFUSED 172.18.0.2:5432",
        "keyboard interrupt, tokens are fine",
    ],
)
def test_an_ordinary_line_stays_as_it_is(text: str) -> None:
    assert scrub.text(text) == text


def test_arguments_and_values_under_telling_names_are_taken_out_of_data() -> None:
    told = scrub.scrubbed({"command": ["serve", "--password", SECRET, "-v"], "api_key": SECRET, "pid": 1, "n": [None]})
    assert told == {"command": ["serve", "--password", "[REDACTED]", "-v"], "api_key": "[REDACTED]", "pid": 1, "n": [None]}  # fmt: skip # noqa: E501


MODEL = {
    "name": "shop",
    "services": {
        "web": {
            "image": "shop:1",
            "command": ["serve", "--db-password", SECRET + "1"],
            "environment": {"DB_PASSWORD": SECRET + "2", "NOTE": SECRET + "3"},
            "labels": {"com.example.api-key": SECRET + "4", "note": SECRET + "5"},
            "build": {"context": "/home/somebody", "dockerfile": "Dockerfile", "args": {"NPM_TOKEN": SECRET + "6"}},
            "healthcheck": {"test": ["CMD", "curl", f"http://u:{SECRET}7@web"], "interval": "5s"},
            "ports": [{"target": 80, "published": "8080", "app_protocol": SECRET}],
            "volumes": [{"type": "bind", "source": f"/home/{SECRET}", "target": "/data"}],
            "logging": {"driver": "gelf", "options": {"address": SECRET}},
            "x-seatrial": {"headers": {"Authorization": SECRET}},
            "stop_grace_period": "5s",
        }
    },
    "secrets": {"password": {"content": SECRET, "file": f"/home/{SECRET}"}},
}


def test_of_the_configuration_there_are_names_and_harmless_values_only() -> None:
    told = configuration(MODEL)
    assert SECRET not in json.dumps(told)
    assert "/home" not in json.dumps(told)
    web = told["services"]["web"]
    assert web["environment"] == ["DB_PASSWORD", "NOTE"]
    assert web["labels"] == ["com.example.api-key", "note"]
    assert web["build"]["args"] == ["NPM_TOKEN"]
    assert (web["healthcheck"]["interval"], web["healthcheck"]["test"]) == ("5s", "(left out)")
    assert (web["image"], web["stop_grace_period"]) == ("shop:1", "5s")
    assert told["secrets"] == ["password"]


def test_secrets_are_found_all_over_a_model() -> None:
    found = {secret.reveal() for secret in scattered(MODEL)}
    assert found >= {f"{SECRET}{number}" for number in (1, 2, 4, 6, 7)}


def test_an_archive_says_what_is_inside_and_is_the_same_for_the_same_texts() -> None:
    members = [Member("logs/web.txt", "the last lines", "x" * (MOST_BYTES + 10))]
    page = archive.about(members, [Missing("containers", "no engine")])
    assert "logs/web.txt: the last lines" in page
    assert "containers: no engine" in page
    packed = archive.packed(members)
    assert packed == archive.packed(members)
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        (entry,) = tar.getmembers()
        assert (entry.name, entry.uid, entry.uname, entry.mtime) == ("seatrial-report/logs/web.txt", 0, "", 0)
        told = tar.extractfile(entry)
        assert told is not None
        assert told.read(60).startswith(b"(the first 10 characters are left out)\nxxx")
