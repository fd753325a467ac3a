"""What `scripts/base-image status` prints."""

from __future__ import annotations

from collections.abc import Mapping

from base_image.engine import Engine, Image
from base_image.env_file import read_setting
from base_image.names import LABEL, is_outdated
from base_image.settle import look
from engine_host.endpoint import resolve_endpoint
from failure import DONE, FAILED
from paths import read_text


def status(env_file: str, environment: Mapping[str, str], as_json: bool) -> int:
    """Print the recorded choice and the image's facts; exit code 1 where there is no usable image."""
    engine = Engine(resolve_endpoint(environment, read_text), environment)
    recorded = look(env_file, engine, environment)
    image = engine.image(recorded.image) if recorded.image else None
    facts = {
        "base_image": recorded.image,
        "source": recorded.source,
        "present": recorded.is_present,
        "outdated": bool(recorded.image) and is_outdated(recorded.image or ""),
        "build_ca_file": environment.get("BUILD_CA_FILE") or read_setting(read_text(env_file) or "", "BUILD_CA_FILE"),
        **_image_facts(image),
    }
    if as_json:
        import json

        print(json.dumps(facts, indent=2))
    else:
        print("\n".join(f"{name:<14} {_readable(name, value)}" for name, value in facts.items()))
    return DONE if recorded.is_present and not facts["outdated"] else FAILED


def _readable(name: str, value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if name == "size_bytes" and isinstance(value, int):
        return f"{value} ({value / 1e6:.0f} MB)"
    return "-" if value is None else str(value)


def _image_facts(image: Image | None) -> dict[str, object]:
    if image is None:
        return {"id": None, "size_bytes": None, "layers": None, "stand_in": None}
    return {"id": image.id, "size_bytes": image.size, "layers": list(image.layers), "stand_in": image.labels.get(LABEL)}
