"""Randomness, the world of entities, popularity, calendars and the writer of the lake."""
