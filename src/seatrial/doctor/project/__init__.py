"""What is where it should be, and what is in the way."""
