"""Typing all that documents say takes long: `make test-docs` asks for it; without that nothing is collected."""

import os

collect_ignore = [] if os.environ.get("SONIC_DOCS") else ["test_commands.py"]
