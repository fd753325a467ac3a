"""What people and programs are shown, always from result values; the only place that prints."""
