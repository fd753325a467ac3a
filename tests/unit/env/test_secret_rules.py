"""Which names stand for a secret, and which texts are one whatever they are called: one rule for every output."""

from __future__ import annotations

import json

import pytest

from seatrial.env.known import hideable, public_words, secrets_among
from seatrial.env.secret import REDACTED, Redactor, Secret
from seatrial.env.secret_names import is_secret_name
from seatrial.env.secret_shapes import without_shapes
from seatrial.report.bundle import scrub
from seatrial.service import Service
from seatrial.stack import Stack, parse

SECRET = """
    DB_PASS DB_PASSWORD PGPASSWORD MYSQL_PWD APIKEY API_KEY apiKey accessToken db.password --db-password X-Api-Key
    DBPASS SECRETKEY KEY KEY_2 PASSWORD1 GITHUB_TOKEN SECRET_KEY_BASE SENTRY_DSN BASIC_AUTH REDIS_AUTH JWT
    SLACK_WEBHOOK_URL AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY KEYSTORE_PASSWORD KEYCLOAK_ADMIN_PASSWORD
    COOKIE_SECRET PASSWORD_SALT GPG_PASSPHRASE SSH_PRIVATE_KEY SECRET_ID NEXT_PUBLIC_AUTH_TOKEN ENCRYPTIONKEY
    userPassword2
"""
HARMLESS = """
    AUTHOR KEYBOARD TOKENIZER TOKENIZERS_PARALLELISM KEYCLOAK_HOST COMPASS_MODE MONKEY PASSENGER PASSIVE TOKEN_TTL
    PUBLIC_KEY STRIPE_PUBLISHABLE_KEY PASSWORD_FILE POSTGRES_PASSWORD_FILE SECRETS_DIR KEY_PATH AUTH_HOST AUTH_URL
    POSTGRES_HOST_AUTH_METHOD COOKIE_DOMAIN COOKIE_SECURE SECRET_NAME BYPASS_CACHE TRESPASS HOCKEY AUTHORITY
    MAX_TOKENS PASSWORD_MIN_LENGTH PRIVATE_NETWORK CACHE_KEY KEYWORDS SALTED AUTHENTICATION_ENABLED PATH SPATULA
    DISPATCH
"""


@pytest.mark.parametrize("name", SECRET.split())
def test_a_name_with_a_telling_word_is_secret(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", HARMLESS.split())
def test_a_part_of_a_word_and_what_is_said_about_a_secret_are_not(name: str) -> None:
    assert not is_secret_name(name)


A = "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1eF3hJ5"
# Put together here, so that no scanner takes this file for a leak.
SHAPES = {
    "github": f"gh{'p'}_{A}",
    "github oauth": f"gh{'o'}_{A}",
    "fine-grained": f"github{'_pat_'}{A}",
    "gitlab": f"glp{'at'}-{A}",
    "aws": f"AK{'IA'}ABCDEFGHIJKLMNOP",
    "aws temporary": f"AS{'IA'}ABCDEFGHIJKLMNOP",
    "slack": f"xo{'xb'}-1234567890-{A}",
    "stripe": f"sk{'_live_'}{A}",
    "anthropic": f"sk{'-ant-'}api03-{A}",
    "openai": f"sk{'-proj-'}{A}",
    "npm": f"npm{'_'}{A}",
    "sendgrid": f"SG.{A[:22]}.{A}",
    "google": f"AI{'za'}{A[:35]}",
    "telegram": f"123456789:{'AA'}{A}",
    "jwt": f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.{A}",
    "pem": f"-----BEGIN EC PRIVATE KEY-----\n{A}\n-----END EC PRIVATE KEY-----",
    "hugging face": f"hf{'_'}{A}",
    "docker": f"dckr{'_pat_'}{A}",
    "vault": f"hvs.{A}",
}
PARTS = {
    "slack hook": f"https://hooks.slack{'.com'}/services/T0/B0/{A}",
    "discord hook": f"https://discord{'.com'}/api/webhooks/12345/{A}",
    "teams hook": f"https://acme.webhook.office{'.com'}/webhookb2/{A}",
    "ado.net": f"Server=db;User Id=sa;Password={A};Encrypt=false",
    "ado.net at the end": f"Server=db;User Id=sa;Pwd={A}",
    "libpq": f"host=db password={A} user=shop",
    "azure": f"DefaultEndpointsProtocol=https;AccountName=x;AccountKey={A}==;EndpointSuffix=x",
    "go mysql": f"shop:{A}@tcp(db:3306)/shop",
    "url": f"postgres://shop:{A}@db:5432/shop",
    "url with an at sign": f"amqp://shop:x@{A}@db:5672/shop",
    "redis": f"redis://:{A}@db:6379",
    "query": f"https://example.com/x?sig={A}&page=2",
    "header": f"Authorization: Bearer {A}",
    "telegram": f"https://api.telegram.org/bot123456789:{A}/getMe",
    "json": f'{{"user": "x", "dbPassword": "{A}"}}',
    "json in json": f'{{\\"token\\":\\"{A}\\"}}',
    "key header": f"X-Api-Key: {A}",
    "line of a key": (A * 3)[:64],
    "line of an OpenSSH key": (A * 3)[:70],
}


@pytest.mark.parametrize("text", [*SHAPES.values(), *PARTS.values()], ids=[*SHAPES, *PARTS])
def test_a_secret_is_recognized_by_its_form_in_values_logs_and_reports(text: str) -> None:
    for clean in (without_shapes, scrub.text, Redactor(secrets_among([("NOTE", text)], None))):
        shown = clean(f"before {text} after")
        assert A[:16] not in shown
        assert "ABCDEFGHIJKLMNOP" not in shown
        assert REDACTED in shown
        assert shown.startswith("before ")


def test_a_message_about_a_field_is_no_secret() -> None:
    text = '{"errors": {"password": "required", "token": "is too short, 8 at least"}}'
    assert without_shapes(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "listening on http://0.0.0.0:8080/health?page=2",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "2026-11-25T00:00:00.123Z INFO 172.18.0.2:5432 GET /orders/17 200 3ms",
        "bearer authentication failed; password authentication failed for user shop",
        "shop-web-1  shop/web:1.2.3  0.0.0.0:8080->80/tcp",
        "task-sk-fading-circle-with-many-words",
        "author: jane, keyboard=north",
        "added 1 package /usr/src/app/node/modules/of/a/long/path/that/has/64/characters/A1",
    ],
)
def test_an_ordinary_text_stays_as_it_is(text: str) -> None:
    assert without_shapes(text) == text
    assert scrub.text(text) == text


STACK = Stack(
    "shop",
    (Service("db", image="postgres:16"), Service("web", image="registry.example.com/acme/web:2")),
    resolved=json.dumps(
        {"services": {"db": {"container_name": "north-db"}, "web": {}}, "volumes": {"data": {"name": "shop_data"}}}
    ),
)


@pytest.mark.parametrize("password", ["postgres", "shop", "acme", "db", "2026", "north-db", "shop-db"])
def test_what_docker_ps_shows_is_never_blanked(password: str) -> None:
    public = public_words(STACK)
    redact = Redactor(hideable([Secret(password)], public), public)
    text = (
        "shop-db-1 north-db postgres:16 registry.example.com/acme/web:2 shop_data docker compose -p shop up 2026-12-01"
    )
    assert redact(text) == text


def test_a_password_that_is_a_plain_word_of_a_mounted_path_leaves_paths_readable() -> None:
    mounts = [{"type": "bind", "source": "/src/overleaf/out", "target": "/overleaf/out"}, {"target": "/keys/k3yOfMine"}]
    model = {"name": "dev", "services": {"clsi": {"image": "clsi", "volumes": mounts}}}
    redact = Redactor(hideable([Secret("overleaf"), Secret("k3yOfMine")], public_words(parse(json.dumps(model)))))
    assert redact("mkdir -p /src/overleaf/out") == "mkdir -p /src/overleaf/out"
    assert redact("token k3yOfMine") == f"token {REDACTED}"


def test_a_password_inside_of_a_public_name_is_hidden_elsewhere() -> None:
    public = public_words(STACK)
    redact = Redactor(hideable([Secret("acme/web")], public), public)
    assert redact("registry.example.com/acme/web:2 acme/web") == f"registry.example.com/acme/web:2 {REDACTED}"
