"""What is secret in an image is found by its name, and never kept; what only looks like it is left alone."""

from __future__ import annotations

import pytest

from seatrial.drill.image.image_secrets import cleaned, secrets, without_secrets
from seatrial.engine.images import Image, Layer

SECRET = "tok-9c1f77aa2b"


def image(*history: str, environment: tuple[str, ...] = ()) -> Image:
    return Image("sha256:1", (), 1, environment=environment, layers=tuple(Layer(0, text) for text in history))


@pytest.mark.parametrize(
    ("made", "found"),
    [
        (image(environment=(f"API_TOKEN={SECRET}",)), ["ENV API_TOKEN"]),
        (image(environment=(f"DATABASE=postgres://app:{SECRET}@db/app",)), ["ENV DATABASE"]),
        (image(f"ENV DB_PASSWORD={SECRET}"), ["ENV DB_PASSWORD"]),
        (image(f"/bin/sh -c #(nop)  ENV DB_PASSWORD={SECRET}"), ["ENV DB_PASSWORD"]),
        (image(f'ENV DB_PASSWORD="{SECRET} with words" A=b'), ["ENV DB_PASSWORD"]),
        (image(f"ARG NPM_TOKEN={SECRET}"), ["ARG NPM_TOKEN"]),
        (image(f"RUN |2 A=b NPM_TOKEN={SECRET} /bin/sh -c npm ci # buildkit"), ["ARG NPM_TOKEN"]),
        (image(f"|1 NPM_TOKEN={SECRET} /bin/sh -c npm ci"), ["ARG NPM_TOKEN"]),
        (image("COPY .env /app/ # buildkit"), ["COPY .env"]),
        (image("/bin/sh -c #(nop) COPY file:0123 in /root/.ssh/id_rsa "), ["COPY id_rsa"]),
        # The same one twice is one.
        (image(f"ENV API_TOKEN={SECRET}", environment=(f"API_TOKEN={SECRET}",)), ["ENV API_TOKEN"]),
    ],
)
def test_a_secret_is_found_and_not_kept(made: Image, found: list[str]) -> None:
    kept = cleaned(made)
    assert list(secrets(kept)) == found
    assert SECRET not in repr(kept)


@pytest.mark.parametrize(
    "made",
    [
        image(environment=("PATH=/usr/bin", "NODE_VERSION=24.19.0")),
        image(environment=("GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D",)),
        image(environment=("RABBITMQ_PGP_KEY_ID=0x0A9AF2115F4687BD29803A206B73A36E6026DFCA",)),
        image(environment=("REQUIRE_AUTH=true", "TOKEN_TTL=3600", "PASSWORD=", "SECRET_FILE=/run/secrets/x")),
        image(environment=("KEYSTORE=/etc/app/store", "POSTGRES_PASSWORD_FILE=/run/secrets/pg")),
        image("ARG NPM_TOKEN"),
        image("RUN |1 NPM_TOKEN= /bin/sh -c npm ci"),
        image("RUN /bin/sh -c KEY=$(cat /run/secrets/key) make"),
        image("COPY .env.example /app/.env.example"),
    ],
)
def test_what_everybody_may_know_is_no_secret(made: Image) -> None:
    assert list(secrets(cleaned(made))) == []


@pytest.mark.parametrize(
    "text",
    [
        f"RUN curl -H 'Authorization: Bearer {SECRET}' https://example.org",
        f"RUN git clone https://me:{SECRET}@example.org/repo",
        f"RUN npm config set //registry.example.org/:_authToken={SECRET}",
        f"RUN login --password {SECRET}",
        f"RUN login --password={SECRET}",
        f"RUN TOKEN='{SECRET}' make",
    ],
)
def test_a_secret_inside_of_a_command_is_blanked(text: str) -> None:
    assert SECRET not in without_secrets(text)
