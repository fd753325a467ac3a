"""The step that failed is found in the builder's progress. The lines are BuildKit's (buildx 0.13.1)."""

from __future__ import annotations

from seatrial.lifecycle.building.steps import Failed, Steps, line_of

RUN = 'RUN echo one   && for i in $(seq 40); do echo "line $i"; done   && exit 3'


def failed(text: str, *services: str) -> Failed | None:
    steps = Steps(services)
    for line in text.splitlines():
        steps.read(line)
    return steps.failed


def test_the_step_is_told_with_its_last_lines_and_nobody_elses() -> None:
    said = "\n".join(f"#5 0.{n:03} line {n}" for n in range(1, 41))
    found = failed(
        f"#5 [a build 2/4] {RUN}\n#6 [b 1/1] RUN make\n#6 0.1 from b\n{said}\n#6 0.2 more from b\n"
        '#5 ERROR: process "/bin/sh -c ..." did not complete successfully: exit code: 3\n#6 CANCELED\n',
        "a", "b",
    )  # fmt: skip
    assert found is not None
    assert (found.service, found.stage, found.count, found.why) == ("a", "build", "2/4", "exit code: 3")
    assert found.said == tuple(f"line {n}" for n in range(21, 41))
    written = 'FROM x\n# words\nRUN echo one \\\n  && for i in $(seq 40); do echo "line $i"; done \\\n  && exit 3\n'
    assert line_of(written, found.command) == 3


def test_what_is_missing_is_named_without_the_builders_own_numbers() -> None:
    found = failed(
        '#6 [b 2/2] COPY nonesuch /x\n#6 ERROR: failed to calculate checksum of ref e670::453q: "/nonesuch": not found',
        "b",
    )
    assert found == Failed("b", "", "2/2", "COPY nonesuch /x", '"/nonesuch": not found', ())


def test_a_build_that_ends_well_has_none() -> None:
    assert failed("#5 [a 2/2] RUN x\n#5 0.1 ERROR: said by a program\n#5 DONE 0.2s", "a") is None


def test_an_instruction_that_is_written_otherwise_has_no_line() -> None:
    assert line_of("FROM x\nRUN a\n\nRUN b \\\n # why\n c\n", "RUN b c") == 4
    assert line_of("FROM x\nCOPY $SRC /x\n", "COPY src /x") is None
