"""What stands in the way of working on a project, on this machine and in its files; what to do about it, and why."""
