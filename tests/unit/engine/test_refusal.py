"""What the engine's words of refusal mean: the table holds examples of real engines, and each is classified here."""

from __future__ import annotations

import re
import string

import pytest

from seatrial.engine.refusal import UNKNOWN, Row, classify, engine_words, plain_error, rows

EXAMPLES = [(row, words) for row in rows() for words in row.examples]


@pytest.mark.parametrize(("row", "words"), EXAMPLES, ids=lambda value: value.kind if isinstance(value, Row) else "")
def test_every_example_of_the_table_belongs_to_its_own_row(row: Row, words: str) -> None:
    for framed in (
        words,
        f"{words}: unknown",
        f" Container shop-web-1  Starting\nError response from daemon: {words}\n",
    ):
        found = classify(framed, "web")
        assert (found.kind, found.keys) == (row.kind, row.keys)
        assert re.search(row.words, plain_error(engine_words(words)))
        assert not re.search(r"[{}]|\(\)|  | ,|veth|[0-9a-f]{64}", found.reason), found.reason


def test_every_row_has_an_example_a_source_and_only_fields_that_its_pattern_has() -> None:
    for row in rows():
        assert row.examples, row.kind
        assert row.source.startswith(("moby/", "runc/", "compose/", "tini/")), row.source
        fields = {name for text in (row.reason, row.fix) for _, name, _, _ in string.Formatter().parse(text) if name}
        assert fields <= {"service", *re.compile(row.words).groupindex}, row.kind


def test_words_that_the_table_does_not_hold_are_shown_as_the_engines_own() -> None:
    found = classify("failed to create task for container: flux capacitor is missing: unknown", "web")
    assert found.kind == UNKNOWN
    assert found.reason.endswith(
        "seatrial does not know: failed to create task for container: flux capacitor is missing"
    )


def test_the_same_refusal_is_the_same_result_from_each_of_its_three_sources() -> None:
    in_response = (
        "driver failed programming external connectivity on endpoint shop-db-1 (98c3): Bind for 0.0.0.0:5432 failed: "
        "port is already allocated"
    )
    in_state = in_response.replace("98c3", "77aa")
    by_compose = f" Container shop-db-1  Starting\nError response from daemon: {in_response}\n"
    assert classify(in_response) == classify(in_state) == classify(by_compose)
    assert classify(in_response).port == 5432


def test_a_fixed_address_in_use_is_no_port() -> None:
    found = classify("failed to set up container networking: Address already in use", "web")
    assert (found.kind, found.port) == ("address-in-use", None)
    assert "fixed address" in found.reason


KINDS = (
    'error mounting "/srv/site.conf" to rootfs at "/etc/nginx.conf": mount /srv/site.conf:/etc/nginx.conf (via '
    "/proc/self/fd/6), flags: 0x5000: not a directory: unknown: Are you trying to mount a directory onto a file"
)


@pytest.mark.parametrize(
    ("is_directory", "reason", "fix"),
    [
        (True, "/srv/site.conf is a directory and /etc/nginx.conf in the image is a file", "rmdir /srv/site.conf, "),
        (
            False,
            "/srv/site.conf is a file and /etc/nginx.conf in the image is a directory",
            "/etc/nginx.conf/site.conf",
        ),
        (None, "one of them is a file and the other is a directory", "mount a file on a file"),
    ],
)
def test_which_of_the_two_is_the_directory_is_said_where_it_can_be_seen(
    *, is_directory: bool | None, reason: str, fix: str
) -> None:
    found = classify(KINDS, "web", lambda _: is_directory)
    assert reason in found.reason
    assert fix in found.fix


def test_of_the_engines_chain_of_causes_the_last_is_kept_without_what_changes_from_start_to_start() -> None:
    runc = (
        "failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: "
    )
    assert plain_error(f'{runc}exec: "x": executable file not found in $PATH: unknown') == (
        'exec: "x": executable file not found in $PATH'
    )
    assert plain_error(f"mkdir /var/lib/docker/overlay2/{'a1' * 32}/merged/d/none: read-only file system") == (
        "mkdir /d/none: read-only file system"
    )
    assert plain_error("something new") == "something new"


def test_a_name_in_the_engines_frame_is_not_taken_for_its_reason() -> None:
    frame = "driver failed programming external connectivity on endpoint apparmor-web-1 (98c3): "
    assert classify(f"{frame}Bind for 0.0.0.0:80 failed: port is already allocated").kind == "port-in-use"
