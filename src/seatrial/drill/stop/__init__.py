"""Stops: recorded, read from the recording, and why one was not graceful."""
