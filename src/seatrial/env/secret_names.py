"""Which names of variables, keys and flags stand for a secret. Pure."""

from __future__ import annotations

import re
from functools import lru_cache


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# `DB_PASSWORD`, `db.password`, `--db-password`, `dbPassword`, `PASSWORD2`.
_WORD = r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+"
_SECRET = _words(
    "PASS PASSWORD PASSWORDS PASSWD PASSPHRASE PASSCODE PWD PW SECRET SECRETS TOKEN TOKENS CREDENTIAL CREDENTIALS CREDS"
    " KEY KEYS APIKEY DSN JWT WEBHOOK WEBHOOKS AUTHORIZATION PAT"
)
# As the last word only: `BASIC_AUTH` holds a password, `AUTH_SERVER` does not.
_LAST = _words("AUTH SALT COOKIE COOKIES PRIVATE SIGNATURE SESSION PEM")
# Words that are written together with another one: `PGPASSWORD`, `DBPASS`, `SECRETKEY`.
_TOGETHER = (
    r"\w+(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIALS|PWD)"
    r"|(?:DB|PG|MY|ROOT|USER|ADMIN|SMTP|MAIL|REDIS|SQL|MYSQL|POSTGRES|MONGO|FTP|SSH|LDAP|SASL)PASS"
    r"|(?:API|APP|SECRET|PRIVATE|ACCESS|AUTH|ENCRYPTION|SIGNING|MASTER|LICENSE|SESSION|SSH|SSL|TLS|AES|HMAC|JWT)KEYS?"
)
# What such a word is followed by when the value only says something about the secret.
_ABOUT = _words(
    "FILE FILES PATH DIR DIRECTORY TTL HOST HOSTNAME PORT ADDRESS ENABLED DISABLED MODE TYPE NAME EXPIRY EXPIRES"
    " EXPIRATION EXPIRE LIFETIME TIMEOUT AGE MAXAGE LENGTH LEN SIZE LIMIT LIMITS COUNT ALGORITHM ALG ALGO METHOD"
    " PROVIDER ISSUER AUDIENCE PREFIX HEADER REALM SCHEME USER USERNAME LEVEL REQUIRED POLICY ROUNDS ENDPOINT DOMAIN"
    " REGION BACKEND DRIVER VERSION FORMAT INTERVAL MIN MAX CHECKS SECURE SAMESITE HTTPONLY URL URI ROTATION FIELD"
    " COLUMN MINUTES SECONDS HOURS DAYS SERVER SERVICE PLUGIN HISTORY COMMAND CMD ARN"
)
_NO_KEY = _words("PUBLIC PUBLISHABLE CACHE PRIMARY FOREIGN PARTITION SORT ROUTING INDEX HOT")


@lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """By whole words: `KEY` and `API_KEY` are, `KEYBOARD`, `AUTHOR`, `TOKEN_TTL` and `PASSWORD_FILE` are not."""
    words = [word.upper() for word in re.findall(_WORD, name)]
    if not words:
        return False
    if words[-1] in _ABOUT:
        # The address of a web hook is its secret.
        return words[-1] in ("URL", "URI") and not {"WEBHOOK", "WEBHOOKS"}.isdisjoint(words)
    if not {"MAX", "MIN", "NUM"}.isdisjoint(words) and words[-1] == "TOKENS":
        return False
    return words[-1] in _LAST or any(
        re.fullmatch(_TOGETHER, word) or (word in _SECRET and not _is_harmless_key(words, place))
        for place, word in enumerate(words)
    )


def _is_harmless_key(words: list[str], place: int) -> bool:
    return words[place] in ("KEY", "KEYS") and place > 0 and words[place - 1] in _NO_KEY
