"""Writes fx_rates.csv from the ECB's file of daily reference rates (eurofxref-hist, .csv or .zip).

    python seeds/money/make_fx_rates.py path/to/eurofxref-hist.zip

Rates are units of a currency per euro, kept as whole millionths. Only the periods and currencies that the
warehouse can meet are written.
"""

from __future__ import annotations

import argparse
import csv
import io
import zipfile
from decimal import Decimal
from pathlib import Path

PERIODS = (("2018-10-15", "2018-12-05"), ("2025-12-01", "2026-04-13"))
CURRENCIES = (
    "AUD", "BRL", "CAD", "CHF", "GBP", "IDR", "INR", "JPY", "KRW", "MXN", "MYR", "PHP", "SEK", "SGD", "THB",
    "USD", "ZAR",
)  # fmt: skip
MILLION = 1_000_000
OUTPUT = Path(__file__).with_name("fx_rates.csv")


def read_text(path: Path) -> str:
    """Text of the ECB's file, unpacked if it is a zip of one member."""
    if path.suffix != ".zip":
        return path.read_text(encoding="utf-8")
    with zipfile.ZipFile(path) as archive:
        return archive.read(archive.namelist()[0]).decode("utf-8")


def rates(text: str) -> list[tuple[str, str, int]]:
    """(date, currency, millionths per euro) in order of date and currency; EUR itself is 1,000,000."""
    rows: list[tuple[str, str, int]] = []
    for row in csv.DictReader(io.StringIO(text)):
        day = row["Date"]
        if not any(first <= day <= last for first, last in PERIODS):
            continue
        rows.append((day, "EUR", MILLION))
        for currency in CURRENCIES:
            micro = Decimal(row[currency]) * MILLION
            if micro != int(micro):
                raise ValueError(f"{currency} on {day}: {row[currency]} has more than six decimals")
            rows.append((day, currency, int(micro)))
    return sorted(rows)


def main() -> None:
    """Write the file beside this script."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, help="eurofxref-hist.zip or .csv of the European Central Bank")
    with OUTPUT.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["rate_date", "currency_code", "rate_micro"])
        writer.writerows(rates(read_text(parser.parse_args().source)))


if __name__ == "__main__":
    main()
