"""The Docker Engine API over the engine's own socket, for what is asked often: a client process costs 20 to 80 ms."""
