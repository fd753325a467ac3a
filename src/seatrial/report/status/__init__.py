"""How a stack is shown: one look, as JSON, or a view of the terminal that goes on."""
