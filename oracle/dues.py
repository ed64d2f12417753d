"""What each payee is due by the warehouse's own reckoning: statements of the booked royalties, month by month.

Everything is as the month's close knew it: payees, contracts, what was booked, and which advances had arrived.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from oracle.amounts import half_up
from oracle.calendar import booking_month, closes_at, month_of, next_month
from oracle.exchange import MICRO, REPORTING_CURRENCY, micro_per_minor, rates
from oracle.lake import Row
from oracle.listening import country_geography
from oracle.revenue import history_start
from oracle.royalties import is_in_force, last_day, latest_by, penalties, royalties
from oracle.statements import sent_changes
from oracle.truth import Truth
from oracle.versions import NOT_APPLICABLE

Contract = tuple[int, str]
"""Contract (-2: none was known) and right."""
SHARED = NOT_APPLICABLE
"""Names the balance of advances that contracts share, in place of one of them."""


@dataclass
class Account:
    """What is open between the platform and one payee in one currency."""

    balance: int = 0
    """Carried forward, minor units."""
    exact: int = 0
    """All that was ever stated of the booked royalties, micro-units."""
    rounded: int = 0
    """The same as it was stated, minor units."""
    unrecouped: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    """Advances still owed, by contract or shared."""


@dataclass
class Terms:
    """Payees and contracts as a close knew them."""

    month: date
    payees: dict[int, Row]
    contracts: dict[int, Row]
    contracts_of: dict[int, list[Row]]
    """By payee."""

    def in_force(self, payee_id: int) -> list[Row]:
        """The payee's contracts that are in force on the month's last day."""
        return [row for row in self.contracts_of.get(payee_id, ()) if is_in_force(row, last_day(self.month))]

    def account_of(self, contract_id: int) -> int:
        """Which balance of advances the contract has to do with."""
        contract = self.contracts.get(contract_id)
        return SHARED if contract is not None and contract["is_cross_collateralised"] else contract_id


def closed_months(truth: Truth) -> list[date]:
    """The months that have closed, from that of the first day on."""
    month, found = month_of(history_start(truth)), []
    while closes_at(month) <= truth.lake.clock:
        found.append(month)
        month = next_month(month)
    return found


def terms(truth: Truth) -> dict[date, Terms]:
    """What the close of each month knew of payees and contracts."""
    found = {}
    for month in truth.of(closed_months):
        payees = latest_by(truth.lake.changes("payees"), "payee_id", closes_at(month))
        contracts = list(latest_by(truth.lake.changes("rights_contracts"), "contract_id", closes_at(month)))
        known = Terms(
            month, {row["payee_id"]: row for row in payees}, {row["contract_id"]: row for row in contracts}, {}
        )
        for row in contracts:
            known.contracts_of.setdefault(row["payee_id"], []).append(row)
        found[month] = known
    return found


def first_knowing(truth: Truth) -> dict[int, date]:
    """The first month whose close knew each payee."""
    found: dict[int, date] = {}
    for month in truth.of(closed_months):
        for payee_id in truth.of(terms)[month].payees:
            found.setdefault(payee_id, month)
    return found


def released(truth: Truth) -> set[tuple[str, int]]:
    """Pool entries and recordings of which a correction takes money out of suspense."""
    taken: dict[tuple[str, int], int] = defaultdict(int)
    for row in truth.of(royalties):
        if row["is_booked"] and row["is_suspense"] and row["booking_month"] != row["service_month"]:
            taken[row["royalty_pool_key"], row["song_id"]] += row["amount_micro"]
    return {which for which, micro in taken.items() if micro < 0}


def contract_of(known: Terms, entry: Row) -> int:
    """The contract in force when the month of the plays ended: the country's own before the world's, the lowest id."""
    found = [
        (row["territory_country_id"] is None, row["contract_id"])
        for row in known.contracts_of.get(entry["payee_id"], ())
        if row["right_type"] == entry["right_type"]
        and is_in_force(row, last_day(entry["service_month"]))
        and (
            row["territory_country_id"] is None
            or country_geography(row["territory_country_id"]) == entry["payment_geography_id"]
        )
    ]
    return min(found)[1] if found else NOT_APPLICABLE


def booked(truth: Truth) -> Iterator[tuple[str, Row]]:
    """All that a statement may state, with the kind of its line: royalties, and penalties, which are of no country."""
    for row in truth.of(royalties):
        if row["is_booked"]:
            kind = "royalty"
            if row["booking_month"] != row["service_month"]:
                kind = "release" if (row["royalty_pool_key"], row["song_id"]) in truth.of(released) else "correction"
            yield kind, row
    for row in truth.of(penalties):
        charged = {"amount_micro": -row["penalty_eur_micro"], "amount_eur_micro": -row["penalty_eur_micro"]}
        of = {name: row[name] for name in ("payee_id", "service_month")}
        of |= {"booking_month": row["service_month"], "right_type": "recording", "currency_code": REPORTING_CURRENCY}
        yield "penalty", of | charged | {"payment_geography_id": NOT_APPLICABLE}


def stated(truth: Truth) -> dict[tuple[date, int], list[Row]]:
    """What is booked by statement month and payee, summed up by contract, right, kind and the pool's currency."""
    sums: dict[tuple[date, int, tuple[int, str, str, str]], list[int]] = defaultdict(lambda: [0, 0])
    contracts: dict[tuple[date, int, str, date, int], int] = {}
    knowing = truth.of(first_knowing)
    for kind, row in booked(truth):
        payee_id = row["payee_id"]
        if payee_id > 0 and payee_id not in knowing:
            continue
        month = max(row["booking_month"], knowing.get(payee_id, row["booking_month"]))
        by = month, payee_id, row["right_type"], row["service_month"], row["payment_geography_id"]
        if by not in contracts:
            contracts[by] = contract_of(truth.of(terms)[month], row)
        both = sums[month, payee_id, (contracts[by], row["right_type"], kind, row["currency_code"])]
        both[0] += row["amount_micro"]
        both[1] += row["amount_eur_micro"] or 0
    found: dict[tuple[date, int], list[Row]] = defaultdict(list)
    for (month, payee_id, (contract_id, right, kind, pool_currency)), (micro, eur_micro) in sums.items():
        currency, amount = _converted(truth, truth.of(terms)[month].payees.get(payee_id), month, pool_currency, micro)
        found[month, payee_id].append(
            {
                "currency_code": currency,
                "contract": (contract_id, right),
                "kind": kind,
                "amount_micro": amount,
                "booked_eur_micro": eur_micro,
            }
        )
    return found


def _converted(truth: Truth, payee: Row | None, month: date, currency: str, micro: int) -> tuple[str, int]:
    """In the payee's currency at the rates of the month's last day; in its own where there is no rate, or no payee."""
    if payee is None:
        return currency, micro
    there = truth.of(rates).on(currency, last_day(month))
    here = truth.of(rates).on(payee["currency_code"], last_day(month))
    if there is None or here is None:
        return currency, micro
    own: str = payee["currency_code"]
    return own, micro if own == currency else half_up(micro * here, there)


def platforms_last(truth: Truth) -> dict[int, Row]:
    """The last statement of the platform's own before the history, by payee, as the first month's close knew it."""
    if not truth.of(closed_months):
        return {}
    first = truth.of(closed_months)[0]
    found: dict[int, Row] = {}
    for row in sent_changes(truth, "payouts", "payout_id"):
        if row["statement_month"] < first and row["arrived_at"] < closes_at(first):
            before = found.get(row["payee_id"], row)
            if (row["statement_month"], row["change_no"]) >= (before["statement_month"], before["change_no"]):
                found[row["payee_id"]] = row
    return found


def advances_of(truth: Truth) -> dict[date, list[Row]]:
    """Advances and costs by the month that books them, but for those in the platform's last statement."""
    found: dict[date, list[Row]] = defaultdict(list)
    for row in truth.lake.events("advances"):
        paid = month_of(row["paid_at"].date())
        last = truth.of(platforms_last).get(row["payee_id"])
        if last is None or last["statement_month"] < paid:
            booked = booking_month(paid, row["arrived_at"])
            found[max(booked, month_of(history_start(truth)))].append(row)
    return found


def _opened(truth: Truth) -> dict[tuple[int, str], Account]:
    """Accounts as the platform's last statements left them: what is owed is the last advance's."""
    accounts: dict[tuple[int, str], Account] = {}
    for payee_id, row in truth.of(platforms_last).items():
        first = truth.of(closed_months)[0]
        account = Account(balance=row["carried_forward_minor"])
        if row["unrecouped_minor"]:
            paid = [
                (advance["advance_id"], advance["contract_id"])
                for advance in truth.lake.events("advances")
                if advance["payee_id"] == payee_id
                and month_of(advance["paid_at"].date()) <= row["statement_month"]
                and booking_month(month_of(advance["paid_at"].date()), advance["arrived_at"]) <= first
            ]
            contract_id = max(paid)[1] if paid else NOT_APPLICABLE
            account.unrecouped[truth.of(terms)[first].account_of(contract_id)] = row["unrecouped_minor"]
        if account.balance or account.unrecouped:
            accounts[payee_id, row["currency_code"]] = account
    return accounts


@dataclass
class Statement:
    """One payee's month in one currency."""

    payee_id: int
    month: date
    currency: str
    row: Row
    lines: list[Row]


def statements_due(truth: Truth) -> list[Statement]:
    """All statements, month by month."""
    accounts = _opened(truth) if truth.of(closed_months) else {}
    found: list[Statement] = []
    for month in truth.of(closed_months):
        known = truth.of(terms)[month]
        entries: dict[tuple[int, str], list[Row]] = defaultdict(list)
        for (booked, payee_id), rows in truth.of(stated).items():
            if booked == month:
                for row in rows:
                    entries[payee_id, row["currency_code"]].append(row)
        advanced: dict[tuple[int, str], list[Row]] = defaultdict(list)
        for row in truth.of(advances_of).get(month, ()):
            advanced[row["payee_id"], row["currency_code"]].append(row)
        guaranteed = _guarantees(truth, known)
        for key in sorted(accounts.keys() | entries.keys() | advanced.keys() | guaranteed.keys()):
            account = accounts.setdefault(key, Account())
            found.append(_settle(truth, known, key, account, entries[key], advanced[key], guaranteed.get(key, {})))
    return found


def _guarantees(truth: Truth, known: Terms) -> dict[tuple[int, str], dict[Contract, int]]:
    """What contracts in force guarantee, by payee and currency; not in one that nothing can be compared in."""
    found: dict[tuple[int, str], dict[Contract, int]] = defaultdict(dict)
    for row in known.contracts.values():
        payee = known.payees.get(row["payee_id"])
        if payee is None or not row["minimum_guarantee_minor"] or not is_in_force(row, last_day(known.month)):
            continue
        if truth.of(rates).on(payee["currency_code"], last_day(known.month)) is not None:
            contract = row["contract_id"], row["right_type"]
            found[row["payee_id"], payee["currency_code"]][contract] = row["minimum_guarantee_minor"]
    return found


def _settle(
    truth: Truth,
    known: Terms,
    key: tuple[int, str],
    account: Account,
    entries: list[Row],
    advanced: list[Row],
    guaranteed: dict[Contract, int],
) -> Statement:
    payee_id, currency = key
    unit = truth.of(micro_per_minor)[currency]
    lines = list(_rounded(account, entries, unit))
    gross: dict[Contract, int] = defaultdict(int, dict.fromkeys(guaranteed, 0))
    for line in lines:
        # A penalty is no earning: nothing is deducted, recouped, guaranteed or withheld of it.
        if line["kind"] != "penalty":
            gross[line["contract"]] += line["amount_minor"]

    def add(contract: Contract, kind: str, amount: int) -> int:
        if amount:
            both = {"amount_minor": amount, "exact_amount_micro": amount * unit}
            lines.append({"contract": contract, "kind": kind, **both, "booked_eur_micro": 0})
        return amount

    owed_before = sum(account.unrecouped.values())
    for row in advanced:
        account.unrecouped[known.account_of(row["contract_id"])] += row["amount_minor"]
    payee = known.payees.get(payee_id)
    in_force = [] if payee is None else known.in_force(payee_id)
    tax = max((row["withholding_ppm"] for row in in_force), default=0)
    for contract in sorted(gross) if payee_id > 0 else ():
        agreed = known.contracts.get(contract[0], {})
        left = gross[contract]
        left += add(contract, "deduction", -half_up(left * agreed.get("deductions_ppm", 0), MICRO))
        # What a guarantee adds is no share of a pool: it is taxed, and nothing is recouped of it.
        top_up = max(guaranteed[contract] - left, 0) if contract in guaranteed else 0
        creditable = max(left, 0) * agreed.get("recoupment_ppm", 0) // MICRO
        owing = known.account_of(contract[0])
        recouped = min(creditable, account.unrecouped.get(owing, 0))
        if recouped:
            account.unrecouped[owing] -= recouped
        add(contract, "guarantee", top_up)
        add(contract, "recoupment", -recouped)
        add(contract, "withholding", -half_up((left + top_up - recouped) * tax, MICRO))
    sums: dict[str, int] = defaultdict(int)
    for line in lines:
        sums[line["kind"]] += line["amount_minor"]
    opening, payable = account.balance, account.balance + sum(sums.values())
    minimum = 0
    if payee is not None and payee["currency_code"] == currency:
        minimum = max(payee["minimum_payment_minor"], *(row["payment_threshold_minor"] for row in in_force), 0)
    due = payable if payee_id > 0 and payable > 0 and payable >= minimum else 0
    account.balance = payable - due
    in_euros = partial(truth.of(rates).to_reporting, currency=currency, day=last_day(known.month))
    earned = sums["royalty"] + sums["correction"] + sums["release"] + sums["guarantee"]
    statement = {
        "payee_id": payee_id,
        "statement_month": known.month,
        "currency_code": currency,
        "status": "suspense" if payee_id < 0 else "due" if due else "carried_forward",
        "opening_balance_minor": opening,
        "royalties_minor": sums["royalty"],
        "corrections_minor": sums["correction"],
        "released_minor": sums["release"],
        "guaranteed_minor": sums["guarantee"],
        "gross_minor": earned,
        "deducted_minor": -sums["deduction"],
        "recouped_minor": -sums["recoupment"],
        "withheld_minor": -sums["withholding"],
        "penalised_minor": -sums["penalty"],
        "payable_minor": payable,
        "minimum_payment_minor": minimum,
        "due_minor": due,
        "carried_forward_minor": account.balance,
        "remainder_micro": account.exact - account.rounded * unit,
        "opening_unrecouped_minor": owed_before,
        "advanced_minor": sum(row["amount_minor"] for row in advanced),
        "unrecouped_minor": sum(account.unrecouped.values()),
        "withholding_ppm": tax,
        "gross_eur_micro": in_euros(earned * unit),
        "deducted_eur_micro": in_euros(-sums["deduction"] * unit),
        "recouped_eur_micro": in_euros(-sums["recoupment"] * unit),
        "withheld_eur_micro": in_euros(-sums["withholding"] * unit),
        "penalised_eur_micro": in_euros(-sums["penalty"] * unit),
        "due_eur_micro": in_euros(due * unit),
    }
    return Statement(payee_id, known.month, currency, statement, lines)


def _rounded(account: Account, entries: list[Row], unit: int) -> Iterator[Row]:
    """Lines of booked royalties: each is what the sum of all up to it, rounded, exceeds that before it by."""
    sums: dict[tuple[int, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in entries:
        both = sums[(*row["contract"], row["kind"])]
        both[0] += row["amount_micro"]
        both[1] += row["booked_eur_micro"]
    for (contract_id, right, kind), (micro, eur_micro) in sorted(sums.items()):
        account.exact += micro
        minor = half_up(account.exact, unit) - account.rounded
        account.rounded += minor
        yield {
            "contract": (contract_id, right),
            "kind": kind,
            "exact_amount_micro": micro,
            "amount_minor": minor,
            "booked_eur_micro": eur_micro,
        }


def royalty_statements(truth: Truth) -> list[Row]:
    """fct_royalty_statements."""
    return [each.row for each in truth.of(statements_due)]


def royalty_statement_lines(truth: Truth) -> list[Row]:
    """fct_royalty_statement_lines."""
    return [
        {
            "payee_id": statement.payee_id,
            "statement_month": statement.month,
            "currency_code": statement.currency,
            "contract_id": line["contract"][0],
            "right_type": line["contract"][1],
            **{name: line[name] for name in ("kind", "exact_amount_micro", "amount_minor", "booked_eur_micro")},
        }
        for statement in truth.of(statements_due)
        for line in statement.lines
    ]
