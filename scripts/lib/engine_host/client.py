"""The docker client that is first on PATH, and the plugins it finds: versions asked once, then remembered."""

from __future__ import annotations

import os

from engine_host.endpoint import config_folder
from paths import cache_folder, write_atomically

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

SBIN = ("/usr/local/sbin", "/usr/sbin", "/sbin")
SYSTEM_PLUGINS = tuple(
    f"{root}/docker/cli-plugins" for root in ("/usr/local/lib", "/usr/local/libexec", "/usr/lib", "/usr/libexec")
)
"""docker/cli, cli-plugins/manager: searched after the folder of the person's own plugins."""
ASK = {
    "client": ("--version",),
    "compose": ("compose", "version", "--short"),
    "buildx": ("buildx", "version"),
}
ASK_LIMIT_S = 30


def find_program(name: str, environment: Mapping[str, str]) -> str | None:
    """The program's path, as the shell finds it, or in an sbin folder that a person's PATH often lacks."""
    for folder in [*environment.get("PATH", "").split(os.pathsep), *SBIN]:
        path = os.path.join(folder, name)
        if folder and os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return None


def client_versions(environment: Mapping[str, str]) -> dict[str, str | None]:
    """Version texts of `client`, `compose` and `buildx`; None for what is missing.

    Asking costs a process each, so the answers are kept for as long as the programs' files stay the same.
    """
    client = find_program("docker", environment)
    if client is None:
        return dict.fromkeys(ASK)
    key = _key(client, environment)
    kept = _kept(environment)
    if kept.get("key") == key:
        return {name: kept["versions"].get(name) for name in ASK}
    versions = {name: _ask(client, arguments, environment) for name, arguments in ASK.items()}
    if key.count("\n") == len(ASK) - 1 and all(versions.values()):
        _keep(environment, {"key": key, "versions": versions})
    return versions


def _key(client: str, environment: Mapping[str, str]) -> str:
    """Path, size and time of the client and of each plugin found in a known folder: one line for each."""
    folders = (os.path.join(config_folder(environment), "cli-plugins"), *SYSTEM_PLUGINS)
    files = [client]
    for plugin in ("docker-compose", "docker-buildx"):
        files += [path for folder in folders if os.path.exists(path := os.path.join(folder, plugin))][:1]
    stats = ((path, os.stat(path)) for path in files)
    return "\n".join(f"{path} {stat.st_size} {stat.st_mtime_ns}" for path, stat in stats)


def _ask(client: str, arguments: tuple[str, ...], environment: Mapping[str, str]) -> str | None:
    from process import run

    answer = run([client, *arguments], environment, ASK_LIMIT_S)
    return answer.stdout.strip() or None if answer.returncode == 0 else None


def _kept(environment: Mapping[str, str]) -> dict:  # type: ignore[type-arg]
    import json

    try:
        with open(os.path.join(cache_folder(environment), "client.json"), encoding="utf-8") as file:
            kept = json.load(file)
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) and isinstance(kept.get("versions"), dict) else {}


def _keep(environment: Mapping[str, str], value: object) -> None:
    import json

    try:
        write_atomically(os.path.join(cache_folder(environment), "client.json"), json.dumps(value).encode(), 0o644)
    except OSError:
        return  # a home that cannot be written to costs the next start some milliseconds, nothing more
