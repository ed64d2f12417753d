"""The dbt project as a tool: its packages, its runs in process."""
