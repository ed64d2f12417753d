"""Revenue by month, tier and payment country."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from oracle.amounts import ratio
from oracle.lake import Row
from oracle.listening import countries, country_geography
from oracle.revenue import revenue_daily
from oracle.truth import Truth

_AMOUNTS = ("recognised_eur_micro", "fee_eur_micro", "net_revenue_eur_micro", "gmv_eur_micro")


def revenue_by_tier(truth: Truth) -> list[Row]:
    """The revenue of the days added up, in reporting currency, with what it comes from."""
    names = {country_geography(key): row for key, row in truth.of(countries).items()}
    cells: dict[tuple[date, str, int], list[Row]] = defaultdict(list)
    of_month: dict[date, int] = defaultdict(int)
    for row in truth.of(revenue_daily):
        cells[row["booking_month"], row["tier"], row["payment_geography_id"]].append(row)
        of_month[row["booking_month"]] += row["recognised_eur_micro"]
    found = []
    for (month, tier, geography_id), rows in cells.items():
        country = names.get(geography_id, {})
        by_service = {"subscription": 0, "advertising": 0, "commission": 0}
        for row in rows:
            service = row["service"] if row["service"] in by_service else "commission"
            by_service[service] += row["recognised_eur_micro"]
        sums = {name: sum(row[name] for row in rows) for name in _AMOUNTS}
        found.append(
            {
                "booking_month": month,
                "tier": tier,
                "payment_geography_id": geography_id,
                "payment_country_code": country.get("country_code", "unknown"),
                "payment_country": country.get("name", "unknown"),
                **{f"{name}_eur_micro": amount for name, amount in by_service.items()},
                **sums,
                "share_of_month": ratio(sums["recognised_eur_micro"], of_month[month]),
                "is_closed": rows[0]["is_closed"],
            }
        )
    return found
