"""Of a build's progress only what really happened is shown. The lines are BuildKit's (buildx 0.13.1)."""

from __future__ import annotations

from seatrial.report.build_log import BuildLog

CACHED = """#0 building with "default" instance using docker driver
#1 [gateway internal] load build definition from Dockerfile
#1 transferring dockerfile: 2.21kB done
#1 DONE 0.0s
#2 [gateway pnpm 2/4] WORKDIR /src
#2 CACHED
#3 [gateway] exporting to image
#3 exporting layers done
#3 writing image sha256:cc5f done
#3 naming to docker.io/library/shop-gateway done
#3 DONE 0.0s"""

RAN = """#23 [gateway build 1/1] RUN pnpm run build
#23 0.564 > gateway@1.0.0 build /src
#23 0.651   dist/gateway.mjs  177.3kb
#23 DONE 0.7s"""


def shown(text: str) -> list[str]:
    log = BuildLog()
    return [kept for line in text.splitlines() for kept in log.worth(line)]


def test_a_build_that_only_found_what_it_had_says_nothing() -> None:
    assert shown(CACHED) == []


def test_a_step_that_ran_is_shown_with_what_it_said() -> None:
    assert shown(RAN) == RAN.splitlines()[:3]


def test_steps_that_run_side_by_side_keep_their_own_headers() -> None:
    text = "#1 [a 1/1] RUN x\n#2 [b 1/1] RUN y\n#2 0.1 from y\n#1 0.2 from x\n#1 0.3 more"
    assert shown(text) == ["#2 [b 1/1] RUN y", "#2 0.1 from y", "#1 [a 1/1] RUN x",
                           "#1 0.2 from x", "#1 0.3 more"]  # fmt: skip


def test_an_error_and_what_is_no_build_line_is_shown() -> None:
    assert shown("#5 ERROR: process did not complete") == ["#5 ERROR: process did not complete"]
    assert shown(" Container shop-a-1  Started") == [" Container shop-a-1  Started"]
    assert shown("--progress is a global compose flag, better use `docker compose --progress xx build ...") == []


def test_of_steps_only_their_headers_are_shown_and_of_a_failure_nothing() -> None:
    log = BuildLog(steps=True)
    text = f"{RAN}\n#24 [gateway 2/2] RUN x\n#24 0.1 y\n#24 ERROR: no\n------\n > [gateway 2/2] RUN x:\n0.1 y"
    kept = [line for one in text.splitlines() for line in log.worth(one)]
    assert kept == ["#23 [gateway build 1/1] RUN pnpm run build", "#24 [gateway 2/2] RUN x"]


def test_what_the_error_quotes_is_not_shown_before_it() -> None:
    log = BuildLog(steps=True)
    said = (" web Pulling", " web Error no such host", " Image shop/web:1 Error no", "Error response from daemon: no")
    assert [kept for line in said for kept in log.worth(line)] == [" web Pulling"]
