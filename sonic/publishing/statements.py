"""Royalty statements of a closed month as files, one for each payee, held against the marts before they appear."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

from sonic.errors import SonicError, UsageError
from sonic.publishing import reports
from sonic.publishing.folder import replaced
from sonic.publishing.reports import Record
from sonic.warehouse.database import Database, Rows

Progress = Callable[[str, int, int], None]
SENDER = "Sonic Warehouse"
_BATCH_ROWS = 50_000
_AMOUNTS = {
    "OpeningBalance": "opening_balance_minor",
    "Gross": "gross_minor",
    "Deducted": "deducted_minor",
    "Recouped": "recouped_minor",
    "Withheld": "withheld_minor",
    "Penalised": "penalised_minor",
    "Payable": "payable_minor",
    "MinimumPayment": "minimum_payment_minor",
    "Due": "due_minor",
    "CarriedForward": "carried_forward_minor",
    "OpeningUnrecouped": "opening_unrecouped_minor",
    "Advanced": "advanced_minor",
    "Unrecouped": "unrecouped_minor",
}
"""Cells of a summary with the columns of fct_royalty_statements."""


@dataclass
class Totals:
    """What all files, or the marts, say together."""

    statements: int = 0
    amounts: dict[tuple[str, str], Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    """By cell and currency."""

    def differences(self, other: Totals) -> list[str]:
        """Where the two differ, in words."""
        found = []
        if self.statements != other.statements:
            found.append(f"there are {self.statements} statements, not {other.statements}")
        found += [
            f"{cell} in {currency} is {self.amounts[cell, currency]}, not {other.amounts[cell, currency]}"
            for cell, currency in sorted(self.amounts.keys() | other.amounts.keys())
            if self.amounts[cell, currency] != other.amounts[cell, currency]
        ]
        return found


@dataclass(frozen=True)
class Written:
    """What was written."""

    payees: int
    statements: int
    due: dict[str, Decimal]
    """By currency, major units."""


def parse_month(text: str) -> date:
    """First day of a month written 2026-01. Raises `UsageError` for anything else."""
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", text) or text.startswith("0000"):
        raise UsageError(f"{text!r} is no month", "MONTH", "Write it as 2026-01.")
    return date.fromisoformat(f"{text}-01")


def write_statements(
    database: Database,
    month: date,
    folder: Path,
    payees: Collection[int] = (),
    progress: Progress = lambda *_: None,
) -> Written:
    """Writes the statements of a closed month, all payees' or some, into a folder that appears whole or not at all.

    Each file is read back, and what they say together is held against the marts, before the folder takes its place.

    Raises:
        UsageError: the month has not closed or lies before the history, a payee has no statement, the folder is taken.
        SonicError: the marts are not built, or the files are not what they say.
    """
    _check_month(database, month)
    statements = _statements(database, month)
    unknown = sorted(set(payees) - statements.keys())
    if unknown:
        raise UsageError(
            f"There is no statement of payee {unknown[0]} for {month:%Y-%m}", "--payee",
            "`sonic server psql` or dim_payee tell which payees there are.",
        )  # fmt: skip
    chosen = {payee: of for payee, of in statements.items() if not payees or payee in payees}
    lines, usages = _lines(database, month), _usages(database, month, payees)
    waiting = next(usages, None)
    with replaced(folder) as made:
        for number, (payee, of) in enumerate(sorted(chosen.items())):
            progress(f"payee {payee}", number, len(chosen))
            mine: Sequence[tuple[Any, ...]] = ()
            if waiting is not None and waiting[0] == payee:
                mine, waiting = waiting[1], next(usages, None)
            reports.write(made / name_of(payee, month), _records(month, of, lines, mine))
        said = _said(made)
        wrong = ["a payee has royalties and no statement"] if waiting is not None else []
        wrong += said.differences(_marts(database, month, payees))
        if wrong:
            raise SonicError(
                f"The statements are not what the marts say: {wrong[0]}",
                str(folder), "Run `sonic build --full-refresh`, then write them again.",
            )  # fmt: skip
    due = {currency: amount for (cell, currency), amount in said.amounts.items() if cell == "Due" and amount}
    return Written(len(chosen), said.statements, due)


def name_of(payee: int, month: date) -> str:
    """Name of a payee's file, after DSR's convention: recipient, sender, service, period, territory."""
    return f"DSR_P{payee}_{SENDER.replace(' ', '')}_Royalties_{month:%Y-%m}_Worldwide.tsv"


def _asked(database: Database, sql: str) -> Rows:
    try:
        return database.query(sql)[1]
    except database.errors as error:
        raise _unbuilt(database, error) from error


def _unbuilt(database: Database, error: Exception) -> SonicError:
    return SonicError(
        f"The statements cannot be read: {str(error).strip().splitlines()[0]}", database.where,
        "Run `sonic build`, then write them.",
    )  # fmt: skip


def _check_month(database: Database, month: date) -> None:
    ((first, last),) = _asked(
        database, "select min(statement_month), max(statement_month) from marts.fct_royalty_statements"
    )
    if last is None or month > last:
        told = "No month has closed yet" if last is None else f"The last that has is {last:%Y-%m}"
        raise UsageError(
            f"{month:%Y-%m} has not closed", "MONTH", f"{told}; ten days more have to be loaded and built."
        )  # fmt: skip
    if month < first:
        raise UsageError(f"There are no statements of {month:%Y-%m}", "MONTH", f"They begin with {first:%Y-%m}.")


def _chosen(payees: Collection[int]) -> str:
    return f"payee_id in ({', '.join(map(str, sorted(payees)))})" if payees else "payee_id > 0"


def _statements(database: Database, month: date) -> dict[int, Rows]:
    """Statements of a month by payee; what waits in suspense is nobody's."""
    rows = _asked(database, f"""
        select statements.payee_id, payees.name, statements.currency_code, currencies.minor_units, statements.status,
            statements.withholding_ppm, {", ".join(f"statements.{column}" for column in _AMOUNTS.values())}
        from marts.fct_royalty_statements as statements
        inner join marts.dim_payee as payees on statements.payee_id = payees.payee_id
        inner join marts.dim_currency as currencies on statements.currency_code = currencies.currency_code
        where statements.statement_month = date '{month}' and statements.payee_id > 0
        order by statements.payee_id, statements.currency_code
    """)  # fmt: skip
    return {payee: list(of) for payee, of in groupby(rows, key=lambda row: row[0])}


def _lines(database: Database, month: date) -> dict[tuple[int, str], Rows]:
    """Lines of a month by payee and currency: contract, right, kind, amount."""
    rows = _asked(database, f"""
        select payee_id, currency_code, contract_id, right_type, kind, amount_minor
        from marts.fct_royalty_statement_lines
        where statement_month = date '{month}' and payee_id > 0
        order by payee_id, currency_code, contract_id, right_type, kind
    """)  # fmt: skip
    return {key: list(of) for key, of in groupby(rows, key=lambda row: (row[0], row[1]))}


def _usages(database: Database, month: date, payees: Collection[int]) -> Iterator[tuple[int, Rows]]:
    """What each payee's recordings brought, as the close of the month booked it."""
    sql = f"""
        select royalties.payee_id, royalties.song_id, songs.isrc, songs.title, royalties.service_month,
            geographies.country_code, royalties.tier, royalties.source, royalties.right_type, royalties.kind,
            sum(royalties.weighted_streams), royalties.currency_code, sum(royalties.amount_micro)
        from marts.fct_royalties as royalties
        inner join marts.dim_song as songs on royalties.song_key = songs.song_key
        inner join marts.dim_geography as geographies on royalties.payment_geography_id = geographies.geography_id
        where royalties.booking_month = date '{month}' and royalties.is_booked and royalties.{_chosen(payees)}
        group by royalties.payee_id, royalties.song_id, songs.isrc, songs.title, royalties.service_month,
            geographies.country_code, royalties.tier, royalties.source, royalties.right_type, royalties.kind,
            royalties.currency_code
        order by royalties.payee_id, royalties.song_id, royalties.service_month, geographies.country_code,
            royalties.tier, royalties.source, royalties.right_type, royalties.kind, songs.isrc, songs.title
    """
    try:
        rows = (row for batch in database.batches(sql, _BATCH_ROWS) for row in batch)
        for payee, of in groupby(rows, key=lambda row: row[0]):
            yield payee, list(of)
    except database.errors as error:
        raise _unbuilt(database, error) from error


def _records(
    month: date, statements: Rows, lines: dict[tuple[int, str], Rows], usages: Sequence[tuple[Any, ...]]
) -> Iterator[Record]:
    payee, name = statements[0][:2]
    next_month = (month + timedelta(days=32)).replace(day=1)
    closed = next_month + timedelta(days=10)
    yield Record("HEAD", {
        "MessageVersion": reports.VERSION,
        "Profile": reports.PROFILE,
        "MessageId": f"{month:%Y-%m}-{payee}",
        # The instant of the close, not that of writing: the same statement is the same file.
        "MessageCreatedDateTime": f"{closed}T00:00:00Z",
        "UsageStartDate": month,
        "UsageEndDate": next_month - timedelta(days=1),
        "SenderName": SENDER,
        "RecipientPartyId": payee,
        "RecipientName": name,
    })  # fmt: skip
    for summary, (_, _, currency, units, status, ppm, *amounts) in enumerate(statements, start=1):
        cells = {cell: _major(amount, units) for cell, amount in zip(_AMOUNTS, amounts, strict=True)}
        yield Record("SY", {
            "SummaryRecordId": summary,
            "CurrencyOfReporting": currency,
            "Status": status,
            "WithholdingRate": _major(ppm, 6),
            **cells,
        })  # fmt: skip
        for _, _, contract, right, kind, amount in lines.get((payee, currency), ()):
            yield Record("SL", {
                "SummaryRecordId": summary,
                "ContractId": contract if contract > 0 else None,
                "RightsType": right,
                "LineType": kind,
                "Amount": _major(amount, units),
            })  # fmt: skip
    for block, ((_, isrc, title), of) in enumerate(groupby(usages, key=lambda row: row[1:4]), start=1):
        yield Record("AS", {"BlockId": block, "ISRC": isrc, "Title": title})
        for _, _, _, _, service_month, country, tier, source, right, kind, streams, currency, micro in of:
            yield Record("SU", {
                "BlockId": block,
                "ServiceMonth": service_month,
                "Territory": country,
                "ServiceDescription": tier,
                "CommercialModel": source,
                "RightsType": right,
                "SalesTransactionType": kind,
                "WeightedStreams": Decimal(streams),
                "CurrencyOfTransaction": currency,
                "Royalty": _major(int(micro), 6),
            })  # fmt: skip


def _major(amount: int, digits: int) -> Decimal:
    """An amount in major units, with as many digits behind the point as its unit has."""
    return Decimal(amount).scaleb(-digits)


def _said(folder: Path) -> Totals:
    """What the files of a folder say together, read back."""
    found = Totals()
    for path in sorted(folder.glob("*.tsv")):
        report = reports.read(path)
        found.statements += len(report.summaries)
        for summary in report.summaries:
            for cell in _AMOUNTS:
                found.amounts[cell, summary["CurrencyOfReporting"]] += summary[cell]
        for usage in report.usages:
            found.amounts["Royalty", usage["CurrencyOfTransaction"]] += usage["Royalty"]
    return found


def _marts(database: Database, month: date, payees: Collection[int]) -> Totals:
    """What the marts say together."""
    found = Totals()
    rows = _asked(database, f"""
        select statements.currency_code, currencies.minor_units, count(*),
            {", ".join(f"sum(statements.{column})" for column in _AMOUNTS.values())}
        from marts.fct_royalty_statements as statements
        inner join marts.dim_currency as currencies on statements.currency_code = currencies.currency_code
        where statements.statement_month = date '{month}' and statements.{_chosen(payees)}
        group by statements.currency_code, currencies.minor_units
    """)  # fmt: skip
    for currency, units, statements, *amounts in rows:
        found.statements += int(statements)
        for cell, amount in zip(_AMOUNTS, amounts, strict=True):
            found.amounts[cell, currency] = _major(int(amount), units)
    rows = _asked(database, f"""
        select currency_code, sum(amount_micro)
        from marts.fct_royalties
        where booking_month = date '{month}' and is_booked and {_chosen(payees)}
        group by currency_code
    """)  # fmt: skip
    for currency, micro in rows:
        found.amounts["Royalty", currency] = _major(int(micro), 6)
    return found
