"""Wrong payouts are planted in the data, and listed where dbt cannot read: reconciliation finds them, and only them."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from generators.defects import defects_folder
from oracle.lake import Lake as Rows
from sonic.verify.truth import clean_twin
from sonic.warehouse.lake import Lake
from tests.python.warehouse.conftest import RECIPE

CAUSES = {"withholding_forgotten": "withholding", "balance_lost": "opening_balance", "overstated": "sum"}
TOLERANCE_PERCENT = 1


@pytest.fixture(scope="module")
def planted(lake: Lake, duckdb: Any) -> dict[int, tuple[str, int, int]]:
    """Statements that are wrong on purpose: the kind, and what they pay or carry forward rightly and wrongly."""
    folder = Path(defects_folder(lake.root)) / "settlement"
    listed = [row for file in sorted(folder.glob("*.parquet")) for row in pq.read_table(file).to_pylist()]
    twin = clean_twin(duckdb.home, lake, RECIPE, lake.dates())
    right, wrong = (
        {
            row["payout_id"]: row["net_minor"] + row["carried_forward_minor"]
            for row in Rows(root, may_hold_defects=True).latest("payouts")
        }
        for root in (twin.root, lake.root)
    )
    return {
        row["row_key"]: (row["kind"], right[row["row_key"]], wrong[row["row_key"]])
        for row in listed
        if row["table_name"] == "payouts"
    }


@pytest.mark.parametrize("engine", ["duckdb", "embedded"])
def test_each_wrong_payout_is_flagged_and_no_other(
    engine: str, planted: dict[int, tuple[str, int, int]], request: pytest.FixtureRequest
) -> None:
    """By more than 1 % of what is right, with its cause; one that is wrong by less is within tolerance."""
    expected = {
        payout_id: CAUSES[kind]
        for payout_id, (kind, right, wrong) in planted.items()
        if abs(wrong - right) * 100 > right * TOLERANCE_PERCENT
    }
    assert set(expected.values()) == set(CAUSES.values()), "each kind is planted"
    sql = "select payout_id, cause from marts.fct_royalty_reconciliation where is_flagged"
    assert dict(request.getfixturevalue(engine).database.query(sql)[1]) == expected
