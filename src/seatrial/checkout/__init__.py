"""What a checkout is and what is remembered of it. Little is loaded here: every verb asks."""
