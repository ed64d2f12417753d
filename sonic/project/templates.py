"""Templates that dbt compiles once instead of each time it meets them.

dbt has Jinja turn the same text into the same code again and again: the call of a test, a reference, a condition, for
each node and in each command anew. It was a fifth of the time that a node takes beside its statements.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType
from typing import Any

_compiled: dict[tuple[type, str], CodeType] = {}


@contextmanager
def compiled_once() -> Iterator[None]:
    """While it lasts, the code of a template is kept, by its text and the kind of environment it is for.

    Environments of one kind differ in what a name means that is not defined, which only rendering asks for.
    """
    from dbt_common.clients.jinja import MacroFuzzEnvironment, NativeSandboxEnvironment

    kinds: tuple[Any, ...] = (MacroFuzzEnvironment, NativeSandboxEnvironment)
    usual = [kind.compile for kind in kinds]

    def kept(compile_anew: Any) -> Any:
        def compile_template(environment: Any, source: str, *more: Any, **options: Any) -> CodeType:
            if more or options or not isinstance(source, str):
                code: CodeType = compile_anew(environment, source, *more, **options)
                return code
            key = (type(environment), source)
            if key not in _compiled:
                _compiled[key] = compile_anew(environment, source)
            return _compiled[key]

        return compile_template

    for kind, compile_anew in zip(kinds, usual, strict=True):
        kind.compile = kept(compile_anew)
    try:
        yield
    finally:
        for kind in kinds:
            del kind.compile
