"""Outages of a dependency: done to it under traffic on its dependent, and what they did to that one."""
