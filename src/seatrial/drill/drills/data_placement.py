"""Is everything that must outlive the container on a volume that has a name? Read from its layer and its mounts."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from seatrial.drill import causes
from seatrial.drill.data.data_paths import beside, covering, folder_of, is_data, own_files
from seatrial.drill.drill import Drill
from seatrial.drill.live import looking
from seatrial.drill.recording import Mark
from seatrial.drill.service.known import kind_of
from seatrial.drill.verdict import Cause, Confidence, Finding, Grade, Verdict, concluded
from seatrial.engine import containers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seatrial.drill.live.scene import Place, Scene
    from seatrial.drill.recording import Recording
    from seatrial.engine.attached import Mount
    from seatrial.engine.facts import Facts

NAME = "data-placement"
DATA_FOLDER, WRITTEN = "data folder", "paths in its own layer"
# Where servers keep their data unless they are told otherwise; Postgres is told by PGDATA, which its image sets.
_FOLDERS = {
    "mysql": "/var/lib/mysql",
    "mariadb": "/var/lib/mysql",
    "mongo": "/data/db",
    "redis": "/data",
    "valkey": "/data",
}
_CACHES = ("redis", "valkey")
_MOST_KEPT, _MOST_SHOWN = 1000, 5


def record(scene: Scene, place: Place) -> Recording:
    """What the container has written into its own layer, and where its kind of service keeps its data."""
    found = looking.look(scene, NAME, place)
    if found.refusal:
        return found
    facts = found.subject.facts
    began = time.perf_counter()
    changed = containers.diff(facts.id)
    spent = {"changes": time.perf_counter() - began}
    marks = [Mark(time.time_ns(), WRITTEN, str(len(changed)))]
    if folder := _folder(scene, facts):
        marks.append(Mark(time.time_ns(), DATA_FOLDER, folder))
    # What is no data by its name is not judged; a program that has installed itself has written 50 000 files.
    kept = tuple(sorted(own_files(changed, facts.mounts), key=_data_first)[:_MOST_KEPT])
    return replace(found, changes=kept, marks=(*found.marks, *marks), samples=(), overhead_s=spent)


# Where data go that cannot stay where they are.
_PLACE = "/data"


def judge(recording: Recording) -> Verdict:
    """By the names of what was written, and by where the volumes are."""
    facts, changes = recording.subject.facts, recording.changes
    if changes is None:
        return Verdict(NAME, recording.service, Grade.INCONCLUSIVE, "what it has written could not be told")
    written = recording.mark(WRITTEN)
    named = [mount for mount in facts.mounts if mount.kind in ("volume", "bind") and not mount.anonymous]
    own = "no data in its own layer" if changes else "nothing in its own layer"
    where = f", mounted: {', '.join(mount.target for mount in named)}" if named else ", no volume"
    figures = {"changes": float(written.detail if written else len(changes)), "volumes": float(len(named))}
    figures |= {f"overhead_{part}_s": round(spent, 3) for part, spent in recording.overhead_s.items()}
    findings = [*_in_layer(recording), *_beside(recording), *_anonymous(recording)]
    findings += () if findings else _nowhere(recording)
    return concluded(NAME, recording.service, findings, own + where, figures)


DRILL = Drill(NAME, "no data is kept where a recreated container would not find it", judge, record, looks=True)


def _folder(scene: Scene, facts: Facts) -> str | None:
    kind = kind_of(facts.image, facts.command).name
    if kind == "postgres":
        return scene.engine.environments([facts.id]).get(facts.id, {}).get("PGDATA")
    return (_chosen(facts.command) if kind in _CACHES else None) or _FOLDERS.get(kind)


def _data_first(change: containers.Change) -> tuple[bool, str]:
    return (not is_data(change.path), change.path)


def _in_layer(recording: Recording) -> Iterator[Finding]:
    found = [change.path for change in recording.changes or () if is_data(change.path)]
    if not found:
        return
    (folder, count), *others = Counter(folder_of(path) for path in found).most_common()
    evidence = [f"in the container's own layer: {path}" for path in found[:_MOST_SHOWN]]
    if len(found) > _MOST_SHOWN:
        evidence.append(f"and {len(found) - _MOST_SHOWN} more")
    also = f" (and in {', '.join(other for other, _ in others[:3])})" if others else ""
    text = f"{count} {'path' if count == 1 else 'paths'} in {folder}{also}, gone when the container is recreated"
    stateful = kind_of(recording.subject.facts.image, recording.subject.facts.command).stateful
    confidence = Confidence.CERTAIN if stateful else Confidence.LIKELY
    yield Finding(Grade.FAIL, text, _cause(recording, folder, tuple(evidence), confidence))


def _beside(recording: Recording) -> Iterator[Finding]:
    """A volume that looks like the one for the data, and is not where the data are."""
    mark, mounts = recording.mark(DATA_FOLDER), recording.subject.facts.mounts
    if mark is None:
        return
    over, near = covering(mark.detail, mounts), beside(mark.detail, mounts)
    if near is None or (over is not None and not over.anonymous):
        return
    where = "an anonymous volume" if over else "the container's own layer"
    evidence = (f"data: {mark.detail}, in {where}", f"{_name(near)}: mounted at {near.target}")
    text = f"{_name(near)} is beside the data: it is at {near.target}, they are in {mark.detail}"
    target = over.target if over else mark.detail
    fix = f"mount it at {target} instead; copy what is there first"
    yield Finding(Grade.WARN, text, Cause(causes.DATA_OUTSIDE_VOLUME, fix, evidence))


def _anonymous(recording: Recording) -> Iterator[Finding]:
    facts, mark = recording.subject.facts, recording.mark(DATA_FOLDER)
    cache = kind_of(facts.image, facts.command).name in _CACHES
    for mount in facts.anonymous_volumes:
        # The image's own volume is empty when redis keeps nothing, or is told to keep it elsewhere.
        if cache and mark and (_keeps_nothing(facts.command) or not covering(mark.detail, [mount])):
            continue
        where = "a VOLUME of the image, or a path without a name in the compose file"
        evidence = (f"{mount.target}: volume {mount.name[:12]}..., which nobody named", where)
        text = f"{mount.target} is an anonymous volume: after `down` and `up` it is an empty one"
        yield Finding(Grade.WARN, text, _cause(recording, mount.target, evidence, Confidence.CERTAIN))


def _nowhere(recording: Recording) -> Iterator[Finding]:
    """Nothing written yet, and no place for it: redis writes its first snapshot when it stops."""
    mark, facts = recording.mark(DATA_FOLDER), recording.subject.facts
    if mark is None or kind_of(facts.image, facts.command).name not in _CACHES:
        return
    if covering(mark.detail, facts.mounts) or facts.read_only or _keeps_nothing(facts.command):
        return
    text = f"nothing is mounted at {mark.detail}: what it will keep there is gone when the container is recreated"
    evidence = (f"data: {mark.detail}, in the container's own layer",)
    yield Finding(Grade.WARN, text, _cause(recording, mark.detail, evidence, Confidence.LIKELY))


def _chosen(command: Sequence[str]) -> str | None:
    """The folder that redis is told on its command line."""
    given = (following for word, following in pairwise(command) if word == "--dir")
    return next((folder for folder in given if folder.startswith("/")), None)


def _keeps_nothing(command: Sequence[str]) -> bool:
    """Whether a redis is told to be a cache only: `--save ""`, without an append only file."""
    words = [*command, ""]
    saves = any(word == "--save" and words[at + 1].strip("'\"") == "" for at, word in enumerate(command))
    return saves and "--appendonly" not in command


def _cause(recording: Recording, folder: str, evidence: tuple[str, ...], confidence: Confidence) -> Cause:
    facts = recording.subject.facts
    cache = kind_of(facts.image, facts.command).name in _CACHES
    move = ""
    if folder == "/":  # Docker mounts nothing there
        folder = _PLACE
        how = f"`--dir {folder}` at the end of its command" if cache else f"let it keep its data in {folder}"
        move = f"{how}, and "
    volume = f"{recording.service}-{folder.rpartition('/')[2]}"
    fix = f'{move}volumes: ["{volume}:{folder}"] in {recording.service}, and `{volume}:` below the top-level `volumes`'
    if facts.user.partition(":")[0] not in ("", "0", "root"):
        fix += f"; the folder must belong to {facts.user} in the image, or the new volume belongs to root"
    if cache:
        fix += "; or, if all of it may be lost, `--save ''` at the end of its command: it writes nothing then"
    return Cause(causes.DATA_OUTSIDE_VOLUME, fix, evidence, confidence)


def _name(mount: Mount) -> str:
    return f"volume {mount.name}" if mount.name else "the bind mount"
