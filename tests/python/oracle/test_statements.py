"""Statements worked out again from plays and contracts, and the books, by hand."""

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from rows import at, change, truth

from oracle.ledger import journals
from oracle.royalties import SUSPENDED, shared_out
from oracle.statements import Count, reconciliation, streams_settled

OPENED = "2025-01-01 00:00:00"
OCTOBER, NOVEMBER, DECEMBER = date(2025, 10, 1), date(2025, 11, 1), date(2025, 12, 1)
Row = dict[str, Any]


def split(number: int, payee: int, ppm: int, begin: date, end: date | None, *, work: int | None = None) -> Row:
    right, song = ("recording", 1) if work is None else ("publishing", None)
    row = {"revenue_split_id": number, "right_type": right, "song_id": song, "work_id": work, "payee_id": payee,
           "role": "artist", "share_ppm": ppm, "valid_from": begin, "valid_to": end}  # fmt: skip
    return change(row, OPENED)


def statement(number: int, month: date, issued: str, **amounts: int) -> Row:
    """Payee 31's statement at 1.00 a stream, which is carried forward."""
    nothing = dict.fromkeys(
        ("opening_balance_minor", "gross_minor", "recouped_minor", "withheld_minor", "net_minor",
         "carried_forward_minor", "unrecouped_minor", "qualified_streams_milli"), 0,
    )  # fmt: skip
    row = {
        "payout_id": number, "payee_id": 31, "statement_month": month, "currency_code": "INR", "rate_micro": 1_000_000,
        "status": "carried_forward", "issued_at": at(issued), "processed_at": None,
    }  # fmt: skip
    return change(row | nothing | amounts, issued)


TABLES: dict[str, list[Row]] = {
    "payees": [
        change({"payee_id": number, "payee_type": "artist", "tax_country_id": 1, "currency_code": "INR",
                "minimum_payment_minor": 0}, OPENED)
        for number in (31, 32)
    ],
    "rights_contracts": [
        change({"contract_id": 1, "payee_id": 31, "territory_country_id": None, "recoupment_ppm": 500_000,
                "withholding_ppm": 100_000, "minimum_guarantee_minor": None, "payment_threshold_minor": 0,
                "valid_from": date(2025, 1, 1), "valid_to": None}, OPENED),
    ],
    "revenue_splits": [
        split(1, 31, 1_000_000, date(2025, 1, 1), date(2025, 12, 31)),
        split(2, 32, 1_000_000, date(2025, 12, 31), None),
        split(3, 31, 1_000_000, date(2025, 1, 1), None, work=8),
    ],
    "song_works": [{"song_id": 1, "work_id": 8, "share_ppm": 1_000_000, "arrived_at": at(OPENED)}],
    "opening_song_streams": [
        {"song_id": 1, "month_start": month, "qualified_streams": 10, "arrived_at": at(OPENED)}
        for month in (OCTOBER, NOVEMBER, DECEMBER)
    ],
    "advances": [
        {"advance_id": 1, "contract_id": 1, "payee_id": 31, "advance_type": "tour", "amount_minor": 50,
         "currency_code": "INR", "paid_at": at("2025-11-30 23:00:00"), "arrived_at": at("2025-11-30 23:00:00")},
    ],
    "payouts": [
        statement(1, OCTOBER, "2025-11-12 09:00:00", opening_balance_minor=7, gross_minor=1000, recouped_minor=300,
                  withheld_minor=70, carried_forward_minor=637, unrecouped_minor=20),
        # The tax is forgotten.
        statement(2, NOVEMBER, "2025-12-12 09:00:00", opening_balance_minor=637, gross_minor=1000, recouped_minor=70,
                  net_minor=1567, unrecouped_minor=0),
        statement(3, DECEMBER, "2026-01-12 09:00:00", gross_minor=200, withheld_minor=20, carried_forward_minor=180),
    ],
}  # fmt: skip


def test_streams_go_by_the_shares_of_the_last_day() -> None:
    """The recording changes hands on the last of December, and with it the whole month."""
    of = truth(**TABLES)
    assert of.of(streams_settled) == {
        (31, OCTOBER): Count(10_000, 10_000),
        (31, NOVEMBER): Count(10_000, 10_000),
        (31, DECEMBER): Count(2_000, 2_000),
        (32, DECEMBER): Count(8_000, 8_000),
    }


def test_a_statement_follows_from_plays_contract_and_the_one_before() -> None:
    """October's own word is taken for what was owed; November owes 20 and 50 more. The error counts once."""
    rows = {(row["payee_id"], row["statement_month"]): row for row in truth(**TABLES).of(reconciliation)}
    wanted = ("implied_opening_minor", "implied_recouped_minor", "implied_withheld_minor", "difference_minor", "cause")
    assert {month: tuple(row[name] for name in wanted) for (payee, month), row in rows.items() if payee == 31} == {
        OCTOBER: (7, 320, 68, 18, "recoupment"),
        NOVEMBER: (619, 70, 93, 111, "withholding"),
        DECEMBER: (0, 0, 20, 0, "none"),
    }
    unsettled = rows[32, DECEMBER]
    assert (unsettled["implied_minor"], unsettled["stated_minor"], unsettled["cause"]) == (800, 0, "no_statement")
    assert [row["is_flagged"] for row in rows.values()] == [True, True, False, True]


def test_statements_of_the_platform_are_not_booked() -> None:
    """Nor December's, issued in January: the books hold what the warehouse itself says is due."""
    assert not [journal for journal, accounts in truth(**TABLES).of(journals).items() if any(accounts.values())]


amounts = st.integers(-5, 10**13)
claimants = st.tuples(st.integers(1, 30), st.integers(-2, 9), st.integers(1, 9))


@given(
    st.integers(0, 10**15),
    st.dictionaries(claimants, amounts, max_size=20),
    st.dictionaries(claimants, amounts, max_size=20),
)
def test_a_pool_is_shared_out_whole(pool: int, asked: dict[Any, int], weights: dict[Any, int]) -> None:
    """Whatever is asked off the top, whoever claims the rest: nothing is lost, nobody pays, equal claims are equal."""
    found = shared_out("run", pool, asked, weights)
    assert sum(micro for _, micro in found.values()) == pool
    assert all(micro >= 0 for _, micro in found.values())
    overrides = {claimant: micro for (kind, claimant), (_, micro) in found.items() if kind == "override"}
    due = {claimant: amount for claimant, amount in asked.items() if amount > 0}
    assert sum(overrides.values()) == min(sum(due.values()), pool)
    assert all(overrides[claimant] <= due[claimant] for claimant in overrides)
    shares: dict[int, set[int]] = {}
    for (kind, claimant), (weight, micro) in found.items():
        if kind == "allocation" and claimant != SUSPENDED:
            shares.setdefault(weight, set()).add(micro)
    assert all(max(equal) - min(equal) <= 1 for equal in shares.values())
