"""Entry point of the `seatrial` command. ^C while the program is being loaded ends it as ^C does later."""


def main() -> None:
    """Load the program and run it."""
    try:
        from seatrial.program import main as run

        run()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
