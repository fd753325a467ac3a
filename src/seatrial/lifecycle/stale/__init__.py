"""Is an image older than what it is built from?"""
