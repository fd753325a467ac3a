"""The side that sees and touches what runs: events, traffic, processes; and puts everything back."""
