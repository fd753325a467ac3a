"""seatrial: bring a Docker Compose stack up verified, keep it in sync, and prove that it stops and comes back.

`from seatrial import ns` in a `tasks.py` gives a project all verbs. Importing this package is cheap: nothing is read,
no client is made, and neither python-on-whales nor rich is loaded before a verb needs it. The verbs themselves, and
Invoke with them, come when `ns` is asked for: pytest imports this package wherever it is installed.
"""

TYPE_CHECKING = False  # `typing` itself takes its time, and the command catches ^C only after this module

if TYPE_CHECKING:
    from invoke import Collection

    ns: Collection

__all__ = ["ns"]


def __getattr__(name: str) -> object:
    if name == "ns":
        from seatrial.verbs import ns

        return ns
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
