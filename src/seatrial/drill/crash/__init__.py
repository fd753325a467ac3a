"""Crashes and hangs: done past the engine, read from the recording, and why nothing came back."""
