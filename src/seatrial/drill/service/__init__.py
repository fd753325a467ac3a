"""What a service is: its processes, its kind, its routes, what its compose file says of it."""
