"""The independent truth: what the marts must say, worked out in plain Python from the clean lake and the definitions.

Nothing here knows how the warehouse works: no SQL, no dbt, no generator. Integers and fractions, one function a notion.
"""
