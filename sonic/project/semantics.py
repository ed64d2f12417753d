"""MetricFlow in this process: from metrics and groups to the SQL that works them out.

MetricFlow's own command `mf` does the same, and asks PyPI for a newer version of itself at each start, which no setting
turns off. Nothing here leaves the machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from sonic import profiles
from sonic.errors import SonicError, UsageError
from sonic.project.dbt import Dbt
from sonic.project.metrics import Metric, find

TIME = "metric_time"
"""Time as MetricFlow names it, whatever the column is that a metric goes by."""


class Semantics:
    """The project's metrics, as MetricFlow reads them."""

    def __init__(self, dbt: Dbt) -> None:
        """Parses the project. Raises `SonicError` where that fails, or MetricFlow is not installed."""
        from dbt.contracts.graph.semantic_manifest import SemanticManifest

        try:
            from metricflow.engine.metricflow_engine import MetricFlowEngine
            from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
            from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup
        except ImportError as error:
            raise SonicError(
                "MetricFlow is not installed", f"no module {error.name}", "Install it: pip install '.[metrics]'."
            ) from error
        # dbt's classes of a semantic manifest are not MetricFlow's: what dbt writes is what MetricFlow reads
        written = SemanticManifest(dbt.manifest())._get_pydantic_semantic_manifest().json()
        lookup = SemanticManifestLookup(parse_manifest_from_dbt_generated_manifest(manifest_json_string=written))
        with dbt.environment():
            kind = profiles.read(dbt.home, dbt.target).kind
        self._engine = MetricFlowEngine(lookup, _dialect(kind))

    def groups(self, metrics: Sequence[str]) -> list[str]:
        """Names of all that these metrics can be grouped by together, but for time."""
        from metricflow_semantic_interfaces.type_enums.dimension_type import DimensionType

        dimensions = self._engine.simple_dimensions_for_metrics(list(metrics))
        words = {each.dunder_name for each in dimensions if each.type is not DimensionType.TIME}
        entities = {each.name for each in self._engine.entities_for_metrics(list(metrics))}
        fixed = tuple(f"__{column}" for name in metrics for column in _fixed(find(name)))
        return sorted(name for name in words | entities if not name.endswith(fixed))

    def sql(
        self,
        metrics: Sequence[str],
        groups: Sequence[str],
        conditions: Sequence[str] = (),
        since: date | None = None,
        until: date | None = None,
    ) -> str:
        """The query of metrics by groups, in their order; conditions as MetricFlow writes them, `until` included.

        Raises `UsageError` where the metrics cannot be asked so.
        """
        from metricflow.engine.metricflow_engine import MetricFlowQueryRequest

        request = MetricFlowQueryRequest.create(
            metric_names=metrics,
            group_by_names=groups,
            where_constraints=conditions or None,
            order_by_names=groups,
            time_constraint_start=datetime.combine(since, time.min) if since else None,
            time_constraint_end=datetime.combine(until, time.min) if until else None,
        )
        try:
            return str(self._engine.explain(request).sql_statement.without_descriptions.sql)
        except Exception as error:
            raise UsageError(
                f"MetricFlow cannot put the question: {str(error).strip()}",
                f"{', '.join(metrics)} by {', '.join(groups) or 'nothing'}",
                "`sonic metric NAME` tells what a metric can be grouped by.",
            ) from error


def _fixed(metric: Metric) -> set[str]:
    """Columns that a metric's own conditions are about."""
    own = {condition.column for condition in metric.conditions}
    return own.union(*(_fixed(find(name)) for name in metric.inputs))


def _dialect(kind: str) -> Any:
    """What MetricFlow has to know of an engine to write SQL for it; it runs nothing."""
    from metricflow.protocols.sql_client import SqlEngine
    from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
    from metricflow.sql.render.postgres import PostgresSQLSqlPlanRenderer

    class Dialect:
        sql_engine_type = SqlEngine.POSTGRES if kind == "postgres" else SqlEngine.DUCKDB
        sql_plan_renderer = PostgresSQLSqlPlanRenderer() if kind == "postgres" else DuckDbSqlPlanRenderer()

    return Dialect()
