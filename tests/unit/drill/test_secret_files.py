"""A secret file in a layer of an image is found by what is in it; what only looks like one is left alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from seatrial.drill.drills import image as drill
from seatrial.drill.image.secret_files import ignore_patterns, is_suspect, secret_files
from seatrial.drill.recording import Mark
from seatrial.engine.image_files import LayerFile
from unit.drill.looked import REAL

PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIE"  # gitleaks:allow


@pytest.mark.parametrize(
    ("path", "head", "what"),
    [
        ("/app/.env", "PORT=3000\nDB_PASSWORD=hunter2-long\n", "DB_PASSWORD has a value"),
        ("/app/.env.production", "export API_TOKEN='tok-19f'\n", "API_TOKEN has a value"),
        ("/app/.env", "DATABASE_URL=postgres://app:hunter2@db/app\n", "DATABASE_URL has a value"),
        ("/usr/src/app/config/prod.env", "JWT_SECRET=abcdefgh\n", "JWT_SECRET has a value"),
        ("/app/tls/server.key", PEM, "a private key"),
        ("/root/.ssh/id_ed25519", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3", "a private key"),
        ("/app/deploy_rsa", PEM, "a private key"),
        ("/app/store.p12", "0\x82", "credentials"),
        ("/app/config/master.key", "0123456789abcdef0123456789abcdef", "credentials"),
        ("/app/.npmrc", "//npm.example.org/:_authToken=npm_abc\n", "credentials"),
        ("/app/.git/config", "url = https://ghp_abcDEF123@github.com/a/b\n", "credentials"),
        ("/app/.git/config", "url = https://me:tok@git.example.com/a/b\n", "credentials"),
        ("/root/.aws/credentials", "[default]\naws_secret_access_key = wJalr\n", "credentials"),
        ("/app/gcp-prod.json", '{"type": "service_account", "private_key": "-----BEGIN PRIVATE KEY"}', "credentials"),
        ("/root/.docker/config.json", '{"auths": {"r": {"auth": "dXNlcg=="}}}', "credentials"),
        ("/root/.netrc", "machine a login b password c", "credentials"),
    ],
)
def test_a_secret_file_is_found_without_its_value(path: str, head: str, what: str) -> None:
    assert is_suspect(path)
    (found,) = secret_files([LayerFile(path, head)])
    assert found.startswith(f"{path}: ")
    assert what in found or (what == "credentials" and "a private key" in found)
    assert not [value for value in ("hunter2", "tok-19f", "npm_abc", "wJalr") if value in found]


@pytest.mark.parametrize(
    ("path", "head"),
    [
        ("/app/.env", "PORT=3000\nNODE_ENV=production\nAPI_TOKEN=\n"),
        ("/app/.env", "API_TOKEN=<your token>\nDB_PASSWORD=${DB_PASSWORD}\n"),
        ("/app/.env.example", "API_TOKEN=tok-19f\n"),
        ("/app/sample.env", "API_TOKEN=tok-19f\n"),
        ("/app/tls/server.pem", "-----BEGIN CERTIFICATE-----\nMIIE"),
        ("/app/jwt.key", "-----BEGIN PUBLIC KEY-----\nMIIE"),
        ("/app/encrypted.key", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIE"),
        ("/root/.ssh/id_rsa.pub", "ssh-rsa AAAA"),
        ("/app/node_modules/x/test/key.pem", PEM),
        ("/usr/lib/python3/test/keycert.pem", PEM),
        ("/app/.npmrc", "//npm.example.org/:_authToken=${NPM_TOKEN}\nsave-exact=true\n"),
        ("/app/.git/config", "url = https://github.com/a/b\nurl = git@github.com:a/b\n"),
        ("/app/package.json", '{"name": "x", "private": true}'),
        ("/app/settings.json", '{"tokens": 3}'),
    ],
)
def test_what_only_looks_like_a_secret_file_is_none(path: str, head: str) -> None:
    assert [f for f in (LayerFile(path, head),) if is_suspect(path) and secret_files([f])] == []


def test_a_file_that_a_later_layer_deletes_is_still_in_the_image() -> None:
    (found,) = secret_files([LayerFile("/app/.env", deleted=True), LayerFile("/app/.env", "API_TOKEN=tok-19f")])
    assert "a later layer deletes it" in found


def test_the_verdict_names_the_files_and_what_keeps_them_out() -> None:
    files = ("/app/.env: API_TOKEN has a value", "/app/.git/config: credentials")
    recording = REAL["image", "good"]
    marks = tuple(Mark(1, drill.SECRET_FILE, text) for text in files)
    verdict = drill.judge(replace(recording, marks=(*recording.marks, *marks)))
    assert verdict.cause
    assert verdict.cause.id == "secret-in-image"
    assert "/app/.env, /app/.git/config" in verdict.summary
    assert files[0] in verdict.cause.evidence
    assert ignore_patterns(files) == "**/.env **/.git"
    assert "`**/.env **/.git` into .dockerignore" in verdict.cause.fix
