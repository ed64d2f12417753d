"""What dbt knows of the database's relations, found by name.

Asked for one relation, dbt walks through all that it knows, a millisecond each time; a node asks once or twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def found_by_name() -> Iterator[None]:
    """While it lasts, a relation of a schema that dbt has listed is found by its key in dbt's own list."""
    from dbt.adapters.base.impl import BaseAdapter
    from dbt.adapters.reference_keys import _ReferenceKey
    from dbt_common.utils.formatting import lowercase

    adapters: Any = BaseAdapter
    usual = adapters.get_relation

    def get_relation(adapter: Any, database: str, schema: str, identifier: str) -> Any:
        if identifier is None or not adapter._schema_is_cached(database, schema):
            return usual(adapter, database, schema, identifier)
        known = adapter.cache.relations.get(
            _ReferenceKey(lowercase(database), lowercase(schema), lowercase(identifier))
        )
        # refuses, as dbt does, a name that differs in its case
        found = adapter._make_match([known.inner] if known else [], database, schema, identifier)
        return found[0] if found else None

    adapters.get_relation = get_relation
    try:
        yield
    finally:
        adapters.get_relation = usual
