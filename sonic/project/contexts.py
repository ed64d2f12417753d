"""What a node's template sees, made again and again by dbt, kept by a thread from one node to the next.

For each node dbt makes two contexts, and for each context an object for each of the project's and its own 700 macros,
of which a node calls a dozen: a sixth of its processor time. A thread of dbt has these objects once and lets them look
at the context of the node that it is at.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from threading import local
from typing import Any


class _Namespace(dict[str, Any]):
    """All macros by name, as dbt's namespace finds them, looked up before; its macros can be had for any context."""

    def __init__(self, made: Any, builder: Any, macros: Any) -> None:
        super().__init__(made)
        self.get_from_package = made.get_from_package
        self._macros = macros
        by_package = (*builder.packages.values(), *builder.internal_packages.values())
        self._callable = [macro for package in by_package for macro in package.values()]

    def look_at(self, context: dict[str, Any], node: Any, stack: Any) -> None:
        """Makes all macros those of a context."""
        for macro in self._callable:
            macro.context = context
            macro.node = node
            macro.stack = stack


@dataclass
class _Thread(local):
    """What a thread of dbt keeps: namespaces that no context uses, and those of the node that it is at."""

    free: dict[tuple[Any, ...], list[Any]] = field(default_factory=dict)
    taken: list[tuple[list[Any], Any]] | None = None


_thread = _Thread()


@contextmanager
def kept_between_nodes() -> Iterator[None]:
    """While it lasts, threads that run nodes keep their macros' namespaces, and results are typed by kept testers.

    A unit test may put other macros into its namespace, and has one of its own.
    """
    from dbt.context.macros import MacroNamespaceBuilder
    from dbt.contracts.graph.nodes import UnitTestNode
    from dbt.task.base import BaseRunner
    from dbt_common.clients import agate_helper

    builders: Any = MacroNamespaceBuilder
    runners: Any = BaseRunner
    helpers: Any = agate_helper
    build, run, tester = builders.build_namespace, runners.safe_run, helpers.build_type_tester

    def build_namespace(builder: Any, macros: Any, context: dict[str, Any]) -> Any:
        if _thread.taken is None or isinstance(builder.node, UnitTestNode):
            return build(builder, macros, context)
        # a namespace holds the macros that it was made of: no others can have their identity
        key = (id(macros), builder.root_package, builder.search_package, *builder.internal_package_names_order)
        free = _thread.free.setdefault(key, [])
        namespace = free.pop() if free else _Namespace(build(builder, macros, {}), builder, macros)
        _thread.taken.append((free, namespace))
        namespace.look_at(context, builder.node, builder.thread_ctx)
        return namespace

    def safe_run(runner: Any, manifest: Any) -> Any:
        _thread.taken = []
        try:
            return run(runner, manifest)
        finally:
            for free, namespace in _thread.taken:
                free.append(namespace)
            _thread.taken = None

    @lru_cache(maxsize=256)
    def kept_tester(columns: frozenset[str], nulls: tuple[str, ...]) -> Any:
        return tester(columns, nulls)

    def build_type_tester(text_columns: Any, string_null_values: Any = ("null", "")) -> Any:
        return kept_tester(frozenset(text_columns), tuple(string_null_values))

    builders.build_namespace = build_namespace
    runners.safe_run = safe_run
    helpers.build_type_tester = build_type_tester
    try:
        yield
    finally:
        builders.build_namespace = build
        runners.safe_run = run
        helpers.build_type_tester = tester
