"""dbt's events that nobody hears, left out.

Beside what its log and its callers are told, dbt makes a message and a line of text of each event meant for debugging,
dozens for a node, and drops them at the very end: a seventh of its processor time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def without_unheard() -> Iterator[None]:
    """While it lasts, events below the level of the log (`--log-level-file info`) are not made into messages."""
    from dbt_common.events.base_types import EventLevel
    from dbt_common.events.event_manager import EventManager

    managers: Any = EventManager
    fire = managers.fire_event
    unheard = {EventLevel.DEBUG, EventLevel.TEST}

    def fire_heard(manager: Any, e: Any, level: Any = None, **options: Any) -> None:
        if (level or e.level_tag()) not in unheard:
            fire(manager, e, level=level, **options)

    managers.fire_event = fire_heard
    try:
        yield
    finally:
        managers.fire_event = fire
