"""Lets `python -m sonic` stand for the `sonic` script."""

from sonic.cli import main

if __name__ == "__main__":
    main()
