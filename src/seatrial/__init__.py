"""seatrial: bring a Docker Compose stack up verified, keep it in sync, and prove that it stops and comes back.

`from seatrial import ns` in a `tasks.py` gives a project all verbs. Importing this package is cheap: nothing is read,
no client is made, and neither python-on-whales nor rich is loaded before a verb needs it.
"""

from seatrial.verbs import ns

__all__ = ["ns"]
