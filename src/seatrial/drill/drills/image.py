"""Is the image small enough, does the work run as somebody else than root, and is nothing built in that is secret?"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.drill import causes
from seatrial.drill.drill import Drill
from seatrial.drill.image import build_context
from seatrial.drill.image.image_secrets import cleaned, secrets
from seatrial.drill.image.image_size import MB, budget_of, size_findings
from seatrial.drill.image.secret_files import ignore_patterns, is_suspect, secret_files
from seatrial.drill.live import looking
from seatrial.drill.recording import Mark
from seatrial.drill.service.anatomy import shown
from seatrial.drill.service.workers import ROOT, uid, workers
from seatrial.drill.verdict import Cause, Confidence, Finding, Grade, Verdict, concluded
from seatrial.engine import images
from seatrial.engine.image_files import LIMIT_S, layer_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.drill.image.build_context import BuildContext
    from seatrial.drill.live.scene import Place, Scene
    from seatrial.drill.recording import Recording
    from seatrial.engine.images import Image
    from seatrial.engine.inside import Process

NAME = "image"
UNPINNED = "not pinned"
SECRET_FILE, UNREAD = "a secret file in a layer:", "its files were not read:"
_LARGEST = 1_500 * MB
_ROOT_NAMES = frozenset({"", "0", "root"})


def record(scene: Scene, place: Place) -> Recording:
    """Read image, history and build context; size and secrets can be told without a look inside, too."""
    found = looking.look(scene, NAME, place)
    if found.refusal:
        return found
    began = time.perf_counter()
    made_of = cleaned(images.image(found.subject.facts.image_id))
    build = _context(scene, place)
    unpinned = tuple(Mark(time.time_ns(), UNPINNED, base) for base in _unpinned(build))
    files = _files(made_of) if build else ()
    spent = found.overhead_s | {"image": time.perf_counter() - began}
    return replace(found, image=made_of, build=build, marks=(*found.marks, *unpinned, *files), overhead_s=spent)


def judge(recording: Recording) -> Verdict:
    """By its size against the budget, the live user, and what stands in environment and history."""
    image = recording.image
    if image is None:
        return Verdict(NAME, recording.service, Grade.INCONCLUSIVE, "its image could not be read")
    found = workers(recording.samples[-1], recording.port) if recording.samples else ()
    number = uid(found)
    user = f"uid {number}" if number is not None else "user not seen"
    fine = f"{image.size / MB:.0f} MB of {budget_of(recording) / MB:.0f} MB, {user}"
    findings = [
        *size_findings(recording, image),
        *_user(recording, found),
        *_built_in(recording, image),
        *_patches(recording),
    ]
    verdict = concluded(NAME, recording.service, findings, fine, _figures(recording, image, number))
    return replace(verdict, notes=(*verdict.notes, *_notes(recording, found)))


DRILL = Drill(
    NAME, "the image is within its budget, holds no secret, and its work is not done as root", judge, record, looks=True
)


def _context(scene: Scene, place: Place) -> BuildContext | None:
    build = scene.stack.builds().get(place.service)
    return build_context.read(build) if build else None


def _files(image: Image) -> tuple[Mark, ...]:
    """What is secret in the layers of an image that the project builds; a pulled one is public."""
    now = time.time_ns()
    if image.size > _LARGEST:
        return (Mark(now, UNREAD, f"the image has {image.size / MB:.0f} MB"),)
    try:
        return tuple(Mark(now, SECRET_FILE, text) for text in secret_files(layer_files(image.id, is_suspect)))
    except TimeoutError:
        return (Mark(now, UNREAD, f"reading takes longer than {LIMIT_S:.0f} s"),)


def _unpinned(build: BuildContext | None) -> tuple[str, ...]:
    """Base images without a digest; what was never in a registry has none to be pinned by."""
    bases = build.bases if build else ()
    return tuple(base for base in bases if "@sha256:" not in base and images.digests(base) != ())


def _user(recording: Recording, found: tuple[Process, ...]) -> Iterator[Finding]:
    roots = [process for process in found if process.uid == ROOT]
    if not roots:
        return
    configured = recording.subject.facts.user
    who = ", ".join(dict.fromkeys(shown(process) for process in roots[:3]))
    fix = _other_user(recording)
    if configured.partition(":")[0] in _ROOT_NAMES:
        yield Finding(Grade.WARN, f"{who} runs as root", Cause(causes.RUNS_AS_ROOT, fix, (f"{who}: uid 0",)))
        return
    evidence = (f"configured: user {configured}", f"live: {who}: uid 0")
    fix = "see what in the entrypoint makes it root again (sudo, a setuid program)"
    text = f"{who} runs as root, although user {configured} is configured"
    yield Finding(Grade.FAIL, text, Cause(causes.RUNS_AS_ROOT, fix, evidence))


def _other_user(recording: Recording) -> str:
    """The change, with the folders that the user must own: a service that cannot write them does not work."""
    mounts = recording.subject.facts.mounts
    folders = [mount.target for mount in mounts if mount.writable and mount.kind == "volume"]
    fix = 'USER 1000:1000 in the Dockerfile (or `user: "1000:1000"` in the compose file)'
    if not folders:
        return f"{fix}, and give it its folders"
    return f"first `chown -R 1000:1000 {' '.join(folders)}` as root in the container, then {fix}"


def _built_in(recording: Recording, image: Image) -> Iterator[Finding]:
    files = tuple(mark.detail for mark in recording.marks if mark.what == SECRET_FILE)
    places = tuple(secrets(image))
    if not places and not files:
        return
    fix = "give it when it runs (environment, secrets), or while it is built by `RUN --mount=type=secret`; change it"
    if files:
        fix = f"write `{ignore_patterns(files)}` into .dockerignore, one a line, and build again; {fix}"
    shown = ", ".join((*places, *(text.partition(": ")[0] for text in files)))
    evidence = (*(f"{place}: has a value" if " " in place else place for place in places), *files)
    cause = Cause(causes.SECRET_IN_IMAGE, fix, evidence, Confidence.LIKELY)
    yield Finding(Grade.WARN, f"everyone with access to the image can read {shown}", cause)


def _patches(recording: Recording) -> Iterator[Finding]:
    for patch in recording.build.patches if recording.build else ():
        if not patch.present:
            fix = f"put {patch.file} into the build context, or remove the patch"
            text = f"the patch of {patch.package} is missing: {patch.file}"
            yield Finding(Grade.WARN, text, Cause(causes.PATCH_UNFIT, fix, (f"patchedDependencies: {patch.package}",)))
        elif not patch.exact:
            fix = f"name the version that it was made for: {patch.package.rpartition('@')[0] or patch.package}@1.2.3"
            text = f"the patch {patch.file} is for no exact version: {patch.package}"
            yield Finding(Grade.WARN, text, Cause(causes.PATCH_UNFIT, fix, (f"patchedDependencies: {patch.package}",)))


def _notes(recording: Recording, found: tuple[Process, ...]) -> Iterator[str]:
    if unseen := recording.mark(looking.UNSEEN):
        yield f"as whom it runs could not be seen: {unseen.detail}"
    if unread := recording.mark(UNREAD):
        yield f"{unread.what} {unread.detail}"
    masters = [p for s in recording.samples[-1:] for p in s.processes if p.inner_pid == 1 and p.uid == ROOT]
    if found and masters and uid(found) != ROOT:
        yield f"{shown(masters[0])} is root, and its workers are not"
    for mark in recording.marks:
        if mark.what == UNPINNED:
            yield f"the base image {mark.detail} is not pinned: append its @sha256:..., and it stays what it is"
    name = recording.subject.facts.image
    if not recording.subject.service.builds and "@" not in name and _tag(name) in ("", "latest"):
        yield f"{name} has no version: what it is can change with every pull"


def _tag(name: str) -> str:
    return name.rpartition("/")[2].partition(":")[2]


def _figures(recording: Recording, image: Image, number: int | None) -> dict[str, float]:
    figures = {"image_bytes": float(image.size), "budget_bytes": float(budget_of(recording))}
    figures |= {} if number is None else {"uid": float(number)}
    return figures | {f"overhead_{part}_s": round(spent, 3) for part, spent in recording.overhead_s.items()}
