"""What a compose file costs people every day."""
