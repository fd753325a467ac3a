"""The Docker engine of this machine: find it, ask it, install it, start it, stop what was started here."""
