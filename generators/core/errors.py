"""The one error that generation raises on purpose."""

from __future__ import annotations


class GeneratorError(Exception):
    """What went wrong, where, and what to do about it, in one sentence each."""

    def __init__(self, what: str, where: str, remedy: str) -> None:
        super().__init__(f"{what} ({where}). {remedy}")
        self.what = what
        self.where = where
        self.remedy = remedy
