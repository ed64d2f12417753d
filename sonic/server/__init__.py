"""The embedded PostgreSQL: binaries from a wheel, run on 127.0.0.1 for this user alone."""

from sonic.server.control import Server, ServerStatus

__all__ = ["Server", "ServerStatus"]
