"""Payees, contracts and statements; and whether what was paid is what plays and contracts imply."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from oracle.amounts import half_up, millionths, ratio
from oracle.calendar import END, instant, month_of
from oracle.dimensions import with_members
from oracle.exchange import MICRO, micro_per_minor, rates
from oracle.lake import Row
from oracle.listening import countries, country_geography, streams
from oracle.revenue import history_start
from oracle.royalties import is_in_force, last_day, payees, works_of_song
from oracle.rules import rules
from oracle.truth import Truth
from oracle.versions import NOT_APPLICABLE, history

NO_CURRENCY = "XXX"
PayeeMonth = tuple[int, date]


def _or_none(value: int | None) -> int:
    return NOT_APPLICABLE if value is None else value


def dim_payee(truth: Truth) -> list[Row]:
    """Payees as they are today."""
    rows = []
    for row in truth.of(payees).values():
        country = truth.of(countries)[row["tax_country_id"]]
        rows.append(
            {
                **{name: row[name] for name in ("payee_id", "payee_type", "name", "currency_code", "created_at")},
                **{name: _or_none(row[name]) for name in ("artist_id", "label_id", "user_id")},
                "tax_geography_id": country_geography(row["tax_country_id"]),
                "tax_country_code": country["country_code"],
                "tax_country": country["name"],
                "minimum_payment_minor": row["minimum_payment_minor"],
            }
        )
    return with_members(rows, "payee_type name tax_country_code tax_country", currency_code=NO_CURRENCY)


def dim_rights_contract(truth: Truth) -> list[Row]:
    """Versions of contracts, the first from the first day in force."""
    kept = (
        "contract_id", "payee_id", "right_type", "per_stream_override_micro", "deductions_ppm", "advance_minor",
        "minimum_guarantee_minor", "recoupment_ppm", "payment_threshold_minor", "withholding_ppm",
        "is_cross_collateralised",
    )  # fmt: skip
    rows = []
    found = history(truth, "rights_contracts", "contract_id", lambda row: instant(row["valid_from"]))
    for version in (each for versions in found.versions.values() for each in versions):
        row = version.row
        territory = row["territory_country_id"]
        country = {"country_code": "world", "name": "World"} if territory is None else truth.of(countries)[territory]
        rows.append(
            {
                "contract_key": version.key,
                **{name: row[name] for name in kept},
                "geography_id": NOT_APPLICABLE if territory is None else country_geography(territory),
                "territory_code": country["country_code"],
                "territory": country["name"],
                "override_currency_code": row["override_currency_code"] or NO_CURRENCY,
                "in_force_from": row["valid_from"],
                "in_force_to": row["valid_to"],
                "valid_from": version.valid_from,
                "valid_to": version.valid_to,
                "is_current": version.is_current,
            }
        )
    return with_members(rows, "right_type territory_code territory", override_currency_code=NO_CURRENCY)


def bridge_revenue_split(truth: Truth) -> list[Row]:
    """Shares of payees in recordings and works."""
    return [
        {
            **{name: row[name] for name in ("revenue_split_id", "right_type", "payee_id", "share_ppm", "valid_from")},
            "song_id": _or_none(row["song_id"]),
            "work_id": _or_none(row["work_id"]),
            "payee_role": row["role"],
            "share_ratio": millionths(row["share_ppm"]),
            "valid_to": row["valid_to"] or END.date(),
        }
        for row in truth.lake.latest("revenue_splits")
    ]


# Statements.


def sent(truth: Truth, table: str, key: str) -> list[Row]:
    """Settlement documents as they were sent: those that are wrong, lost or doubled on purpose as they are."""
    found = {row[key]: row for row in truth.lake.latest(table)}
    if truth.planted is not None:
        wrong = {row["row_key"] for row in truth.planted.rows(table)}
        found = {each: row for each, row in found.items() if each not in wrong}
        found |= {row[key]: row for row in truth.planted.lake.latest(table) if row[key] in wrong}
    return list(found.values())


def sent_changes(truth: Truth, table: str, key: str) -> list[Row]:
    """The change rows of settlement documents as they were sent."""
    found = truth.lake.changes(table)
    if truth.planted is not None:
        wrong = {row["row_key"] for row in truth.planted.rows(table)}
        found = [row for row in found if row[key] not in wrong]
        found += [row for row in truth.planted.lake.changes(table) if row[key] in wrong]
    return found


def statements(truth: Truth) -> list[Row]:
    """Statements in the order of payee and month."""
    return sorted(sent(truth, "payouts", "payout_id"), key=lambda row: (row["payee_id"], row["statement_month"]))


def unexplained(row: Row) -> int:
    """What a statement pays or carries forward beyond what it adds up to, minor units."""
    own_sum = row["opening_balance_minor"] + row["gross_minor"] - row["recouped_minor"] - row["withheld_minor"]
    return int(row["net_minor"] + row["carried_forward_minor"] - own_sum)


def payouts(truth: Truth) -> list[Row]:
    """fct_payouts."""
    kept = (
        "payout_id", "payee_id", "statement_month", "currency_code", "status", "rate_micro", "opening_balance_minor",
        "gross_minor", "recouped_minor", "withheld_minor", "net_minor", "carried_forward_minor", "unrecouped_minor",
        "issued_at", "processed_at",
    )  # fmt: skip
    found = []
    for row in truth.of(statements):
        day, currency, is_paid = row["issued_at"].date(), row["currency_code"], row["status"] == "paid"
        unit = truth.of(micro_per_minor)[currency]
        amounts = {
            "gross": row["gross_minor"],
            "net": row["net_minor"],
            "pending": 0 if is_paid else row["net_minor"],
            "carried_forward": row["carried_forward_minor"],
        }
        found.append(
            {
                **{name: row[name] for name in kept},
                "issued_date": day,
                "processed_date": row["processed_at"].date() if row["processed_at"] else END.date(),
                "settled_streams": millionths(row["qualified_streams_milli"] * 1_000),
                "unexplained_minor": unexplained(row),
                "paid_minor": row["net_minor"] if is_paid else 0,
                "pending_minor": amounts["pending"],
                **{
                    f"{name}_eur_micro": truth.of(rates).to_reporting(amount * unit, currency, day)
                    for name, amount in amounts.items()
                },
            }
        )
    return found


# What plays imply.


@dataclass
class Count:
    """Streams that count for sure, and those that may: with what accounts played on which a fraud rule ever fired."""

    certain: int = 0
    possible: int = 0

    def add(self, certain: int, possible: int) -> None:
        """More of them."""
        self.certain += certain
        self.possible += possible


def convicted(truth: Truth) -> set[int]:
    """Accounts on which a fraud rule ever fired."""
    return {stream["user_id"] for stream in truth.of(streams) if stream["is_artificial"]}


def streams_settled(truth: Truth) -> dict[PayeeMonth, Count]:
    """Thousandths of streams by payee and settled month: by the shares in force on the month's last day.

    Months before the data rest on its opening, later ones on the qualified plays that had arrived by their close. A
    payee's streams of a right are cut to thousandths, then weighed: recordings at 80 %, works at 20 %.
    """
    months = {row["statement_month"] for row in truth.of(statements)}
    begin = month_of(history_start(truth))
    heard: dict[date, dict[int, Count]] = {month: defaultdict(Count) for month in months}
    for row in truth.lake.events("opening_song_streams"):
        if row["month_start"] in months and row["month_start"] < begin:
            heard[row["month_start"]][row["song_id"]].add(row["qualified_streams"], row["qualified_streams"])
    for stream in truth.of(streams):
        month = month_of(stream["started_date"])
        in_time = stream["booking_month"] == month and stream["started_date"] >= history_start(truth)
        if month not in months or not in_time or stream["song_id"] < 0:
            continue
        long_enough = truth.of(rules).on("qualified_stream_ms", stream["started_date"])
        is_long = (stream["played_ms"] or 0) >= long_enough or stream["is_completed"]
        if stream["is_qualified"] or (stream["is_artificial"] and is_long):
            heard[month][stream["song_id"]].add(stream["user_id"] not in truth.of(convicted), 1)
    splits: dict[tuple[str, int], list[Row]] = defaultdict(list)
    for split in truth.lake.latest("revenue_splits"):
        splits[split["right_type"], split["song_id"] or split["work_id"]].append(split)
    found: dict[PayeeMonth, Count] = defaultdict(Count)
    for month, songs in heard.items():
        held: dict[tuple[int, str], Count] = defaultdict(Count)
        for song_id, count in songs.items():
            parts = [("recording", song_id, MICRO)]
            parts += [("publishing", work_id, ppm) for work_id, ppm in truth.of(works_of_song).get(song_id, ())]
            for right, item, part_ppm in parts:
                for split in splits[right, item]:
                    if is_in_force(split, last_day(month)):
                        weight = part_ppm * split["share_ppm"]
                        held[split["payee_id"], right].add(count.certain * weight, count.possible * weight)
        for (payee_id, right), weights in held.items():
            right_ppm = truth.of(rules).on(f"{right}_share_ppm", month)
            both = (weight * 1_000 // (MICRO * MICRO) for weight in (weights.certain, weights.possible))
            found[payee_id, month].add(*(milli * right_ppm // MICRO for milli in both))
    return found


def usual_rates(truth: Truth) -> dict[tuple[date, int], int]:
    """The flat rate of a month by country of tax residence: the highest that a statement names."""
    found: dict[tuple[date, int], int] = defaultdict(int)
    for row in truth.of(statements):
        key = row["statement_month"], truth.of(payees)[row["payee_id"]]["tax_country_id"]
        found[key] = max(found[key], row["rate_micro"])
    return found


def _term(contracts: Iterable[Row], name: str, day: date) -> int:
    """A term of the world's contracts that are in force on a day; 0 where none is."""
    found = [row[name] for row in contracts if row["territory_country_id"] is None and is_in_force(row, day)]
    return max(found, default=0)


def reconciliation(truth: Truth) -> list[Row]:
    """fct_royalty_reconciliation: each payee's months in order, with what should have been carried between them."""
    contracts: dict[int, list[Row]] = defaultdict(list)
    for contract in truth.lake.latest("rights_contracts"):
        contracts[contract["payee_id"]].append(contract)
    advances: dict[int, list[Row]] = defaultdict(list)
    for advance in truth.lake.events("advances"):
        advances[advance["payee_id"]].append(advance)
    issued = {(row["payee_id"], row["statement_month"]): row for row in truth.of(statements)}
    found: list[Row] = []
    balance, before, whose = 0, None, None
    for payee_id, month in sorted(issued.keys() | truth.of(streams_settled).keys()):
        statement = issued.get((payee_id, month))
        if payee_id != whose:
            balance, before, whose = (statement or {}).get("opening_balance_minor", 0), None, payee_id
        payee = truth.of(payees)[payee_id]
        currency = payee["currency_code"] if statement is None else statement["currency_code"]
        rate = truth.of(usual_rates).get((month, payee["tax_country_id"]), 0)
        rate = rate if statement is None else statement["rate_micro"]
        count = truth.of(streams_settled).get((payee_id, month), Count())
        # The statement's own number is taken as far as it may be right.
        milli = count.certain
        if statement is not None:
            milli = min(max(statement["qualified_streams_milli"], count.certain), count.possible)
        gross = half_up(milli * rate // 1_000, truth.of(micro_per_minor)[currency])
        owed = 0
        if statement is not None and before is None:
            owed = statement["unrecouped_minor"] + statement["recouped_minor"]
        elif statement is not None and before is not None:
            owed = before["unrecouped_minor"] + sum(
                row["amount_minor"]
                for row in advances[payee_id]
                if before["statement_month"] < month_of(row["paid_at"].date()) <= month
            )
        recouped = min(gross * _term(contracts[payee_id], "recoupment_ppm", month) // MICRO, owed)
        taxed = (gross - recouped) * _term(contracts[payee_id], "withholding_ppm", last_day(month))
        implied = {"opening": balance, "gross": gross, "recouped": recouped, "withheld": half_up(taxed, MICRO)}
        if statement is not None or balance + gross - recouped - implied["withheld"]:
            found.append(_compared(truth, (payee_id, month), currency, (count, milli), implied, statement))
        balance += gross - recouped - implied["withheld"]
        if statement is not None:
            before = statement
            balance = 0 if statement["net_minor"] > 0 else balance
    return found


def _compared(
    truth: Truth,
    of: PayeeMonth,
    currency: str,
    counted: tuple[Count, int],
    implied: dict[str, int],
    statement: Row | None,
) -> Row:
    count, milli = counted

    def stated(name: str) -> int:
        return 0 if statement is None else int(statement[name])

    implied_minor = implied["opening"] + implied["gross"] - implied["recouped"] - implied["withheld"]
    stated_minor = stated("net_minor") + stated("carried_forward_minor")
    difference = stated_minor - implied_minor
    # In the order in which the causes are named where two parts are alike.
    parts = {
        "sum": 0 if statement is None else unexplained(statement),
        "opening_balance": stated("opening_balance_minor") - implied["opening"],
        "plays": stated("gross_minor") - implied["gross"],
        "recoupment": implied["recouped"] - stated("recouped_minor"),
        "withholding": implied["withheld"] - stated("withheld_minor"),
    }
    cause = "no_statement" if statement is None else max(parts, key=lambda name: abs(parts[name]))
    tolerance = truth.of(rules).on("reconciliation_tolerance_ppm", of[1])
    return {
        "payee_id": of[0],
        "statement_month": of[1],
        "payout_id": NOT_APPLICABLE if statement is None else statement["payout_id"],
        "currency_code": currency,
        "certain_streams": millionths(count.certain * 1_000),
        "possible_streams": millionths(count.possible * 1_000),
        "implied_streams": millionths(milli * 1_000),
        "settled_streams": millionths(stated("qualified_streams_milli") * 1_000),
        **{f"implied_{name}_minor": amount for name, amount in implied.items()},
        "implied_minor": implied_minor,
        "stated_minor": stated_minor,
        "difference_minor": difference,
        "difference_ratio": ratio(difference, implied_minor),
        "opening_difference_minor": parts["opening_balance"],
        "gross_difference_minor": parts["plays"],
        "recouped_difference_minor": parts["recoupment"],
        "withheld_difference_minor": parts["withholding"],
        "unexplained_minor": parts["sum"],
        "cause": cause if difference else "none",
        "is_flagged": abs(difference) * MICRO > abs(implied_minor) * tolerance,
    }
