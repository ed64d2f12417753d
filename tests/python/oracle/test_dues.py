"""What payees are due, by hand: recouped, guaranteed, withheld, carried, corrected and released."""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar, cast

from rows import at, change, truth

from oracle.dues import royalty_statement_lines, royalty_statements
from oracle.royalties import penalties, royalties
from oracle.truth import Truth

T = TypeVar("T")
Row = dict[str, Any]
OPENED = "2025-01-01 00:00:00"
JANUARY, FEBRUARY, MARCH = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)
LAST_DAY = date(2026, 4, 10)
"""March has just closed."""
INDIA = 2_000_001


class Booked(Truth):
    """A truth of which the booked royalties and penalties are given."""

    def __init__(self, entries: list[Row], charged: list[Row] | None = None, **tables: list[Row]) -> None:
        known = truth(LAST_DAY, **tables)
        super().__init__(known.lake, known.seeds)
        self._given: dict[Callable[[Truth], Any], list[Row]] = {royalties: entries, penalties: charged or []}

    def of(self, notion: Callable[[Truth], T]) -> T:
        given = self._given.get(notion)
        return super().of(notion) if given is None else cast(T, given)


def entry(payee: int, minor: int, month: date, booked: date | None = None, **more: Any) -> Row:
    """A booked entry in INR, in minor units."""
    row = {
        "payee_id": payee, "amount_micro": minor * 10_000, "amount_eur_micro": minor, "service_month": month,
        "booking_month": booked or month, "royalty_pool_key": f"{month} at {booked or month}", "song_id": 1,
        "right_type": "recording", "payment_geography_id": INDIA, "currency_code": "INR", "is_booked": True,
        "is_suspense": payee < 0,
    }  # fmt: skip
    return row | more


def payee(number: int, minimum: int = 0, **more: Any) -> Row:
    return change({"payee_id": number, "currency_code": "INR", "minimum_payment_minor": minimum}, OPENED) | more


def contract(number: int, of: int = 7, **more: Any) -> Row:
    row = {
        "contract_id": number, "payee_id": of, "right_type": "recording", "territory_country_id": None,
        "deductions_ppm": 0, "minimum_guarantee_minor": 0, "recoupment_ppm": 0, "is_cross_collateralised": False,
        "payment_threshold_minor": 0, "withholding_ppm": 0, "valid_from": date(2025, 1, 1), "valid_to": None,
    }  # fmt: skip
    return change(row, OPENED) | more


def advance(number: int, of: int, minor: int, paid: str, arrived: str | None = None) -> Row:
    return {
        "advance_id": number, "contract_id": of, "payee_id": 7, "amount_minor": minor, "currency_code": "INR",
        "paid_at": at(paid), "arrived_at": at(arrived or paid),
    }  # fmt: skip


def settled(month: date, issued: str, carried: int, unrecouped: int) -> Row:
    row = {"payout_id": month.month, "payee_id": 7, "statement_month": month, "currency_code": "INR",
           "carried_forward_minor": carried, "unrecouped_minor": unrecouped}  # fmt: skip
    return change(row, issued)


def told(of: Truth, *names: str, who: int = 7) -> dict[date, Any]:
    """Columns of a payee's statements, by month."""
    rows = (row for row in royalty_statements(of) if row["payee_id"] == who)
    return {row["statement_month"]: tuple(row[f"{name}_minor"] for name in names) for row in rows}


def test_an_advance_is_recouped_across_months_and_never_becomes_a_debt() -> None:
    """Half of 60 a month is credited against 50 that are paid in January; in February only what is left."""
    of = Booked(
        [entry(7, 60, month) for month in (JANUARY, FEBRUARY, MARCH)],
        payees=[payee(7)],
        rights_contracts=[contract(1, recoupment_ppm=500_000)],
        advances=[advance(1, 1, 50, "2026-01-31 23:00:00")],
    )
    assert told(of, "recouped", "unrecouped", "due") == {
        JANUARY: (30, 20, 30),
        FEBRUARY: (20, 0, 40),
        MARCH: (0, 0, 60),
    }


def test_an_advance_that_arrives_after_the_close_is_owed_in_the_open_month() -> None:
    of = Booked(
        [entry(7, 60, month) for month in (JANUARY, FEBRUARY)],
        payees=[payee(7)],
        rights_contracts=[contract(1, recoupment_ppm=1_000_000)],
        advances=[advance(1, 1, 50, "2026-01-31 23:00:00", arrived="2026-02-11 00:00:00")],
    )
    assert told(of, "advanced", "recouped") == {JANUARY: (0, 0), FEBRUARY: (50, 50), MARCH: (0, 0)}


def test_contracts_recoup_each_others_advances_where_they_are_cross_collateralised() -> None:
    """The advance is the first contract's, which has ended; the second one earns."""
    for crossed, recouped in ((True, 50), (False, 0)):
        terms = {"recoupment_ppm": 1_000_000, "is_cross_collateralised": crossed}
        of = Booked(
            [entry(7, 60, JANUARY)],
            payees=[payee(7)],
            rights_contracts=[
                contract(1, valid_to=date(2026, 1, 31), **terms), contract(2, valid_from=date(2026, 1, 31), **terms),
            ],
            advances=[advance(1, 1, 50, "2026-01-02 00:00:00")],
        )  # fmt: skip
        assert told(of, "recouped", "unrecouped")[JANUARY] == (recouped, 50 - recouped)


def test_a_guarantee_tops_up_what_deductions_leave_and_is_taxed_but_not_recouped() -> None:
    """Of 40 a tenth is deducted: 64 are missing of 100. All of 36 is recouped, a tenth of the rest withheld."""
    agreed = {"deductions_ppm": 100_000, "minimum_guarantee_minor": 100, "withholding_ppm": 100_000}
    of = Booked(
        [entry(7, 40, JANUARY)],
        payees=[payee(7)],
        rights_contracts=[contract(1, recoupment_ppm=1_000_000, **agreed)],
        advances=[advance(1, 1, 500, "2026-01-02 00:00:00")],
    )
    found = told(of, "guaranteed", "gross", "deducted", "recouped", "withheld", "due")
    assert found[JANUARY] == (64, 104, 4, 36, 6, 58)
    assert found[FEBRUARY] == (100, 100, 0, 0, 10, 90)


def test_a_penalty_is_taken_last_and_what_it_leaves_owing_is_carried() -> None:
    """Of 60 half is recouped, 40 top it up, a tenth of the rest is withheld. Ten euros are more than what is left."""
    agreed = {"minimum_guarantee_minor": 10_000, "withholding_ppm": 100_000, "recoupment_ppm": 500_000}
    charge = {"service_month": JANUARY, "payee_id": 7, "penalty_eur_micro": 10_000_000}
    plain, charged = (
        Booked(
            [entry(7, 6_000, month) for month in (JANUARY, FEBRUARY)],
            charges,
            payees=[payee(7)],
            rights_contracts=[contract(1, **agreed)],
            advances=[advance(1, 1, 50_000, "2026-01-02 00:00:00")],
        )
        for charges in ([], [charge])
    )
    before = ("royalties", "gross", "recouped", "withheld")
    assert told(charged, *before) == told(plain, *before)
    found = told(charged, "penalised", "payable", "due")
    taken, payable, due = found[JANUARY]
    assert (payable, due) == (6_300 - taken, 0)
    assert payable < 0 < taken
    assert found[FEBRUARY] == (0, payable + 6_300, max(payable + 6_300, 0))
    lines = [row for row in royalty_statement_lines(charged) if row["kind"] == "penalty"]
    assert [(row["contract_id"], row["right_type"], row["booked_eur_micro"]) for row in lines] == [
        (1, "recording", -10_000_000)
    ]


def test_what_is_below_the_minimum_is_carried() -> None:
    """The payee doubles its minimum in February; that of the contract is met."""
    raised = change({"payee_id": 7, "currency_code": "INR", "minimum_payment_minor": 200}, "2026-02-20 00:00:00", 1)
    of = Booked(
        [entry(7, 90, month) for month in (JANUARY, FEBRUARY, MARCH)],
        payees=[payee(7, 100), raised],
        rights_contracts=[contract(1, payment_threshold_minor=150)],
    )
    wanted = {JANUARY: (0, 90, 0, 90), FEBRUARY: (90, 180, 0, 180), MARCH: (180, 270, 270, 0)}
    assert told(of, "opening_balance", "payable", "due", "carried_forward") == wanted


def test_a_correction_is_a_line_of_the_month_that_was_open_and_brings_tax_back() -> None:
    of = Booked(
        [entry(7, 100, JANUARY), entry(7, -30, JANUARY, FEBRUARY)],
        payees=[payee(7)],
        rights_contracts=[contract(1, withholding_ppm=100_000)],
    )
    assert told(of, "corrections", "withheld", "due", "carried_forward") == {
        JANUARY: (0, 10, 90, 0),
        FEBRUARY: (-30, -3, 0, -27),
        MARCH: (0, 0, 0, -27),
    }


def test_suspense_is_due_to_nobody_until_it_is_released() -> None:
    of = Booked(
        [entry(-1, 100, JANUARY), entry(-1, -80, JANUARY, FEBRUARY), entry(7, 80, JANUARY, FEBRUARY),
         entry(7, 5, JANUARY, FEBRUARY, song_id=2)],
        payees=[payee(7)],
    )  # fmt: skip
    wanted = {JANUARY: (0, 100, 0), FEBRUARY: (-80, 20, 0), MARCH: (0, 20, 0)}
    assert told(of, "released", "payable", "due", who=-1) == wanted
    assert told(of, "released", "corrections", "due")[FEBRUARY] == (80, 5, 85)


def test_the_history_opens_with_what_the_platform_left() -> None:
    """December's statement arrives before January's close; the cost paid since is owed on top."""
    of = Booked(
        [entry(7, 60, JANUARY)],
        payees=[payee(7, 200)],
        rights_contracts=[contract(1, recoupment_ppm=500_000)],
        advances=[advance(1, 1, 900, "2025-03-01 00:00:00"), advance(2, 1, 5, "2025-12-15 00:00:00")],
        payouts=[
            settled(date(2025, 10, 1), "2025-11-12 09:00:00", 3, 99),
            settled(date(2025, 11, 1), "2025-12-12 09:00:00", 11, 40),
            settled(date(2025, 12, 1), "2026-02-11 00:00:00", 77, 77),
        ],
    )
    wanted = ("opening_balance", "opening_unrecouped", "advanced", "recouped", "unrecouped", "payable")
    assert told(of, *wanted)[JANUARY] == (11, 40, 5, 30, 15, 41)


def test_lines_round_the_sum_so_far() -> None:
    """Three times 0.4 paise: with the second they are more than half of one, with the third not yet two."""
    entries = [entry(7, 0, month) | {"amount_micro": 4_000} for month in (JANUARY, FEBRUARY, MARCH)]
    of = Booked(entries, payees=[payee(7)])
    assert [row["amount_minor"] for row in royalty_statement_lines(of)] == [0, 1, 0]
    assert [row["remainder_micro"] for row in royalty_statements(of)] == [4_000, -2_000, 2_000]


def test_a_payee_of_whom_no_close_knew_waits() -> None:
    of = Booked([entry(7, 60, JANUARY)], payees=[payee(7, arrived_at=at("2026-02-11 00:00:00"))])
    assert told(of, "royalties") == {FEBRUARY: (60,), MARCH: (0,)}
