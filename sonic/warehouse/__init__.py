"""The warehouse in a database: opened by target, loaded from the lake, built by dbt, asked."""
