"""What this machine has room for."""
