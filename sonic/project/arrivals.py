"""The models that no figure is made of."""

ARRIVALS = "base_ops__arriv"
"""What their names begin with: which rows a load brought. Increments ask them where to look, and what tells of origins
passes them over."""
