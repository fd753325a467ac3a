"""Files of the host into a container, and out of it again."""

from __future__ import annotations

from seatrial.watch.sync.destination import Destination, destination
from seatrial.watch.sync.digests import UNSEEN, digests
from seatrial.watch.sync.send import send
from seatrial.watch.sync.values import Batch, Delivered, Sent

__all__ = ["UNSEEN", "Batch", "Delivered", "Destination", "Sent", "destination", "digests", "send"]
