"""A payee's statement as a flat file of records, shaped like a sales report of DDEX's DSR; it claims no conformance.

Each line is a record, its cells apart by tabs, the first one its type: HEAD, a summary (SY) for each currency with its
lines (SL), a block for each recording (AS) with what its plays brought (SU), FOOT with the counts. Lines that begin
with `#` name the cells and are passed over. Amounts are in major units of the currency; text is UTF-8.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sonic.errors import SonicError

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Kind:
    """What a cell holds: how it is read, and what it is called in an error."""

    about: str
    form: re.Pattern[str]
    read: Callable[[str], Any] = str


TEXT = Kind("a text", re.compile(r".+"))
MAYBE = Kind("a text or nothing", re.compile(r".*"))
COUNT = Kind("a whole number", re.compile(r"0|[1-9][0-9]*"), int)
AMOUNT = Kind("an amount", re.compile(r"-?[0-9]+(\.[0-9]+)?"), Decimal)
CURRENCY = Kind("a currency", re.compile(r"[A-Z]{3}"))
DAY = Kind("a day", re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), date.fromisoformat)
INSTANT = Kind("an instant in UTC", re.compile(r"[0-9-]{10}T[0-9:]{8}Z"), datetime.fromisoformat)

VERSION, PROFILE = "sonic/1", "SonicRoyaltyStatement"
CELLS: Mapping[str, Mapping[str, Kind]] = {
    "HEAD": {
        "MessageVersion": TEXT, "Profile": TEXT, "MessageId": TEXT, "MessageCreatedDateTime": INSTANT,
        "UsageStartDate": DAY, "UsageEndDate": DAY, "SenderName": TEXT, "RecipientPartyId": COUNT,
        "RecipientName": TEXT,
    },
    "SY": {
        "SummaryRecordId": COUNT, "CurrencyOfReporting": CURRENCY, "Status": TEXT, "OpeningBalance": AMOUNT,
        "Gross": AMOUNT, "Deducted": AMOUNT, "Recouped": AMOUNT, "Withheld": AMOUNT, "Penalised": AMOUNT,
        "Payable": AMOUNT, "MinimumPayment": AMOUNT, "Due": AMOUNT, "CarriedForward": AMOUNT,
        "OpeningUnrecouped": AMOUNT, "Advanced": AMOUNT, "Unrecouped": AMOUNT, "WithholdingRate": AMOUNT,
    },
    "SL": {
        "SummaryRecordId": COUNT, "ContractId": MAYBE, "RightsType": TEXT, "LineType": TEXT, "Amount": AMOUNT,
    },
    "AS": {"BlockId": COUNT, "ISRC": MAYBE, "Title": MAYBE},
    "SU": {
        "BlockId": COUNT, "ServiceMonth": DAY, "Territory": TEXT, "ServiceDescription": TEXT, "CommercialModel": TEXT,
        "RightsType": TEXT, "SalesTransactionType": TEXT, "WeightedStreams": AMOUNT, "CurrencyOfTransaction": CURRENCY,
        "Royalty": AMOUNT,
    },
    "FOOT": {"NumberOfLinesInFile": COUNT, "NumberOfSummaryRecords": COUNT, "NumberOfBlocksInFile": COUNT},
}  # fmt: skip
"""Records in the order in which their types come, with their cells behind the type."""
_FOLLOWS = {"": {"HEAD"}, "HEAD": {"SY"}, "SY": {"SY", "SL"}, "SL": {"SY", "SL"}, "AS": {"SU"}, "SU": {"AS", "SU"}}
_FOLLOWS |= {kind: _FOLLOWS[kind] | {"AS", "FOOT"} for kind in ("SY", "SL")} | {"SU": {"AS", "SU", "FOOT"}}
"""Which types may come after which."""
_NUMBERED = {"SummaryRecordId": "SY", "BlockId": "AS"}
"""Cells that number records of a type from 1, and refer to the last of them."""
_APART = str.maketrans({"\t": " ", "\n": " ", "\r": " ", "\x85": " ", "\u2028": " ", "\u2029": " "})


@dataclass(frozen=True)
class Record:
    """One line: its type and its cells by name, as `CELLS` types them."""

    kind: str
    values: Values


@dataclass(frozen=True)
class Report:
    """What one file says."""

    head: Values
    summaries: tuple[Values, ...]
    usages: tuple[Values, ...]


def write(path: Path, records: Iterable[Record]) -> None:
    """Writes the records, which begin with HEAD, with the names of their cells and FOOT, which counts them."""
    counts: dict[str, int] = defaultdict(int)
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        lines = 0
        for record in records:
            if record.kind not in counts:
                stream.write(_line(f"#{record.kind}", CELLS[record.kind]))
                lines += 1
            counts[record.kind] += 1
            stream.write(_line(record.kind, (_text(record.values[name]) for name in CELLS[record.kind])))
            lines += 1
        stream.write(_line("FOOT", map(str, (lines + 1, counts["SY"], counts["AS"]))))


def _line(kind: str, cells: Iterable[str]) -> str:
    return "\t".join((kind, *cells)) + "\n"


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value).translate(_APART)


def read(path: Path) -> Report:
    """Reads a file and holds it against itself: types and order of records, references, sums and counts.

    Raises `SonicError`, which names the line, for a file that is not what `write` writes.
    """
    found: dict[str, list[Values]] = {kind: [] for kind in CELLS}
    left: dict[int, Decimal] = defaultdict(Decimal)
    before, number = "", 0
    for number, record in _records(path):
        kind, values = record.kind, record.values
        if kind not in _FOLLOWS.get(before, set()):
            raise _wrong(path, number, f"{kind} does not come after {before or 'nothing'}")
        found[kind].append(values)
        before = kind
        for name, of in _NUMBERED.items():
            if name in values and values[name] != len(found[of]):
                raise _wrong(path, number, f"{name} is {values[name]}, not {len(found[of])}")
        if kind == "SY":
            _check_summary(path, number, values)
            left[values["SummaryRecordId"]] += values["Payable"] - values["OpeningBalance"]
        elif kind == "SL":
            left[values["SummaryRecordId"]] -= values["Amount"]
    if before != "FOOT":
        raise _wrong(path, number, "the file ends without FOOT")
    for summary, amount in left.items():
        if amount:
            raise _wrong(path, number, f"the lines of summary {summary} miss its sum by {amount}")
    counted = dict(zip(CELLS["FOOT"], (number, len(found["SY"]), len(found["AS"])), strict=True))
    for name, count in counted.items():
        if found["FOOT"][0][name] != count:
            raise _wrong(path, number, f"{name} is {found['FOOT'][0][name]}, but there are {count}")
    return Report(found["HEAD"][0], tuple(found["SY"]), tuple(found["SU"]))


def _check_summary(path: Path, number: int, values: Values) -> None:
    """Opening balance + gross - what is taken off = payable = due + carried forward; so for what is owed."""
    taken = values["Deducted"] + values["Recouped"] + values["Withheld"] + values["Penalised"]
    sums = {
        "Payable": values["OpeningBalance"] + values["Gross"] - taken,
        "CarriedForward": values["Payable"] - values["Due"],
        "Unrecouped": values["OpeningUnrecouped"] + values["Advanced"] - values["Recouped"],
    }
    for name, amount in sums.items():
        if values[name] != amount:
            raise _wrong(path, number, f"{name} is {values[name]}, but adds up to {amount}")


def _records(path: Path) -> Iterator[tuple[int, Record]]:
    """The records with the numbers of their lines."""
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SonicError(f"The statement cannot be read: {error}", str(path), "Write it again.") from error
    if not text.endswith("\n"):
        raise _wrong(path, text.count("\n") + 1, "the last line has no end")
    for number, line in enumerate(text[:-1].split("\n"), start=1):
        kind, *cells = line.split("\t")
        if kind.startswith("#"):
            continue
        if kind not in CELLS:
            raise _wrong(path, number, f"there is no record of type {kind!r}")
        if len(cells) != len(CELLS[kind]):
            raise _wrong(path, number, f"{kind} has {len(cells)} cells behind its type, not {len(CELLS[kind])}")
        pairs = zip(CELLS[kind].items(), cells, strict=True)
        yield number, Record(kind, {name: _value(path, number, name, of, cell) for (name, of), cell in pairs})


def _value(path: Path, number: int, name: str, kind: Kind, cell: str) -> Any:
    try:
        if kind.form.fullmatch(cell):
            return kind.read(cell)
    except ValueError:
        pass
    raise _wrong(path, number, f"{name} is {cell!r}, not {kind.about}")


def _wrong(path: Path, number: int, what: str) -> SonicError:
    return SonicError(f"The statement is not whole: {what}", f"{path}, line {number}", "Write it again.")
