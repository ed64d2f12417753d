"""Generators of the platform's raw operational data: declarations (ddl), domains and the lake writer."""
