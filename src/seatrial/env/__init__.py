"""The environment contract: a schema, the values a stack gets, and what is wrong between the two.

Reads text and returns values. It never runs Compose and raises nothing for a mistake in a user's file: what is wrong
comes back as `Problem` values.
"""
