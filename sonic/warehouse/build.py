"""Building the warehouse: dbt over the whole project, recorded in ops.builds."""

import hashlib
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

from sonic.errors import SonicError
from sonic.paths import PROJECT, Home
from sonic.project.dbt import Dbt, Node, Progress
from sonic.warehouse.database import Database
from sonic.warehouse.postgres import Postgres

COMMAND = ("build", "--exclude-resource-type", "unit_test")

TEST_ALL_DAYS = 7
"""Days of data after which a build tests all rows again."""
ROWS_SHOWN = 3
"""Failing rows that the message of a failed test shows."""


@dataclass(frozen=True)
class Built:
    """What a build did."""

    data_date: date
    seconds: float
    nodes: tuple[Node, ...]

    @property
    def failures(self) -> list[Node]:
        return [node for node in self.nodes if node.failed]

    def count(self) -> Counter[str]:
        """Number of nodes by resource type."""
        return Counter(node.resource_type for node in self.nodes)


class BuildFailedError(SonicError):
    """dbt ran, and nodes failed."""

    def __init__(self, built: Built, where: str) -> None:
        listed = "\n".join(f"  {node.name} in {node.path}\n    {node.message[:300]}" for node in built.failures[:10])
        more = len(built.failures) - 10
        skipped = sum(node.status == "skipped" for node in built.nodes)
        super().__init__(
            f"{len(built.failures)} of {len(built.nodes)} nodes of the build failed, {skipped} were skipped:\n{listed}"
            + (f"\n  and {more} more" if more > 0 else ""),
            where,
            "Mend what is named, then run `sonic build` again; one node alone: `dbt build --select NAME`.",
        )
        self.built = built


def build(
    home: Home,
    database: Database,
    *,
    full_refresh: bool = False,
    test_all: bool = False,
    progress: Progress = lambda *_: None,
) -> Built:
    """Runs `dbt build` without unit tests, as the only load or build of the database.

    Tests of rows judge what came since the last good build where `last_tested_load` finds that enough; all rows with
    `full_refresh` or `test_all`.

    Raises `BuildFailedError` if a model or test fails; `SonicError` if nothing is loaded yet, dbt cannot run,
    or another load or build is at work.
    """
    with database.writer():
        return build_locked(home, database, full_refresh=full_refresh, test_all=test_all, progress=progress)


def build_locked(
    home: Home,
    database: Database,
    *,
    full_refresh: bool = False,
    test_all: bool = False,
    progress: Progress = lambda *_: None,
) -> Built:
    """As `build`, for a caller that holds the writer's lock already."""
    database.prepare()
    load_id, data_date = database.query("select max(load_id), max(arrival_date) from ops.loads")[1][0]
    if load_id is None:
        raise SonicError("Nothing is loaded yet", database.where, "Run `sonic load` first.")
    tested = None if full_refresh or test_all else last_tested_load(database)
    dbt = Dbt(home, database.target, database.name, tested)
    start = time.monotonic()
    with _recorded(database, load_id, data_date, tested) as outcome:
        command = [*COMMAND, *(["--full-refresh"] if full_refresh else [])]
        # In the project's own target folder other tools look for manifest and results.
        nodes = tuple(_explained(database, node) for node in dbt.run(command, progress, written=home.is_default))
        built = Built(data_date, time.monotonic() - start, nodes)
        outcome.nodes = len(built.nodes)
        outcome.failures = len(built.failures)
        if built.failures:
            raise BuildFailedError(built, f"{database.where}; log {dbt.log}")
    return built


def last_tested_load(database: Database) -> int | None:
    """The load up to which rows were tested and need not be again by the next build (decision 109); none: test all.

    All are tested unless the last build was good, of the same project, of earlier loads, with nothing purged since, and
    every row was tested within a week of data.
    """
    found = database.query(
        "select builds.last_load_id from ops.builds as builds"
        " cross join (select max(load_id) as load_id, max(arrival_date) as arrival_date from ops.loads) as loads"
        " where builds.build_id = (select max(build_id) from ops.builds)"
        f" and builds.status = 'good' and builds.project = '{project_digest()}'"
        " and builds.last_load_id < loads.load_id"
        " and not exists (select 1 from ops.purges as purges where purges.purged_at > builds.started_at)"
        " and exists (select 1 from ops.builds as whole where whole.status = 'good' and whole.tested_load_id is null"
        f" and loads.arrival_date - whole.data_date < {TEST_ALL_DAYS})"
    )[1]
    return found[0][0] if found and isinstance(database, Postgres) else None


def project_digest() -> str:
    """Digest of all that dbt makes the warehouse from."""
    digest = hashlib.sha256()
    folders = ("macros", "models", "seeds", "snapshots")
    files = [PROJECT / "dbt_project.yml", *(PROJECT / "tests").rglob("*.sql")]
    files += [file for folder in folders for file in (PROJECT / folder).rglob("*.*")]
    for file in sorted(file for file in files if file.is_file()):
        digest.update(f"{file.relative_to(PROJECT)}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()


def _explained(database: Database, node: Node) -> Node:
    """A failed test's message with the first of its failing rows: which column, which key."""
    if node.resource_type != "test" or node.status != "fail" or not node.compiled:
        return node
    try:
        columns, rows = database.query(f"select * from (\n{node.compiled}\n) as failing limit {ROWS_SHOWN}")
    except database.errors:
        return node
    shown = ("; ".join(f"{name}={value}" for name, value in zip(columns, row, strict=True)) for row in rows)
    return replace(node, message=" | ".join((node.message, *shown)))


@dataclass
class _Outcome:
    nodes: int = 0
    failures: int = 0


@contextmanager
def _recorded(database: Database, load_id: int, data_date: date, tested: int | None) -> Iterator[_Outcome]:
    """A row of ops.builds that ends as good, failed or interrupted; one left by a dead process is closed first."""
    database.execute("update ops.builds set status = 'abandoned', finished_at = now() where status = 'running'")
    build_id = database.value("select coalesce(max(build_id), 0) + 1 from ops.builds")
    database.execute(
        "insert into ops.builds (build_id, started_at, status, last_load_id, data_date, tested_load_id, project)"
        " values (%s, now(), 'running', %s, %s, %s, %s)",
        (build_id, load_id, data_date, tested, project_digest()),
    )
    outcome = _Outcome()

    def finish(status: str) -> None:
        database.execute(
            "update ops.builds set status = %s, finished_at = now(), nodes = %s, failures = %s where build_id = %s",
            (status, outcome.nodes, outcome.failures, build_id),
        )

    try:
        yield outcome
    except KeyboardInterrupt:
        finish("interrupted")
        raise
    except SonicError:
        finish("failed")
        raise
    finish("good")
