"""The command line of Sonic Warehouse and what it runs: server, lake, load, build, questions."""
