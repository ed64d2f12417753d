"""Superset as `make superset` runs it: for one person on one machine, its own tables in a file of its own."""

import os

SECRET_KEY = os.environ["SONIC_SUPERSET_SECRET"]
SQLALCHEMY_DATABASE_URI = f"sqlite:///{os.environ['SUPERSET_HOME']}/superset.db"
# It answers this machine alone, without TLS.
TALISMAN_ENABLED = False
SESSION_COOKIE_SAMESITE = "Lax"
