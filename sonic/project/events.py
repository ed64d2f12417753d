"""dbt's events that nobody hears, and what is found out only for them, left out.

Beside what its log and its callers are told, dbt makes a message and a line of text of each event meant for debugging,
dozens for a node, and drops them at the very end: a seventh of its processor time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def without_unheard() -> Iterator[None]:
    """While it lasts, events below the level of the log (`--log-level-file info`) are not made into messages.

    Nor are they filled with what they tell, unless someone asks.
    """
    from dbt_common.events.base_types import BaseEvent, EventLevel
    from dbt_common.events.event_manager import EventManager

    managers: Any = EventManager
    events: Any = BaseEvent
    fire, fill, look_up = managers.fire_event, events.__init__, events.__getattr__
    unheard = {EventLevel.DEBUG, EventLevel.TEST}

    def fire_heard(manager: Any, e: Any, level: Any = None, **options: Any) -> None:
        if (level or e.level_tag()) not in unheard:
            fire(manager, e, level=level, **options)

    def fill_heard(event: Any, *args: Any, **told: Any) -> None:
        if event.level_tag() in unheard:
            vars(event)["untold"] = args, told
        else:
            fill(event, *args, **told)

    def look_up_filled(event: Any, name: str) -> Any:
        if "untold" in vars(event):
            args, told = vars(event).pop("untold")
            fill(event, *args, **told)
            return getattr(event, name)
        return look_up(event, name)

    managers.fire_event = fire_heard
    events.__init__ = fill_heard
    events.__getattr__ = look_up_filled
    try:
        yield
    finally:
        managers.fire_event = fire
        events.__init__ = fill
        events.__getattr__ = look_up


@contextmanager
def unsourced_flags() -> Iterator[None]:
    """While it lasts, a flag of an adapter's behaviour does not look up which module made it.

    To do so it walks through all loaded modules for each frame, a second for a command, to name the module in the
    event that such a flag is off.
    """
    from dbt_common.behavior_flags import BehaviorFlagRendered

    flags: Any = BehaviorFlagRendered
    usual = vars(flags)["_default_source"]
    flags._default_source = staticmethod(lambda: "dbt.adapters")
    try:
        yield
    finally:
        flags._default_source = usual
