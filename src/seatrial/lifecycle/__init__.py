"""Up, down, stop, restart, logs: observe, plan (pure), carry out."""
