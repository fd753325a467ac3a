"""A command line that cannot be understood: what is wrong with it, how it is typed, and exit code 2."""

from __future__ import annotations

import pytest

from seatrial.program import main

MISTYPED = [
    ("upp", "there is no verb `upp`", "did you mean `up`? `seatrial --list` tells the verbs"),
    ("drill.lst", "there is no verb `drill.lst`", "did you mean `drill.list`? "),
    ("xyzzy", "there is no verb `xyzzy`", "`seatrial --list` tells the verbs"),
    ("--help nosuch", "there is no verb `nosuch`", "`seatrial --list` tells the verbs"),
    ("--list nosuch", "there is no group of verbs `nosuch`", "use one of drill, env, watch"),
    ("up watc", "`up` takes no word `watc`", "did you mean `watch`? "),
    ("up --nosuch", "`up` has no flag --nosuch", "`seatrial --help up` tells its flags"),
    ("up --servce web", "`up` has no flag --servce", "did you mean --service? "),
    ("--service web up", "`seatrial` has no flag --service", "behind it: seatrial up --service web"),
    ("--service up up --dry", "`seatrial` has no flag --service", "behind it: seatrial up --service up --dry"),
    ("--profile cache up", "`seatrial` has no flag --profile", "behind it: seatrial up --profile cache"),
    ("--profile=cache ps", "`seatrial` has no flag --profile", "behind it: seatrial ps --profile=cache"),
    ("--json up --watch", "`seatrial` has no flag --json", "behind it: seatrial up --json --watch"),
    ("--nosuch ps", "`seatrial` has no flag --nosuch", "those of a verb stand behind the verb"),
    ("up --build --no-build", "--build and --no-build contradict each other", "leave one of them out"),
    ("--service web", "`seatrial` has no flag --service", "those of a verb stand behind the verb"),
    ("-p foo ps", "-p names no project here", "fix: seatrial ps --project-name foo"),
    ("ps -p foo", "-p names no project here", "fix: seatrial ps --project-name foo"),
    ("-p foo exec web -- sh -p x", "-p names no project here", "exec --project-name foo web -- sh -p x"),
    ("-p foo", "-p names no project here", "seatrial VERB --project-name foo"),
    ("exec", "`exec` needs NAME, the service", "seatrial exec NAME -- COMMAND [ARGUMENT ...]"),
    ("env.explain", "`env.explain` needs NAME, the variable", "seatrial env.explain NAME"),
    ("env.explain A B", "`env.explain` takes no word `B`", "`seatrial --help env.explain` tells what it takes"),
    ("exec web node -v", "`exec` takes no word `node`", "two dashes: seatrial exec web -- node -v"),
    ("exec web -it sh", "`exec` has no flag -i", "two dashes: seatrial exec web -- sh"),
    ("exec -T web env", "`exec` takes no word `web`", "two dashes: seatrial exec web -- env"),
    ("exec -it web sh", "`exec` has no flag -t", "two dashes: seatrial exec web -- sh"),
    ("exec -u root web id -u", "`exec` takes no word `root`", "docker compose exec -u root web id -u"),
    ("top", "there is no verb `top`", "docker compose top"),
    ("start", "there is no verb `start`", "use `seatrial up`, or"),
    ("topp", "there is no verb `topp`", "did you mean `top`? it is a command of Compose: `docker compose top`"),
    ("port web 80", "there is no verb `port`", "docker compose port"),
    ("config", "there is no verb `config`", "use `seatrial env`, or"),
    ("logs web", "`logs` takes no word `web`", "seatrial logs --service web"),
    ("restart web", "`restart` takes no word `web`", "seatrial restart --service web"),
    ("logs -f", "-f has no value", "to follow, use --follow; -f VALUE: Compose file"),
    ("logs -f --timestamps", "-f has no value", "to follow, use --follow"),
    (
        "logs -f web",
        "no compose file web (named by -f)",
        "to follow, use --follow: seatrial logs --service web --follow",
    ),
    ("-f", "-f has no value", "-f VALUE: Compose file"),
    ("logs --service", "--service has no value", "--service VALUE: only this service"),
    ("up -d", "`up` has no flag -d", "leave it out"),
    ("up --env-file=x", "`up` has no flag --env-file", "export COMPOSE_ENV_FILES=FILE"),
    ("up --force-recreate", "`up` has no flag --force-recreate", "use --recreate"),
    ("up --no-deps", "`up` has no flag --no-deps", "it is a flag of Compose: `docker compose up --no-deps`"),
    ("up --scale web=3", "`up` has no flag --scale", "docker compose up --scale"),
    ("ps -a", "`ps` has no flag -a", "leave it out: seatrial ps does that in any case"),
    ("ps --services", "`ps` has no flag --services", "docker compose config --services"),
    ("down --remove-orphans", "`down` has no flag --remove-orphans", "leave it out"),
    ("restart -t 5", "`restart` has no flag -t", "docker compose restart -t"),
    ("down -v", "`down` has no flag -v", "use --volumes"),
    ("drill --repeat", "--repeat has no value", "--repeat N: how often"),
    ("drill --repeat x", "--repeat is 'x'", "give it a whole number"),
    ("--list-depth x --list", "--list-depth is 'x'", "give it a whole number"),
]


@pytest.mark.parametrize(("typed", "what", "fix"), MISTYPED, ids=[typed for typed, *_ in MISTYPED])
def test_it_is_said_how_it_is_typed(typed: str, what: str, fix: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["seatrial", *typed.split()])
    out, err = capsys.readouterr()
    assert (end.value.code, out) == (2, "")
    first, second = err.splitlines()
    assert first == f"error: {what}"
    assert second.startswith("  fix: ")
    assert fix in second


def test_help_begins_with_the_verbs_and_tells_of_no_flag_what_it_does_not_do(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["seatrial", "--help"])
    told = capsys.readouterr().out
    verbs, flags = told.split("Core options:")
    assert "Start the stack and verify that it is up." in verbs
    assert "-R, --dry" in flags
    assert "Print what would be done" in flags
    assert "running" not in flags
    assert not any(flag in told for flag in ("--hide", "--warn-only", "--pty", "--complete "))
    assert "--print-completion-script" in flags
