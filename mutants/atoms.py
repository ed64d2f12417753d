"""Macros that are one expression, taken as functions: their own tests hold them, mutants are of what calls them.

Written out, the rounding of one amount would bring thirty mutants of the macro to each model that rounds. So the
project is compiled with calls in their place, and the database gets a function for each, made by the macro itself.
"""

from __future__ import annotations

from typing import Any

from sonic.project.dbt import Dbt

ATOMS: dict[str, tuple[str, ...]] = {
    "wide": ("expression",),
    "integer_divide": ("a", "b"),
    "multiply_divide": ("a", "b", "c"),
    "wide_multiply_divide": ("a", "b", "c"),
    "ratio": ("numerator", "denominator"),
    "micro_from_minor": ("amount", "minor_units_col"),
    "minor_from_micro": ("amount", "minor_units_col"),
    "version_key": ("id", "change_no"),
    "fact_version_key": ("found", "id"),
    "member_key": ("found", "looked_up"),
    "geography_id": ("city_id", "region_id", "country_id"),
    "listening_context_id": ("context_type", "skip_reason", "quality", "is_shuffle", "is_offline"),
    "voice_intent_id": ("voice_intent_no", "language_id"),
    "booking_month": ("event_month", "arrived_at"),
    "month_closes_at": ("month",),
    "is_accepted": ("rule",),
    "json_string": ("expression",),
    "control_pictures": ("expression",),
    "add_days": ("day", "days"),
    "add_months": ("day", "months"),
    "month_start": ("day",),
    "month_end": ("day",),
    "days_in_month": ("day",),
    "days_between": ("start_date", "end_date"),
}
"""Parameters by macro; calls that give others as well are left as they are."""
PREFIX = "atom_"


def functions(dbt: Dbt) -> list[str]:
    """Statements that make a function of each macro, in DuckDB's words."""
    mark = "---"
    inline = f"\n{mark}\n".join(
        "{{ " + name + "(" + ", ".join(f"'{parameter}'" for parameter in parameters) + ") }}"
        for name, parameters in ATOMS.items()
    )
    (node,) = dbt.run(["compile", "--inline", inline])
    bodies = node.compiled.split(mark)
    return [
        f"create or replace macro {PREFIX}{name}({', '.join(parameters)}) as ({body.strip()})"
        for (name, parameters), body in zip(ATOMS.items(), bodies, strict=True)
    ]


def as_functions(manifest: Any) -> Any:
    """A manifest whose macros of `ATOMS` write calls of these functions; it is changed in place."""
    for name, parameters in ATOMS.items():
        macro = manifest.macros[f"macro.sonic_warehouse.{name}"]
        call = ", ".join("{{ " + parameter + " }}" for parameter in parameters)
        head, _, body = macro.macro_sql.partition("-%}")
        more = head.split("(", 1)[1].count(",") + 1 - len(parameters)
        written = f"{PREFIX}{name}({call})"
        if more:
            other = head.rsplit(",", 1)[1].split("=")
            parameter, default = other[0].strip(), other[1].strip().rstrip(") ")
            inner = body.rsplit("{%", 1)[0]
            written = f"{{% if {parameter} == {default} %}}{written}{{% else %}}{inner}{{% endif %}}"
        macro.macro_sql = f"{head}-%}}{written}{{% endmacro %}}"
    return manifest
