"""`say`"""

from invoke import Context, task


@task
def say(c: Context, text: str) -> None:
    """Send the bot a message as a person would, and print its reply."""
