"""dbt in this process: its own log goes to a file, its events to a progress bar, its results to the caller."""

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from sonic import profiles
from sonic.errors import SonicError
from sonic.paths import IS_REPOSITORY, MAIN_DATABASE, PROJECT, Home
from sonic.project import connections, contexts, packages, parsed, relations
from sonic.project.events import unsourced_flags, without_unheard
from sonic.project.templates import compiled_once

Progress = Callable[[str, int, int], None]
"""Told the node that dbt has come to, its number and how many there are."""
Listener = Callable[[Any], None]

POSTGRES_OPTIONS = "-c enable_nestloop=off -c jit=off"
"""For the sessions of a build, on any server: joins of whole tables, whose sizes the planner underrates."""

COLLECT_AFTER = (100_000, 50, 100)
"""Thresholds of the garbage collector: each node makes thousands of small objects over a manifest that stays."""

BAD = frozenset({"error", "fail", "runtime error", "partial success"})
GOOD = frozenset({"success", "pass", "no-op"})


@dataclass(frozen=True)
class Node:
    """One node that dbt ran: a model, seed, snapshot, test or analysis."""

    name: str
    resource_type: str
    status: str
    message: str
    path: str
    compiled: str

    @property
    def failed(self) -> bool:
        return self.status in BAD


class Dbt:
    """The project's dbt for one target and database of a state folder."""

    def __init__(self, home: Home, target: str, database: str, tested_load_id: int | None = None) -> None:
        """`tested_load_id`: rows of loads up to it need not be tested again (decision 109); without it all are."""
        self.home = home
        self.target = target
        self.database = database
        self.tested_load_id = tested_load_id
        usual = target == profiles.EMBEDDED and database == MAIN_DATABASE
        # a target path of its own keeps dbt's parse cache valid when targets take turns
        self.target_path = home.work / "target" if usual else home.work / "target" / f"{target}-{database}"
        self.log_path = home.work / "logs"

    @property
    def log(self) -> Path:
        return self.log_path / "dbt.log"

    def run(
        self,
        command: Sequence[str],
        progress: Progress = lambda *_: None,
        manifest: Any | None = None,
        listen: Listener | None = None,
        written: bool = False,
    ) -> list[Node]:
        """Runs a dbt command and returns its nodes, failed ones included.

        It reads the project anew only if a file of it has changed since this process last did, or not at all if it is
        given a manifest. `listen` is told each of dbt's events, those for debugging too. Manifest and results lie in
        the target path afterwards only if they are to be `written`, which takes a second or two.

        Raises:
            SonicError: dbt could not run the project at all (it does not parse, a selector finds nothing ...).
            KeyboardInterrupt: the user interrupted; dbt has cancelled its queries by then.
        """
        return [_node(entry) for entry in self._results(command, progress, manifest, listen, written)]

    def operate(self, macro: str) -> None:
        """Runs a macro of the project by itself.

        Raises:
            SonicError: the macro failed, with what dbt says of it, or dbt could not run the project at all.
        """
        (result,) = self._results(["run-operation", macro])
        if str(result.status) not in GOOD:
            raise self._broken(RuntimeError(result.message))

    def _results(
        self,
        command: Sequence[str],
        progress: Progress = lambda *_: None,
        manifest: Any | None = None,
        listen: Listener | None = None,
        written: bool = False,
    ) -> list[Any]:
        from dbt.cli.main import dbtRunner

        packages.ensure()
        if manifest is None:
            manifest = self.manifest(*_variables(command))
        told: list[Any] = [lambda event: _report(event, progress)]
        with ExitStack() as during:
            during.enter_context(self._in_haste())
            during.enter_context(connections.kept_between_nodes())
            during.enter_context(contexts.kept_between_nodes())
            if listen is None:
                during.enter_context(without_unheard())
            else:
                told.append(listen)
            result = dbtRunner(manifest, told).invoke(self._arguments(command, written))
        results = getattr(self._done(result), "results", None)
        if results is None:
            raise self._broken(None)
        return list(results)

    @contextmanager
    def _in_haste(self) -> Iterator[None]:
        """The variables that profiles.yml reads, and dbt without what it does in vain."""
        with self.environment(), compiled_once(), relations.found_by_name(), unsourced_flags(), _collecting_seldom():
            yield

    def _arguments(self, command: Sequence[str], written: bool = False) -> list[str]:
        return [
            *command,
            *("--project-dir", str(PROJECT)),
            *("--profiles-dir", str(profiles.folder(self.home))),
            *("--target", self.target),
            *("--target-path", str(self.target_path)),
            *("--log-path", str(self.log_path)),
            *("--log-level", "none", "--log-level-file", "info"),
            "--no-print",
            "--no-version-check",
            "--write-json" if written else "--no-write-json",
        ]

    def parse(self, *options: str) -> Any:
        """The project's manifest as dbt holds it, the caller's own.

        Raises as `run` does.
        """
        from dbt.cli.main import dbtRunner

        packages.ensure()
        with self._in_haste(), parsed.stored_fits(self.target_path):
            return self._done(dbtRunner().invoke(self._arguments(["parse", *options])))

    def document(self) -> Path:
        """Compiles all models and reads the catalogue; the folder that then holds manifest, catalogue and dbt's page.

        Raises as `run` does.
        """
        from dbt.cli.main import dbtRunner

        packages.ensure()
        manifest = self.manifest()
        with self._in_haste(), connections.kept_between_nodes(), contexts.kept_between_nodes():
            # as in a full build: what an increment reads of itself tells a reader, or lineage, nothing
            for command in (["compile", "--full-refresh"], ["docs", "generate", "--no-compile", "--static"]):
                self._done(dbtRunner(manifest).invoke(self._arguments(command, written=True)))
        return self.target_path

    def manifest(self, *variables: str) -> Any:
        """The project's manifest that commands of this process share, which nobody may change.

        `variables` are options that set variables, a part of what is parsed. Raises as `run` does.
        """
        with self.environment():
            output = profiles.read(self.home, self.target)
        key = (self.target, output.kind, output.settings.get("schema"), str(packages.folder()), *variables)
        return parsed.manifest(key, self.database, lambda: self.parse(*variables))

    def _done(self, result: Any) -> Any:
        """What a command of dbt gave, unless it was interrupted or could not run."""
        if isinstance(result.exception, KeyboardInterrupt):
            raise KeyboardInterrupt
        if result.exception is not None or result.result is None:
            raise self._broken(result.exception)
        return result.result

    @contextmanager
    def environment(self) -> Iterator[None]:
        """Sets the variables that profiles.yml reads, for as long as dbt runs."""
        ours = {
            "SONIC_HOME": str(self.home.root),
            "SONIC_DATABASE": self.database,
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "PGOPTIONS": POSTGRES_OPTIONS + self._tested(),
        }
        if not IS_REPOSITORY:
            ours[packages.VARIABLE] = str(packages.folder())
        before = {name: os.environ.get(name) for name in ours}
        os.environ.update(ours)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value

    def _tested(self) -> str:
        """As a setting of the session, which macros can ask for: for a variable dbt would parse the project anew."""
        return "" if self.tested_load_id is None else f" -c sonic.tested_load_id={self.tested_load_id}"

    def _broken(self, reason: BaseException | None) -> SonicError:
        lines = [line.strip() for line in str(reason or "no reason given").splitlines() if line.strip()]
        return SonicError(
            f"dbt cannot run the project: {' '.join(lines[:6])}",
            f"target {self.target}, log {self.log}",
            "Mend what it names, then run the command again.",
        )


def _variables(command: Sequence[str]) -> list[str]:
    """The options of a command that set variables."""
    return [word for pair in pairwise(command) if pair[0] == "--vars" for word in pair]


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """Spares the collector its walks through the whole manifest, a fifth of dbt's time otherwise."""
    usual = gc.get_threshold()
    gc.set_threshold(*COLLECT_AFTER)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _report(event: Any, progress: Progress) -> None:
    if event.info.name == "LogStartLine":
        progress(event.data.node_info.node_name, event.data.index, event.data.total)


def _node(entry: Any) -> Node:
    node = entry.node
    return Node(
        name=node.name,
        resource_type=str(node.resource_type),
        status=str(entry.status),
        message=" ".join(str(entry.message or "").split()),
        path=node.original_file_path,
        compiled=getattr(node, "compiled_code", None) or "",
    )
