"""The model that no figure is made of."""

ARRIVALS = "base_ops__arrivals"
"""Which rows a load brought, of all tables: increments ask it where to look. What tells of origins passes it over."""
