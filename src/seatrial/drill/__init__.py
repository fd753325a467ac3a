"""Drills: prove that every service stops gracefully, comes back, and is configured so that this can be true.

A drill looks (or acts and records), then judges. Judging is pure: facts or a recording in, a verdict out.
"""
