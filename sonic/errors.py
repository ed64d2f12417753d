"""The one kind of error that a user is meant to read."""


class SonicError(Exception):
    """Something that the user can understand and mend.

    `what` happened, `where` (a file, a table, an address), and what `todo` about it. `code` is the
    process's exit status: 1 when the work failed, 2 when the request itself was wrong.
    """

    def __init__(self, what: str, where: str, todo: str, *, code: int = 1) -> None:
        super().__init__(f"{what} ({where}). {todo}")
        self.what = what
        self.where = where
        self.todo = todo
        self.code = code


class UsageError(SonicError):
    """The request itself was wrong: an unknown name, a value out of range."""

    def __init__(self, what: str, where: str, todo: str) -> None:
        super().__init__(what, where, todo, code=2)
