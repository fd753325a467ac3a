"""Images are built: all at once, and of a build that fails the step is told."""
