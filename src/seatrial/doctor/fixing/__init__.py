"""Carries out the fixes that are safe, and takes back what did not do what was meant."""
