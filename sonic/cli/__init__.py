"""The command `sonic`."""

from sonic.cli.app import main

__all__ = ["main"]
