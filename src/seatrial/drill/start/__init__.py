"""Starts: recorded, read from the recording, and what was wrong with one."""
