"""Load on one service straight to its address, stamped so finely that what was in flight at the signal can be told.

`request` holds the values, `classify` judges them (pure), `trial.try_out` finds out what a route can bear, and
`generator.Traffic` sends. The last two load asyncio, ssl and h11; the first two cost nothing to import.
"""
