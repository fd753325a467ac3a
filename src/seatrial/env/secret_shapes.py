"""Secrets that their form gives away, whatever they are called: tokens, keys, passwords in URLs. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from seatrial.env.secret import blank

if TYPE_CHECKING:
    from collections.abc import Iterator

# What issuers put in front of their tokens, so that scanners find them; by a piece of text that each has.
_TOKENS = {
    "github_pat_": r"github_pat_\w{20,}",
    "gh": r"gh[pousr]_[A-Za-z0-9]{20,}",
    "gl": r"gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|soat)-[\w-]{16,}",
    "KIA": r"AKIA[A-Z0-9]{16}\b",
    "SIA": r"ASIA[A-Z0-9]{16}\b",
    "xox": r"xox[a-z]-[\w-]{10,}",
    "xapp-": r"xapp-[\w-]{10,}",
    "k_": r"(?:sk|rk)_(?:live|test)_\w{16,}",
    "whsec_": r"whsec_[\w+/=]{16,}",
    "sk-": r"sk-(?=[\w-]*\d)[\w-]{20,}",
    "npm_": r"npm_[A-Za-z0-9]{30,}",
    "pypi-": r"pypi-Ag[\w-]{16,}",
    "dckr_": r"dckr_(?:pat|oat)_[\w-]{20,}",
    "SG.": r"SG\.[\w-]{16,}\.[\w-]{16,}",
    "SK": r"SK[0-9a-f]{32}\b",
    "AIza": r"AIza[\w-]{35}",
    "ya29.": r"ya29\.[\w-]{20,}",
    "GOCSPX-": r"GOCSPX-[\w-]{20,}",
    ":AA": r"\d{8,10}:AA[\w-]{30,}",
    "hf_": r"hf_[A-Za-z0-9]{30,}",
    "shp": r"shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}",
    "hvs.": r"hvs\.[\w-]{20,}",
    "dop_v1_": r"dop_v1_[a-f0-9]{32,}",
    "sq0": r"sq0[a-z]{3}-[\w-]{20,}",
    "ATATT3": r"ATATT3[\w=-]{20,}",
    "gsk_": r"gsk_[A-Za-z0-9]{30,}",
    "xai-": r"xai-[A-Za-z0-9]{30,}",
    "lin_api_": r"lin_api_\w{20,}",
    "tskey-": r"tskey-[\w-]{16,}",
    "glsa_": r"glsa_\w{20,}",
    "eyJ": r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*(?:\.[\w-]+)*",
    "AGE-SECRET-KEY-1": r"AGE-SECRET-KEY-1[0-9A-Z]{40,}",
}
_HOOKS = (
    r"hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/",
    r"(?:\w+\.)?discord(?:app)?\.com/api/webhooks/",
    r"[\w.-]*webhook\.office\.com/",
    r"outlook\.office(?:365)?\.com/webhook/",
    r"hooks\.zapier\.com/hooks/",
    r"[\w.-]+\.logic\.azure\.com[:\d]*/",
    r"[\w.-]+\.powerplatform\.com[:\d]*/",
    r"maker\.ifttt\.com/trigger/",
    r"chat\.googleapis\.com/v1/spaces/",
)
_BLOCK = r"(?P<before>)-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z0-9 ]*-----|\Z)"
_PASSWORDS = r"(?:password|passwd|pwd|accountkey|sharedaccesskey|sharedsecret)"
_QUERY = r"(?:password|passwd|pwd|token|access_token|api_?key|secret|client_secret|sig|signature)"
_FIELD = r"(?:\w*(?:password|passwd|passphrase|secret|token)|\w*(?:api|access|secret|private)_?key|pwd)"
# A line of a private key whose first line is in another record of the log: base64 in the widths of PEM and OpenSSH.
_BASE64 = "[A-Za-z0-9+/]"
_KEY_LINE = (
    rf"(?<![\w+/=.-])(?P<before>)(?={_BASE64}*[a-z])(?={_BASE64}*[A-Z])(?={_BASE64}*\d)"
    rf"{_BASE64}{{64}}(?:{_BASE64}{{6}})?(?![\w+/=.-])"
)
# The secret is the part after `before`.
_PARTS = (
    ("://", rf"(?P<before>https?://(?:{'|'.join(_HOOKS)}))[^\s\"'<>]+"),
    ("://", r"(?P<before>(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*+://[^/\s:@\"']*:)[^\s/\"']+(?=@)"),
    # The data source name of Go's MySQL driver.
    ("(", r"(?P<before>(?<![\w.-])[\w.-]+:)[^\s:@/\"']+(?=@(?:tcp|unix)\()"),
    # `Server=db;Password=x;`, and `host=db password=x user=y`.
    ("=", rf"(?P<before>(?:[;\s\"'=]|^){_PASSWORDS}\s*=\s*)[^;\s\"'&,]+(?=\s*;|\s+\w+\s?=)"),
    (";", rf"(?P<before>;\s*{_PASSWORDS}\s*=\s*)[^;\s\"'&,]+"),
    ("=", rf"(?P<before>[?&]{_QUERY}=)[^&\s\"'#]+"),
    ("/bot", r"(?P<before>/bot\d+:)[\w-]{20,}"),
    # A field of JSON, also of JSON in a string. A word without a digit may be the message of a validation.
    ('":', rf"(?P<before>[\"']{_FIELD}\\*[\"']\s*:\s*\\*[\"'])(?=[^\s\"'\\]*\d)[^\s\"'\\]{{6,}}(?=\\*[\"'])"),
    (":", r"(?P<before>\bx-(?:[\w-]*-)?(?:api-?key|token)\s*:\s*)[\w.~+/=-]{12,}"),
    ("uthorization", r"(?P<before>\bauthorization['\"]?\s*[:=]\s*['\"]?(?:basic|bearer|token)\s+)[\w.~+/=:-]{6,}"),
    ("earer", r"(?P<before>\bbearer\s+)(?=[\w.~+/=-]*\d)[\w.~+/=-]{16,}"),
)
# By a piece of text that each needs. A form is compiled when a text has its piece: compiling all takes 5 ms.
_SEARCHES = (
    *((mark, rf"(?<![A-Za-z0-9_])(?P<before>){form}", re.NOFLAG) for mark, form in _TOKENS.items()),
    *((mark, form, re.IGNORECASE) for mark, form in _PARTS),
    ("PRIVATE KEY", _BLOCK, re.DOTALL),
    ("", _KEY_LINE, re.NOFLAG),
)


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Where such secrets are in a text, in no order; they may overlap."""
    for mark, form, flags in _SEARCHES:
        if mark in text:
            yield from ((found.end("before"), found.end()) for found in re.finditer(form, text, flags))


def found_in(text: str) -> Iterator[str]:
    """The secrets themselves."""
    yield from (text[start:end] for start, end in spans(text))


def without_shapes(text: str) -> str:
    """The text with `[REDACTED]` in their place."""
    return blank(text, spans(text))
