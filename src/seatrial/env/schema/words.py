"""The vocabulary of decorators: which exist, which are left to other tools, and what people write instead."""

from difflib import get_close_matches

ITEM_SWITCHES = frozenset({"required", "optional", "sensitive", "public"})
ITEM_VALUES = frozenset({"type", "example", "docsUrl", "deprecated"})
ITEM_CALLS = frozenset({"docs", "tag"})
ITEM_IGNORED = frozenset({"internal", "dynamic", "static", "icon", "auditIgnore", "placeholder", "proxy"})
ITEM = ITEM_SWITCHES | ITEM_VALUES | ITEM_CALLS | ITEM_IGNORED

ROOT_DEFAULTS = frozenset({"defaultRequired", "defaultSensitive"})
ROOT_REFUSED = frozenset({"import", "setValuesBulk", "disable"})
ROOT_NOT_SUPPORTED = frozenset({"plugin", "currentEnv", "envFlag"})
ROOT_IGNORED = frozenset(
    {
        "auditIgnorePaths",
        "cache",
        "defaultDynamic",
        "disableProcessEnvInjection",
        "encryptInjectedEnv",
        "preventLeaks",
        "proxy",
        "proxyConfig",
        "redactLogs",
    }
)
ROOT = ROOT_DEFAULTS | ROOT_REFUSED | ROOT_NOT_SUPPORTED | ROOT_IGNORED

_COMMENT_WORDS = frozenset({"todo", "see", "note"})
_INSTEAD = {
    "default": "put the default after =",
    "value": "put the value after =",
    "desc": "write the description as a plain comment line",
    "description": "write the description as a plain comment line",
    "comment": "write it as a plain comment line",
    "secret": "write @sensitive",
    "private": "write @sensitive",
    "service": "write @tag(name)",
    "group": "write @tag(name)",
    "tags": "write @tag(name)",
    "enum": "write @type=enum(a, b)",
    "choices": "write @type=enum(a, b)",
    "format": "write @type=...",
    "min": "write it as an option of the type: @type=number(min=1)",
    "max": "write it as an option of the type: @type=number(max=9)",
    "pattern": "write @type=string(matches=/.../)",
    "regex": "write @type=string(matches=/.../)",
    "url": "write @docs(https://...), or @type=url",
    "link": "write @docs(https://...)",
}


def is_comment_word(name: str) -> bool:
    """`@todo`, `@see` and `@note` are habits from code comments, not mistakes in a schema."""
    return name.rstrip(":").lower() in _COMMENT_WORDS


def is_ignored_root(name: str) -> bool:
    return name in ROOT_IGNORED or name.startswith("generate")


def instead_of(name: str) -> str:
    """What to write in place of a decorator that does not exist."""
    if hint := _INSTEAD.get(name.lower()):
        return hint
    known = {word.lower(): word for word in sorted(ITEM | ROOT)}
    close = get_close_matches(name.lower().rstrip(":"), known, n=1, cutoff=0.7)
    return f"did you mean @{known[close[0]]}?" if close else "remove it, or write the line without @"
