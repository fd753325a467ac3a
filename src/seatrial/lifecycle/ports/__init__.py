"""Ports on the host: which are wanted, which are taken and by whom, and which are free instead."""
