"""Marts for BI tools: extracts and data sources for Tableau, a semantic model for Power BI.

All of it is derived from what dbt knows of the marts: contracts give the types, descriptions the words, the tests of
keys the relationships. Nothing here names a mart.
"""
