"""A/B tests: what is tried, on whom, and by what it is judged."""

from functools import partial

from generators.ddl.table import table

_event = partial(table, kind="event", domain="experiments")
_entity = partial(table, kind="entity", domain="experiments")

TABLES = (
    _entity(
        name="experiments",
        about="One A/B test.",
        key="experiment_id",
        unique=("experiment_code",),
        columns="""
        experiment_id   bigint       | Durable id of the experiment.
        experiment_code text         | Code in the app's configuration.
        name            text         | Name.
        hypothesis      text         | What is expected to happen, and why.
        surface         text         | Part of the app that changes: home, player, artist_page or checkout.
        unit            text         | What is assigned to a variant: user.
        population_ppm  bigint       | Share of the accounts that take part, parts per million.
        status          text         | planned, running or completed.
        starts_at       timestamptz  | First exposure possible (UTC).
        ends_at         timestamptz  | End (UTC, exclusive).
        created_at      timestamptz  | Planned (UTC).
        """,
        checks={
            "surface_known": "surface in ('home', 'player', 'artist_page', 'checkout')",
            "unit_known": "unit in ('user')",
            "status_known": "status in ('planned', 'running', 'completed')",
            "population_range": "population_ppm between 1 and 1000000",
            "period_not_reversed": "ends_at > starts_at and starts_at > created_at",
        },
        indexes=("starts_at, ends_at where status = 'running'",),
    ),
    _entity(
        name="experiment_variants",
        about="One variant of an experiment: the control or a treatment.",
        key="experiment_variant_id",
        unique=("experiment_id variant_code",),
        columns="""
        experiment_variant_id bigint                        | Durable id of the variant.
        experiment_id         bigint -> experiments cascade | Experiment.
        variant_code          text                          | Code, control for the control.
        description           text                          | What an account sees.
        is_control            boolean                       | The variant that the others are compared with.
        planned_ppm           bigint                        | Planned share of the assignments, parts per million; sums to 1,000,000 per experiment.
        """,
        whole="experiment_id: planned_ppm",
        checks={
            "planned_range": "planned_ppm between 1 and 1000000",
            "control_is_named_so": "is_control = (variant_code = 'control')",
        },
    ),
    _entity(
        name="experiment_metrics",
        about="One metric by which an experiment is judged.",
        key="experiment_metric_id",
        unique=("experiment_id metric_code",),
        columns="""
        experiment_metric_id bigint                        | Durable id of the metric.
        experiment_id        bigint -> experiments cascade | Experiment.
        metric_code          text                          | Code, e.g. orders_per_user.
        definition           text                          | How it is computed for an account.
        statistic            text                          | mean or proportion: how variants are compared.
        direction            text                          | increase or decrease: what is hoped for.
        is_primary           boolean                       | Decides on the experiment; one per experiment.
        minimum_effect_ppm   bigint                        | Smallest relative difference worth having, parts per million.
        """,
        checks={
            "statistic_known": "statistic in ('mean', 'proportion')",
            "direction_known": "direction in ('increase', 'decrease')",
            "minimum_effect_positive": "minimum_effect_ppm > 0",
        },
    ),
    _event(
        name="experiment_assignments",
        about="One account's variant in one experiment, as of its first exposure; it keeps the variant.",
        key="experiment_assignment_id",
        unique=("experiment_id user_id",),
        columns="""
        experiment_assignment_id bigint                        | Id of the assignment, rising with time.
        experiment_id            bigint -> experiments         | Experiment.
        experiment_variant_id    bigint -> experiment_variants | Variant.
        user_id                  bigint -> users               | Account.
        first_exposed_at         timestamptz                   | First exposure (UTC).
        """,
        indexes=("user_id", "experiment_variant_id, first_exposed_at"),
    ),
)
