"""What labels and distributors see of their roster: earnings, payments and listeners."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

from oracle.charts import qualified
from oracle.dimensions import dim_song, dim_user
from oracle.lake import Row
from oracle.royalties import payees, royalties
from oracle.statements import payouts
from oracle.truth import Truth

_MONEY = ("roster_eur_micro", "own_eur_micro", "paid_eur_micro", "pending_eur_micro", "carried_forward_eur_micro")
_BANDS = {
    "listeners_under_18": ("0-12", "13-17"),
    "listeners_18_to_24": ("18-24",),
    "listeners_25_to_34": ("25-34",),
    "listeners_35_to_44": ("35-44",),
    "listeners_from_45": ("45-54", "55-64", "65+"),
}
LabelMonth = tuple[date, int]


def label_dashboard(truth: Truth) -> list[Row]:
    """mart_label_dashboard: a recording is of the roster of the label of its release, self-published ones of none.

    A listener is who he was in his last play of the roster's recordings in the month.
    """
    label_of = {row["song_key"]: row["label_id"] for row in truth.of(dim_song)}
    people = {row["user_key"]: row for row in truth.of(dim_user)}
    names = {row["label_id"]: row["name"] for row in truth.lake.latest("labels")}
    money: dict[LabelMonth, Counter[str]] = defaultdict(Counter)
    streams: Counter[LabelMonth] = Counter()
    listeners: dict[LabelMonth, dict[int, int]] = defaultdict(dict)

    def own_label(payee_id: int) -> int | None:
        payee = truth.of(payees).get(payee_id)
        return None if payee is None else payee["label_id"]

    for entry in truth.of(royalties):
        amount, month = entry["amount_eur_micro"] or 0, entry["booking_month"]
        money[month, label_of[entry["song_key"]]]["roster_eur_micro"] += amount
        money[month, own_label(entry["payee_id"]) or -1]["own_eur_micro"] += amount
    for statement in truth.of(payouts):
        of = money[statement["statement_month"], own_label(statement["payee_id"]) or -1]
        pending = statement["pending_eur_micro"] or 0
        of["paid_eur_micro"] += (statement["net_eur_micro"] or 0) - pending
        of["pending_eur_micro"] += pending
        of["carried_forward_eur_micro"] += statement["carried_forward_eur_micro"] or 0
    for stream, _ in truth.of(qualified):
        if stream["song_id"] > 0:
            cell = stream["local_booking_month"], label_of[stream["song_key"]]
            streams[cell] += 1
            known = listeners[cell].get(stream["user_id"], stream["user_key"])
            listeners[cell][stream["user_id"]] = max(known, stream["user_key"])
    found = []
    for month, label_id in money.keys() | streams.keys():
        if label_id < 0:
            continue
        audience = [people[key] for key in listeners.get((month, label_id), {}).values()]
        countries = Counter(person["residence_country_code"] for person in audience)
        top = min(countries, key=lambda code: (-countries[code], code), default="none")
        found.append(
            {
                "month_start_date": month,
                "label_id": label_id,
                "label_name": names[label_id],
                **{name: money[month, label_id][name] for name in _MONEY},
                "qualified_streams": streams[month, label_id],
                "listeners": len(audience),
                **{
                    f"{gender}_listeners": sum(person["gender"] == gender for person in audience)
                    for gender in ("female", "male")
                },
                **{name: sum(person["age_band"] in bands for person in audience) for name, bands in _BANDS.items()},
                "top_country_code": top,
            }
        )
    return found
