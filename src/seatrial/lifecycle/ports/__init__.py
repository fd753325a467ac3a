"""Ports on the host: which are wanted, which are taken and by whom, and which are free instead."""

from seatrial.lifecycle.ports.culprit import holder

__all__ = ["holder"]
