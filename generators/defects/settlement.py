"""Wrong settlement documents on purpose: invoices and statements that do not agree with what happened.

Nothing is wrong with them as rows, so staging takes them; it is for reconciliation to find them. Which they are is
listed beside the lake, one file a day in ``settlement`` within the folder of the defects, in the form of that list.

======================  ============  ========================================================================
kind                    table         what is wrong
======================  ============  ========================================================================
invalid_billed          ad_invoices   amount 4 to 15 % too high: invalid traffic was billed
other_price             ad_invoices   amount at a price a tenth higher than that of the campaign
billed_twice            ad_invoices   the month is billed again by an invoice with a number of its own (added)
not_billed              ad_invoices   no invoice for the month (removed: no value in the dirty lake)
withholding_forgotten   payouts       no tax withheld, and paid out or carried forward instead
balance_lost            payouts       the balance carried forward from the month before is missing
overstated              payouts       a tenth more paid or carried forward than the statement adds up to
======================  ============  ========================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from generators.core.random import Bools, Ints, hash_uniform
from generators.core.world import World
from generators.ddl import TABLES
from generators.defects.inject import LIST_SCHEMA, defects_folder
from generators.defects.kinds import ADDED_SEQUENCE

INVOICE_KINDS = ("invalid_billed", "other_price", "billed_twice", "not_billed")
STATEMENT_KINDS = ("withholding_forgotten", "balance_lost", "overstated")
_INVOICE_SHARES = np.array([0.05, 0.08, 0.1, 0.12])
_STATEMENT_SHARES = np.array([0.02, 0.05, 0.06])
"""Cumulative shares of the documents that are wrong in each way; a statement only if it has what goes wrong."""


def misstate(tables: Mapping[str, pa.Table], world: World, day: date, lake: Path | None) -> dict[str, pa.Table]:
    """The tables of one arrival day with wrong settlement documents; a function of (seed, scale, day).

    Args:
        lake: the lake they are meant for; the list of what is wrong goes beside it. None: no list.
    """
    wrong, listed = dict(tables), []
    for name, alter in _MISSTATING.items():
        if name in tables and tables[name].num_rows:
            plain = tables[name].cast(TABLES[name].lake_schema())
            wrong[name], entries = alter(plain, world, day)
            listed += entries
    if lake is not None and listed:
        path = defects_folder(lake) / "settlement" / f"{day.isoformat()}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".tmp")
        pq.write_table(pa.concat_tables(listed), temporary, compression="zstd", store_schema=False)
        temporary.replace(path)
    return wrong


def _misstate_invoices(table: pa.Table, world: World, day: date) -> tuple[pa.Table, list[pa.Table]]:
    ids, amount = _ints(table, "ad_invoice_id"), _ints(table, "amount_minor")
    draw = hash_uniform(world.seed, "settlement.ad_invoices", ids)
    # The first of each month is always wrong, so that the smallest data have one.
    kind = np.where(np.arange(len(ids)) == 0, 0, np.searchsorted(_INVOICE_SHARES, draw, side="right"))
    more = 0.04 + 0.11 * hash_uniform(world.seed, "settlement.more", ids)
    dirty = np.where(kind == 0, amount + 1 + (amount * more).astype(np.int64), amount)
    dirty = np.where(kind == 1, (amount * 11 + 5) // 10, dirty)
    altered = _with(table, "amount_minor", dirty)
    again = altered.filter(pa.array(kind == 2))
    again = _with(again, "ad_invoice_id", _ints(again, "ad_invoice_id") + ADDED_SEQUENCE)
    number = pc.binary_join_element_wise(again["invoice_number"], "2", "-")
    again = again.set_column(
        table.schema.get_field_index("invoice_number"), table.schema.field("invoice_number"), number
    )
    listed = [
        _note(table, "ad_invoices", day, "invalid_billed", "amount_minor", kind == 0, dirty),
        _note(table, "ad_invoices", day, "other_price", "amount_minor", kind == 1, dirty),
        _note(again, "ad_invoices", day, "billed_twice", "amount_minor", np.ones(again.num_rows, dtype=bool), None),
        _note(table, "ad_invoices", day, "not_billed", "ad_invoice_id", kind == 3, None, removed=True),
    ]
    return pa.concat_tables([altered.filter(pa.array(kind != 3)), again]), listed


def _misstate_statements(table: pa.Table, world: World, day: date) -> tuple[pa.Table, list[pa.Table]]:
    """A statement is wrong from its first image on, and in the same way in all of them."""
    draw = hash_uniform(world.seed, "settlement.payouts", _ints(table, "payout_id"))
    kind = np.searchsorted(_STATEMENT_SHARES, draw, side="right")
    opening, withheld = _ints(table, "opening_balance_minor"), _ints(table, "withheld_minor")
    net, carried = _ints(table, "net_minor"), _ints(table, "carried_forward_minor")
    due = net + carried
    forgotten, lost, over = (kind == 0) & (withheld > 0), (kind == 1) & (opening > 0) & (due > opening), kind == 2
    wrong = due + np.where(forgotten, withheld, 0) - np.where(lost, opening, 0) + np.where(over, due // 10 + 1, 0)
    # What is paid stays paid, what is carried forward stays so.
    dirty = {
        "opening_balance_minor": np.where(lost, 0, opening),
        "withheld_minor": np.where(forgotten, 0, withheld),
        "net_minor": np.where(net > 0, wrong, 0),
        "carried_forward_minor": np.where(net > 0, 0, wrong),
    }
    altered = table
    for name, values in dirty.items():
        altered = _with(altered, name, values)
    return altered, [
        _note(table, "payouts", day, found, column, rows, dirty[column])
        for found, column, rows in (
            ("withholding_forgotten", "withheld_minor", forgotten),
            ("balance_lost", "opening_balance_minor", lost),
            ("overstated", "net_minor", over & (net > 0)),
            ("overstated", "carried_forward_minor", over & (net == 0)),
        )
    ]


def _ints(table: pa.Table, name: str) -> Ints:
    return np.asarray(table[name].to_numpy(), dtype=np.int64)


def _with(table: pa.Table, name: str, values: Ints) -> pa.Table:
    return table.set_column(table.schema.get_field_index(name), table.schema.field(name), pa.array(values))


def _note(
    table: pa.Table,
    name: str,
    day: date,
    kind: str,
    column: str,
    rows: Bools,
    dirty: Ints | None,
    *,
    removed: bool = False,
) -> pa.Table:
    """List some rows of a table; ``dirty`` holds the values of all of them, None those of the table itself."""
    chosen = np.flatnonzero(rows)
    part, n = table.take(chosen), len(chosen)
    clean = part[column].cast(pa.string())
    added = dirty is None and not removed
    after = clean if dirty is None else pa.array(dirty[chosen]).cast(pa.string())
    nothing = pa.nulls(n, pa.string())
    return pa.table(
        {
            "arrival_date": pa.array([day] * n, pa.date32()),
            "table_name": pa.array([name] * n, pa.string()),
            "row_key": part[TABLES[name].key[0]],
            "change_no": part["change_no"] if "change_no" in part.column_names else pa.nulls(n, pa.int32()),
            "kind": pa.array([kind] * n, pa.string()),
            "column_name": pa.array([column] * n, pa.string()),
            "is_added": pa.array([added] * n),
            "clean_value": nothing if added else clean,
            "dirty_value": nothing if removed else after,
            "expected": pa.array(["reconciled"] * n, pa.string()),
        }
    ).cast(LIST_SCHEMA)


_MISSTATING = {"ad_invoices": _misstate_invoices, "payouts": _misstate_statements}
MISSTATED = frozenset(_MISSTATING)
"""Tables of settlement documents, some of which are wrong in a lake with defects."""
