"""sqlfluff as a program that seldom looks for garbage: `python seldom.py ARGUMENT...`.

It parses each file into a tree of many small objects, beside dbt's manifest; to walk through them again and again took
half of its time.
"""

import gc

from sqlfluff.cli.commands import cli

# at the top, as each process that sqlfluff spawns imports this file
gc.set_threshold(100_000, 50, 100)

if __name__ == "__main__":
    cli()
