"""How Compose reads an env file: statements, dollars, and the values of its variables. Opens no file by itself."""
