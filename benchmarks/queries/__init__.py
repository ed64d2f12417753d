"""Queries as people ask them of the marts: those of dashboards, and those that no index was made for."""
