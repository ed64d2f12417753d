"""The one error that generation raises on purpose."""

from __future__ import annotations


class GeneratorError(Exception):
    """What went wrong, where, and what to do about it, in one sentence each."""

    def __init__(self, what: str, where: str, remedy: str) -> None:
        super().__init__(f"{what} ({where}). {remedy}")
        self.what = what
        self.where = where
        self.remedy = remedy

    def __reduce__(self) -> tuple[type[GeneratorError], tuple[str, str, str]]:
        # By default an exception is made anew from its message alone, on its way out of a worker process too.
        return type(self), (self.what, self.where, self.remedy)
