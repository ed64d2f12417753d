"""Dashboards: a static site of the marts' figures that needs neither server nor network."""
