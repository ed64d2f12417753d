"""What experiments did: who was exposed to what, what they did from then on, and whether variants differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal, localcontext
from fractions import Fraction
from math import erfc, exp, gamma, sqrt

from oracle.amounts import half_up, millionths, ratio
from oracle.exchange import MICRO, micro_per_minor, rates
from oracle.lake import Row
from oracle.rules import rules
from oracle.sessions import listening_sessions, milliseconds
from oracle.truth import Truth
from oracle.versions import users

_DAY_MS = 86_400_000


def exposures(truth: Truth) -> list[Row]:
    """First exposures, with what each account did until the experiment's end or the data clock."""
    ends = {row["experiment_id"]: row["ends_at"] for row in truth.lake.latest("experiments")}
    orders = _by_account(truth.lake.latest("orders"))
    tips = _by_account(truth.lake.events("tips"))
    supports = _by_account(truth.lake.latest("fan_subscriptions"))
    sessions = _by_account(row for row in truth.of(listening_sessions) if not row["is_artificial"])
    kept = (
        "experiment_assignment_id", "experiment_id", "experiment_variant_id", "user_id", "first_exposed_at",
        "arrived_at",
    )  # fmt: skip
    found = []
    for row in truth.lake.events("experiment_assignments"):
        user_id, begin = row["user_id"], row["first_exposed_at"]
        end = min(ends[row["experiment_id"]], truth.lake.clock)
        ordered = _between(orders[user_id], "created_at", begin, end)
        paid = [order for order in ordered if order["paid_at"] is not None]
        listened = _between(sessions[user_id], "started_at", begin, end)
        found.append(
            {
                **{name: row[name] for name in kept},
                "user_key": truth.of(users).key_of_event(user_id, begin),
                "observed_ms": max(0, milliseconds(begin, end) or 0),
                "orders": len(ordered),
                "paid_orders": len(paid),
                "cancelled_orders": sum(order["cancelled_at"] is not None for order in ordered),
                "order_value_micro": sum(_value(truth, order) for order in paid),
                "tips": len(_between(tips[user_id], "tipped_at", begin, end)),
                "supports": len(_between(supports[user_id], "started_at", begin, end)),
                "sessions": len(listened),
                "plays": sum(session["plays"] for session in listened),
                "skips": sum(session["skips"] for session in listened),
                "active_ms": sum(session["active_ms"] for session in listened),
                "first_exposed_date": begin.date(),
                "observed_until": end,
            }
        )
    return found


def _by_account(rows: Iterable[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["user_id"]].append(row)
    return found


def _between(rows: list[Row], at: str, begin: datetime, end: datetime) -> list[Row]:
    return [row for row in rows if begin <= row[at] < end]


def _value(truth: Truth, order: Row) -> int:
    micro = order["items_minor"] * truth.of(micro_per_minor)[order["currency_code"]]
    day = min(order["paid_at"].date(), order["arrived_at"].date())
    return truth.of(rates).to_reporting(micro, order["currency_code"], day) or 0


def _each(count: Callable[[Row], int]) -> Callable[[Row], list[int]]:
    """One observation an account, in millionths."""
    return lambda row: [count(row) * MICRO]


def _a_day(count: Callable[[Row], int], unit: int) -> Callable[[Row], list[int]]:
    """One observation for an account that was observed for a day at least."""
    return lambda row: (
        [half_up(count(row) * MICRO * _DAY_MS, row["observed_ms"] * unit)] if row["observed_ms"] >= _DAY_MS else []
    )


MEASURES: dict[str, Callable[[Row], list[int]]] = {
    "unpaid_orders": lambda row: [MICRO] * row["cancelled_orders"] + [0] * row["paid_orders"],
    "orders": _each(lambda row: int(row["orders"])),
    "paid_orders": _each(lambda row: int(row["paid_orders"])),
    "order_value": lambda row: [row["order_value_micro"]],
    "tips": _each(lambda row: int(row["tips"])),
    "supporters": _each(lambda row: int(row["supports"] > 0)),
    "skip_rate": lambda row: [half_up(row["skips"] * MICRO, row["plays"])] if row["plays"] else [],
    "active_minutes_a_day": _a_day(lambda row: int(row["active_ms"]), 60_000),
    "sessions_a_day": _a_day(lambda row: int(row["sessions"]), 1),
}
"""Observations that one exposure gives of a measure, in millionths of its unit."""


def chi_square_tail(limit: float, degrees: int) -> float:
    """How likely the sum of so many squared standard normal figures is above a limit."""
    half, odd = limit / 2, degrees % 2
    powers = (odd / 2 + number for number in range(degrees // 2))
    terms = (float(half**power) / gamma(power + 1) for power in powers)
    return (erfc(sqrt(half)) if odd else 0.0) + exp(-half) * sum(terms)


def results(truth: Truth) -> list[Row]:
    """Metrics by variant: treatments compared with the control, by experiment, with Holm's correction."""
    exposed: dict[int, list[Row]] = defaultdict(list)
    for row in truth.of(exposures):
        exposed[row["experiment_variant_id"]].append(row)
    found = []
    for experiment in truth.lake.latest("experiments"):
        variants = [
            row
            for row in truth.lake.latest("experiment_variants")
            if row["experiment_id"] == experiment["experiment_id"]
        ]
        if any(exposed[row["experiment_variant_id"]] for row in variants):
            found += _results_of(truth, experiment, variants, exposed)
    return found


def _results_of(truth: Truth, experiment: Row, variants: list[Row], exposed: dict[int, list[Row]]) -> list[Row]:
    figures, begin = truth.of(rules), experiment["starts_at"].date()
    accounts = {row["experiment_variant_id"]: len(exposed[row["experiment_variant_id"]]) for row in variants}
    everyone, chi_square = sum(accounts.values()), 0
    for row in variants:
        off = accounts[row["experiment_variant_id"]] * MICRO - everyone * row["planned_ppm"]
        chi_square += half_up(off * off, everyone * row["planned_ppm"])
    tail = chi_square_tail(chi_square / MICRO, len(variants) - 1)
    as_planned = tail >= figures.on("sample_ratio_p_ppm", begin) / MICRO
    measures = {
        row["metric_code"]: row["measure"]
        for row in truth.seeds.rows("experiment_measures")
        if row["experiment_code"] == experiment["experiment_code"]
    }
    control = next(row["experiment_variant_id"] for row in variants if row["is_control"])
    found = []
    for metric in truth.lake.latest("experiment_metrics"):
        if metric["experiment_id"] != experiment["experiment_id"]:
            continue
        measure = measures[metric["metric_code"]]
        observed = {
            variant: [value for row in exposed[variant] for value in MEASURES[measure](row)] for variant in accounts
        }
        for row in variants:
            variant = row["experiment_variant_id"]
            mine, theirs = observed[variant], observed[control]
            kept = ("experiment_metric_id", "metric_code", "statistic", "direction", "minimum_effect_ppm", "is_primary")
            found.append(
                {
                    **{name: metric[name] for name in kept},
                    "experiment_variant_id": variant,
                    "experiment_id": experiment["experiment_id"],
                    "measure": measure,
                    "accounts": accounts[variant],
                    "observations": len(mine),
                    "control_observations": len(theirs),
                    "degrees_of_freedom": len(variants) - 1,
                    "chi_square": millionths(chi_square),
                    "average": ratio(sum(mine), len(mine) * MICRO),
                    "control_average": ratio(sum(theirs), len(theirs) * MICRO),
                    **dict.fromkeys(
                        ("difference", "difference_low", "difference_high", "z_score", "p_value", "p_value_holm")
                    ),
                    "verdict": "control" if row["is_control"] else "too few" if as_planned else "blocked",
                    "is_control": row["is_control"],
                    "is_split_as_planned": as_planned,
                    "is_final": experiment["ends_at"] <= truth.lake.clock,
                }
            )
            enough = min(len(mine), len(theirs)) >= figures.on("experiment_observations", begin)
            if as_planned and enough and not row["is_control"]:
                z = Decimal(figures.on("confidence_z_micro", begin)) / MICRO
                found[-1] |= _difference(mine, theirs, metric["statistic"], z)
    _holm(found, figures.on("experiment_tail_ppm", begin))
    return found


def _difference(mine: list[int], theirs: list[int], statistic: str, z: Decimal) -> Row:
    """Difference of the averages with its interval; nothing where neither side varies."""
    squared_error = _squared_error(mine, statistic) + _squared_error(theirs, statistic)
    if not squared_error:
        return {}
    exact = Fraction(sum(mine), len(mine)) - Fraction(sum(theirs), len(theirs))
    with localcontext(prec=60):
        difference = Decimal(exact.numerator) / exact.denominator
        error = (Decimal(squared_error.numerator) / squared_error.denominator).sqrt()
        low, high, score = (
            _floor_of_half_more(figure)
            for figure in (difference - z * error, difference + z * error, abs(difference) / error * 1_000)
        )
    return {
        "difference": millionths(half_up(exact.numerator, exact.denominator)),
        "difference_low": millionths(low),
        "difference_high": millionths(high),
        "z_score": millionths(score * 1_000),
        "p_value": millionths(_floor_of_half_more(Decimal(erfc(score / 1_000 / sqrt(2)) * MICRO))),
    }


def _squared_error(values: list[int], statistic: str) -> Fraction:
    """Square of the standard error of an average: of a share by n, of a mean by n - 1."""
    n, total = len(values), sum(values)
    spread = Fraction(n * sum(value * value for value in values) - total * total, n * n)
    return spread / (n if statistic == "proportion" else n - 1)


def _floor_of_half_more(figure: Decimal) -> int:
    return int((figure + Decimal("0.5")).to_integral_value("ROUND_FLOOR"))


def _holm(rows: list[Row], tail_ppm: int) -> None:
    """Corrects the comparisons of one experiment for their number, and says what they mean."""
    told = [row for row in rows if row["p_value"] is not None]
    told.sort(key=lambda row: row["p_value"])
    least = Decimal(0)
    for place, row in enumerate(told):
        least = max(least, min(Decimal(1), row["p_value"] * (len(told) - place)))
        row["p_value_holm"] = least
        if least >= millionths(tail_ppm):
            row["verdict"] = "no difference"
        else:
            row["verdict"] = "better" if (row["difference"] > 0) == (row["direction"] == "increase") else "worse"
