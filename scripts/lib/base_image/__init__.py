"""The base image of this project's containers: from an image registry, or put together where none can be reached."""
