"""How far a warehouse has come: days in the lake, days loaded, the last good build."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sonic.warehouse.database import Database
from sonic.warehouse.lake import Lake


@dataclass(frozen=True)
class State:
    """Days are arrival days; `built_load_id` is the last load of the last build whose tests all passed."""

    lake_days: tuple[date, ...]
    loaded_days: tuple[date, ...]
    last_load_id: int
    built_load_id: int
    built_date: date | None
    built_at: datetime | None
    last_build: str | None

    @property
    def is_built(self) -> bool:
        """Whether all that is loaded is built and tested."""
        return self.last_load_id > 0 and self.built_load_id == self.last_load_id

    @property
    def data_clock(self) -> datetime | None:
        """The instant up to which arrivals are loaded (exclusive)."""
        return end_of(self.loaded_days[-1]) if self.loaded_days else None


def end_of(day: date) -> datetime:
    """The instant at which a UTC day ends."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), UTC)


def state_of(database: Database, lake: Lake) -> State:
    """Looks at the lake and at ops."""
    database.prepare()
    loads = database.query("select load_id, arrival_date from ops.loads order by arrival_date")[1]
    good = database.query(
        "select last_load_id, data_date, finished_at from ops.builds"
        " where status = 'good' order by build_id desc limit 1"
    )[1]
    last = database.query("select status from ops.builds order by build_id desc limit 1")[1]
    return State(
        lake_days=tuple(lake.dates()),
        loaded_days=tuple(row[1] for row in loads),
        last_load_id=max((row[0] for row in loads), default=0),
        built_load_id=good[0][0] if good else 0,
        built_date=good[0][1] if good else None,
        built_at=good[0][2] if good else None,
        last_build=last[0][0] if last else None,
    )
