"""How runs went before, kept per project and checkout, and what has become worse since."""
