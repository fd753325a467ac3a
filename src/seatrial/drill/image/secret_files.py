"""Which files of an image are secret: by their names, and by what is in them. Pure.

A name alone accuses too many: certificates and public keys, settings without a secret, examples.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from seatrial.drill.image.image_secrets import without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seatrial.engine.image_files import LayerFile

_EXAMPLE = re.compile(r"example|sample|template|tmpl|\bdist\b|defaults?\b|\.pub$", re.IGNORECASE)
# Installed by packages: their test keys and certificates are public.
_PACKAGES = re.compile(
    r"/(?:usr/(?:lib|lib64|libexec|include|share|local/(?:lib|share|include))|etc/(?:ssl|ssh|pki|ca-certificates)"
    r"|var/lib|proc|sys|dev)/|/(?:node_modules|site-packages|dist-packages|\.venv|vendor|\.pnpm-store|\.cache)/"
)
_PLACEHOLDER = re.compile(r"^(?:<.*>|your[-_ ].*|x{3,}|\*+|\.{3}|todo|placeholder)$", re.IGNORECASE)
_KEY = re.compile(r"-----BEGIN (?!ENCRYPTED )(?:[A-Z0-9]+ )*PRIVATE KEY-----(?!\s+Proc-Type: 4,ENCRYPTED)")
_PASSWORD_IN_URL = re.compile(r"://(?:[^/\s:@]*:[^/\s@$]+|gh[pousr]_\w+|glpat-[\w-]+|x-access-token)@")
_SETTING = re.compile(r"^\s*(?:export\s+)?(?P<name>[A-Za-z_][\w.-]*)\s*[=:]\s*(?P<value>\S.*?)\s*$", re.MULTILINE)
_LITERAL = r"\s*[=:]\s*['\"]?(?!\$)[^\s'\"]"

# By name of the file, or the end of its path: what in it is secret.
_CONTENTS = (
    (r"[^/]*\.(?:pem|key|p8|pk8|priv)|id_[^/.]+|[^/]*_(?:rsa|dsa|ecdsa|ed25519)", _KEY),
    (r"master\.key|[^/]*credentials/[^/]+\.key", re.compile(r"\A[0-9a-f]{32}\s*\Z")),
    (r"[^/]*\.(?:p12|pfx)", re.compile(r".", re.DOTALL)),
    (r"[^/]*\.json", re.compile(r'"private_key"\s*:\s*"-----BEGIN|"refresh_token"\s*:\s*"[^"]+"')),
    (r"\.npmrc|\.yarnrc(?:\.yml)?", re.compile(rf"(?:_auth(?:Token)?|_password|npmAuth\w+){_LITERAL}")),
    (r"\.pypirc|pip\.conf|\.my\.cnf|auth\.toml", re.compile(rf"^\s*password{_LITERAL}", re.MULTILINE)),
    (r"[._]netrc", re.compile(r"\bpassword\s+\S")),
    (r"\.pgpass", re.compile(r"^[^#\s][^:]*(?::[^:]*){3}:\S", re.MULTILINE)),
    (r"\.aws/credentials", re.compile(rf"aws_secret_access_key{_LITERAL}")),
    (r"\.docker/config\.json|\.dockercfg", re.compile(r'"(?:auth|identitytoken)"\s*:\s*"[^"]+"')),
    (r"\.kube/config|kubeconfig", re.compile(rf"(?:client-key-data|token){_LITERAL}")),
    (r"\.git/config", re.compile(r"extraheader\s*=\s*AUTHORIZATION", re.IGNORECASE)),
    (r"\.git-credentials|\.git/config|\.npmrc|pip\.conf|\.pypirc", _PASSWORD_IN_URL),
)
_RULES = tuple((re.compile(rf"(?:.*/)?(?:{name})"), content) for name, content in _CONTENTS)
_SETTINGS = re.compile(r"(?:.*/)?(?:\.env(?:\..+|rc)?|[^/]+\.env|\.?secrets?\.(?:toml|ya?ml|ini|env)|\.flaskenv)")


def is_suspect(path: str) -> bool:
    """Whether a file of that path is worth reading."""
    if _PACKAGES.search(path) or _EXAMPLE.search(PurePosixPath(path).name):
        return False
    return bool(_SETTINGS.fullmatch(path)) or any(name.fullmatch(path) for name, _ in _RULES)


def secret_files(files: Iterable[LayerFile]) -> tuple[str, ...]:
    """The secret files in words, each once; values are never in them."""
    found: dict[str, str] = {}
    deleted = set()
    for file in files:
        if file.deleted:
            deleted.add(file.path)
        elif is_suspect(file.path) and (what := _secret(file)):
            found[file.path] = what
    gone = " (a later layer deletes it, and the image still holds it)"
    return tuple(f"{path}: {what}{gone if path in deleted else ''}" for path, what in found.items())


def _secret(file: LayerFile) -> str:
    """What in the file is secret; "" when nothing is."""
    if _SETTINGS.fullmatch(file.path):
        names = [found["name"] for found in _SETTING.finditer(file.head) if _is_secret(found["name"], found["value"])]
        return f"{', '.join(dict.fromkeys(names[:3]))} has a value" if names else ""
    matches = any(name.fullmatch(file.path) and content.search(file.head) for name, content in _RULES)
    if not matches:
        return ""
    return "a private key" if _KEY.search(file.head) else "credentials"


def _is_secret(name: str, value: str) -> bool:
    plain = value.partition(" #")[0].strip().strip("\"'")
    if not plain or _PLACEHOLDER.match(plain):
        return False
    pair = f"{name}={plain}" if not re.search(r"\s", plain) else f'{name}="{plain}"'
    return without_secrets(pair) != pair


def ignore_patterns(found: Iterable[str]) -> str:
    """Return the lines that keep these files out of the build context."""
    paths = (PurePosixPath(text.partition(": ")[0]) for text in found)
    last = {"config", "credentials", "config.json"}
    return " ".join(dict.fromkeys(f"**/{path.parent.name if path.name in last else path.name}" for path in paths))
