"""`watch`: running containers kept equal to the sources."""
