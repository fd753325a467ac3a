"""The client, its plugins and the engine."""
