"""Life cycles of subscriptions: every account's timeline, computed in lockstep over all accounts.

Each round takes every account whose next step lies before the horizon through one step: a purchase, or one
billing period with what happens in it and at its end. Draws are hashes of (seed, purpose, account, step), so a
timeline does not depend on other accounts nor on the horizon; what lies beyond the horizon is cut off later.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generators.core.calendar import DAY, HOUR, MINUTE, NEVER, SECOND
from generators.core.people import Households, Users
from generators.core.random import Bools, Floats, Ints, exponential, hash_uniform, pick
from generators.core.reference import reference
from generators.domains.billing import ledger as log
from generators.domains.billing.ledger import Ledger
from generators.domains.billing.prices import (
    DAY_PASS,
    DUO,
    FAMILY,
    MILLION,
    MONTH,
    PRIME,
    PRO,
    PRO_FAMILY,
    STUDENT,
    WEEK,
    YEAR,
    net_of,
    offers,
    prices,
    rates,
)

PAYMENT_DELAY = 8 * SECOND
"""From the issue of an invoice to the answer of the processor."""
GRACE_DAYS = 7
HOLD_DAYS = 30
CHANNELS = ("app", "web", "carrier", "alexa", "partner")
_RETRY_AFTER = (1 * DAY, 3 * DAY, 6 * DAY)
_UPGRADE = {PRIME: PRO, STUDENT: PRIME, FAMILY: PRO_FAMILY}
_DOWNGRADE = {PRO: PRIME, PRO_FAMILY: FAMILY}


def add_months(anchor: Ints, months: Ints) -> Ints:
    """Instants some calendar months after anchors, on the anchor's day or the month's last one."""
    day, time = anchor // DAY, anchor % DAY
    start = day.astype("datetime64[D]").astype("datetime64[M]")
    in_month = day - start.astype("datetime64[D]").astype(np.int64)
    target = start + months
    first = target.astype("datetime64[D]").astype(np.int64)
    last = (target + 1).astype("datetime64[D]").astype(np.int64) - 1
    return np.asarray(np.minimum(first + in_month, last) * DAY + time, dtype=np.int64)


def is_first_at_higher_price(price: Ints, started: Ints, period_start: Ints) -> Bools:
    """Whether a period is the first that a subscription pays at a price which came into force after its start.

    Args:
        price: price rows of the periods.
        started: beginning of the subscriptions. period_start: of the periods; all as instants.
    """
    since = prices().first_day[price]
    # Nothing has become cheaper. Four weeks, as with a month some would meet the price twice.
    return np.asarray((started // DAY < since) & (period_start // DAY - since < 28) & (period_start // DAY >= since))


@dataclass
class _State:
    """Current subscription of every account, arrays by account row."""

    country: Ints
    plan: Ints
    cycle: Ints
    price: Ints
    discount: Ints
    prepaid: Ints
    offer: Ints
    slot: Ints
    channel: Ints
    household: Ints
    episode: Ints
    state: Ints
    started: Ints
    trial_end: Ints
    cancelled: Ints
    ended: Ints
    involuntary: Ints
    period_start: Ints
    period_end: Ints
    anchor: Ints
    periods: Ints
    since: Ints
    step: Ints
    next_at: Ints
    is_idle: Ints
    credit_gross: Ints
    credit_net: Ints
    credit_from: Ints
    credit_to: Ints
    credit_plan: Ints


class LifeCycles:
    """Runs all timelines up to a horizon.

    Args:
        seed: seed of the data set.
        users: accounts created before the horizon.
        households: households founded before the horizon.
        members_until: instant from which a non-owner may pay alone, by account row (0: always).
        horizon: first instant (microseconds UTC) that is not needed.
        price_rise: factor on the readiness to cancel in the first month at a higher price.
    """

    def __init__(
        self, seed: int, users: Users, households: Households, members_until: Ints, horizon: int, price_rise: float
    ) -> None:
        self.seed = seed
        self.price_rise = price_rise
        self.users = users
        self.horizon = horizon
        self.ledger = Ledger()
        self.rate = rates()
        self.prices = prices()
        self.offers = offers()
        n = len(users)
        self.household = np.full(n, -1)
        self.household[households.owner] = np.arange(len(households))
        self.shared_from = np.full(n, NEVER)
        self.shared_from[households.owner] = households.created_at + 30 * MINUTE
        self.shared_to = np.full(n, NEVER)
        self.shared_to[households.owner] = households.closed_at
        self.shared_plan = np.full(n, PRIME)
        self.shared_plan[households.owner] = np.where(
            households.is_family,
            np.where(
                hash_uniform(seed, "billing.pro_family", households.owner) < self.rate["pro_family"], PRO_FAMILY, FAMILY
            ),
            DUO,
        )
        self.prefers_prepaid = hash_uniform(seed, "billing.prepaid", np.arange(n)) < self._by_country("prepaid")
        self.s = self._initial(members_until)

    def _by_country(self, name: str) -> Floats:
        table = np.zeros(len(reference().countries))
        for code, index in reference().country_index.items():
            table[index] = self.rate.get(f"{name}_{code}", 0.0)
        return table[self.users.payment_country]

    def _initial(self, members_until: Ints) -> _State:
        n = len(self.users)
        rows = np.arange(n)

        def draw(what: str) -> Floats:
            return hash_uniform(self.seed, f"billing.first.{what}", rows)

        zero = {name: np.zeros(n, dtype=np.int64) for name in _State.__dataclass_fields__}
        state = _State(**zero)
        state.country = self.users.payment_country.copy()
        state.episode -= 1
        state.household -= 1
        state.is_idle += 1
        converts = draw("converts") < self._by_country("convert") * (0.4 + 1.2 * self.users.taste)
        quick = 10 * MINUTE + (draw("quick") ** 2 * 2 * DAY).astype(np.int64)
        slow = DAY + exponential(draw("slow"), self.rate["convert_days"] * DAY).astype(np.int64)
        wait = np.where(draw("at_once") < self.rate["at_once"], quick, slow)
        alone = np.where(members_until == NEVER, NEVER, np.maximum(self.users.signup_at, members_until))
        first = np.where(converts & (alone < NEVER), np.minimum(alone, NEVER - wait) + wait, NEVER)
        owner = self.household >= 0
        # Some owners pay alone long before the household is founded and change plan then.
        early = owner & (first < self.shared_from - 45 * DAY) & (draw("early") < 0.5)
        first = np.where(owner & ~early, self.shared_from, first)
        state.next_at = np.where(first < self.users.deleted_at - HOUR, first, NEVER)
        return state

    def run(self) -> Ledger:
        """All timelines; rows at or after the horizon may be incomplete and are to be cut off."""
        while True:
            due = self.s.next_at < self.horizon
            if not due.any():
                return self.ledger
            idle = self.s.is_idle > 0
            self._purchase(np.flatnonzero(due & idle))
            self._period(np.flatnonzero(due & ~idle))

    def _draw(self, what: str, who: Ints) -> Floats:
        return hash_uniform(self.seed, f"billing.{what}", who, self.s.step[who])

    # What is written down.

    def _image(self, who: Ints, at: Ints, state: int) -> None:
        s = self.s
        s.state[who] = state
        s.since[who] = at
        self.ledger.changes.add(
            len(who), user=who, episode=s.episode[who], at=at, state=state, plan=s.plan[who], price=s.price[who],
            discount=s.discount[who], prepaid=s.prepaid[who], trial_end=s.trial_end[who],
            period_start=s.period_start[who], period_end=s.period_end[who], started=s.started[who],
            cancelled=s.cancelled[who], ended=s.ended[who], involuntary=s.involuntary[who], slot=s.slot[who],
            offer=s.offer[who], channel=s.channel[who], household=s.household[who],
        )  # fmt: skip

    def _event(
        self,
        who: Ints,
        at: Ints,
        kind: Ints | int,
        *,
        before: Ints | int,
        after: int,
        reason: Ints | int | str = 0,
        from_price: Ints | int = -1,
        proration: Ints | int = 0,
    ) -> None:
        s = self.s
        if isinstance(reason, str):
            reason = log.REASONS.index(reason)
        changed = np.asarray(from_price) >= 0
        self.ledger.events.add(
            len(who), user=who, episode=s.episode[who], at=at, kind=kind, before=before, after=after, reason=reason,
            from_price=from_price, to_price=np.where(changed, s.price[who], -1), proration=proration,
            country=s.country[who],
        )  # fmt: skip

    def _invoice(self, who: Ints, at: Ints, start: Ints, end: Ints) -> Ints:
        """Invoice one period at the price in force, less discounts and credits; returns invoice rows."""
        s, p = self.s, self.prices
        price = s.price[who]
        tax = p.tax_ppm[price]
        gross = p.amount[price] - s.discount[who] - s.credit_gross[who]
        net = net_of(gross, tax)
        full = net_of(p.amount[price], tax)
        credit = s.credit_net[who]
        discount = full - credit - net
        # Rounding may leave a unit where there is no discount: the credit takes it.
        spare = np.where(s.discount[who] == 0, discount, 0)
        rows = self.ledger.invoices.add(
            len(who), user=who, episode=s.episode[who], country=s.country[who], at=at, plan=s.plan[who],
            plan_net=full, is_change=0, discount_net=discount - spare, credit_net=credit + spare,
            credit_plan=s.credit_plan[who], credit_from=s.credit_from[who], credit_to=s.credit_to[who],
            tax=gross - net, start=start // DAY, end=np.maximum(end // DAY, start // DAY + 1), slot=s.slot[who],
            offer=s.offer[who],
        )  # fmt: skip
        s.credit_gross[who] = 0
        s.credit_net[who] = 0
        return rows

    def _close(self, invoice: Ints, at: Ints, status: int) -> None:
        self.ledger.closings.add(len(invoice), invoice=invoice, at=at, status=status)

    def _attempt(self, who: Ints, invoice: Ints, at: Ints, ok: Bools, what: str) -> None:
        s = self.s
        self.ledger.attempts.add(
            len(who), invoice=invoice, user=who, at=at, ok=ok.astype(np.int64), slot=s.slot[who], offer=s.offer[who],
            draw=(self._draw(f"{what}.code", who) * MILLION).astype(np.int64),
        )  # fmt: skip

    # Purchases.

    def _purchase(self, who: Ints) -> None:
        if not len(who):
            return
        s, rate = self.s, self.rate
        at = s.next_at[who].copy()
        s.step[who] += 1
        s.episode[who] += 1
        returning = s.episode[who] > 0
        self._choose_product(who, at, returning)
        s.started[who] = at
        s.cancelled[who] = NEVER
        s.ended[who] = NEVER
        s.involuntary[who] = 0
        s.credit_gross[who] = 0
        s.credit_net[who] = 0
        s.is_idle[who] = 0
        early_owner = (self.household[who] >= 0) & (s.household[who] < 0)
        trial = ~returning & (s.prepaid[who] == 0) & (s.cycle[who] == MONTH) & ~early_owner
        trial &= self._draw("trial", who) < rate["trial"]
        s.trial_end[who] = np.where(trial, at + int(rate["trial_days"]) * DAY, NEVER)
        s.discount[who] = np.where(
            ~trial & (s.prepaid[who] == 0) & (s.cycle[who] == MONTH) & (self._draw("discount", who) < rate["discount"]),
            (self.prices.amount[s.price[who]] * rate["discount_share"]).astype(np.int64) // 10 * 10,
            0,
        )
        self._set_period(who, at, restart=True)
        s.period_end[who] = np.where(trial, s.trial_end[who], s.period_end[who])
        self._image(who, at, log.PENDING)
        reason = np.where(returning, log.REASONS.index("returning"), log.REASONS.index("first_purchase"))
        self._event(who, at, log.CREATED, before=-1, after=log.PENDING, reason=reason)
        on_trial = who[trial]
        self._image(on_trial, at[trial] + 2 * SECOND, log.TRIAL)
        self._event(on_trial, at[trial] + 2 * SECOND, log.TRIAL_STARTED, before=log.PENDING, after=log.TRIAL)
        self._first_payment(who[~trial], at[~trial])
        live = s.state[who] != log.EXPIRED
        s.next_at[who[live]] = s.since[who[live]]

    def _choose_product(self, who: Ints, at: Ints, returning: Bools) -> None:
        s, rate, n = self.s, self.rate, len(who)
        launch = np.flatnonzero(reference().launch)
        moves = returning & (self._draw("moved", who) < rate["moved_market"])
        to = launch[pick(self._draw("market", who), np.ones(len(launch)))]
        s.country[who] = np.where(moves, to, s.country[who])
        country = s.country[who]
        shares = (self.household[who] >= 0) & (self.shared_from[who] <= at) & (at < self.shared_to[who])
        age = (at // DAY - self.users.birth_day[who]) / 365.25
        waits = (self.household[who] >= 0) & (at < self.shared_from[who])
        student = ~shares & ~waits & (age >= 17) & (age < 25) & (self.users.birth_day[who] < NEVER)
        student &= self._draw("student", who) < rate["student"]
        pro = ~waits & (self._draw("pro", who) < rate["pro"] * (0.5 + self.users.taste[who]))
        plan = np.where(shares, self.shared_plan[who], np.where(student, STUDENT, np.where(pro, PRO, PRIME)))
        prepaid = self.prefers_prepaid[who] & ~shares & ~waits & (self._draw("renewing", who) >= rate["prepaid_renews"])
        brazil = country == reference().country_index["BR"]
        plan = np.where(prepaid & ~brazil, PRIME, plan)
        passes = np.where(self._draw("pass", who) < 0.6, WEEK, DAY_PASS)
        yearly = (
            ~shares & ~prepaid & ~waits & np.isin(plan, (PRIME, PRO)) & (self._draw("annual", who) < rate["annual"])
        )
        cycle = np.where(prepaid & ~brazil, passes, np.where(yearly, YEAR, np.full(n, MONTH)))
        s.plan[who] = plan
        s.cycle[who] = cycle
        s.prepaid[who] = prepaid
        s.household[who] = np.where(shares, self.household[who], -1)
        s.price[who] = self.prices.at(plan, country, cycle, at)
        # One method per account, market and way of paying, until it has to be replaced.
        key = country * 2 + prepaid
        fixed = hash_uniform(self.seed, "billing.method", who, key)
        s.offer[who] = self.offers.choose(fixed, country, prepaid.astype(np.int64))
        s.slot[who] = s.offer[who]
        s.channel[who] = np.where(
            np.array([m == 7 for m in self.offers.method])[s.offer[who]],
            2,
            np.array([0, 1, 3, 4])[pick(self._draw("channel", who), np.array([0.66, 0.22, 0.05, 0.07]))],
        )

    def _first_payment(self, who: Ints, at: Ints) -> None:
        if not len(who):
            return
        s = self.s
        invoice = self._invoice(who, at + SECOND, at, s.period_end[who])
        fails = self._draw("first_charge", who) < 1.5 * self.offers.failure_rate[s.offer[who]]
        self._attempt(who, invoice, at + PAYMENT_DELAY, ~fails, "first")
        again = fails & (self._draw("first_retry", who) < self.rate["first_retry"])
        self._attempt(who[fails], invoice[fails], at[fails] + 90 * SECOND, again[fails], "second")
        paid = ~fails | again
        paid_at = np.where(fails, at + 90 * SECOND, at + PAYMENT_DELAY)
        self._close(invoice[paid], paid_at[paid], log.PAID)
        self._image(who[paid], paid_at[paid], log.ACTIVE)
        self._event(who[paid], paid_at[paid], log.RENEWED, before=log.PENDING, after=log.ACTIVE, reason="first_payment")
        lost, lost_at = who[~paid], at[~paid] + 30 * MINUTE
        self._close(invoice[~paid], lost_at, log.VOID)
        self._end(lost, lost_at, lost_at, log.PENDING, involuntary=True, reason="payment_failed")

    def _set_period(self, who: Ints, start: Ints, *, restart: bool) -> None:
        """Next period from ``start``; a restart makes that the new billing anchor."""
        s = self.s
        if restart:
            s.anchor[who] = start
            s.periods[who] = 0
        s.periods[who] += 1
        cycle = s.cycle[who]
        months = add_months(s.anchor[who], np.where(cycle == YEAR, 12, 1) * s.periods[who])
        days = np.where(cycle == WEEK, 7, 1) * DAY + start
        s.period_start[who] = start
        s.period_end[who] = np.where((cycle == MONTH) | (cycle == YEAR), months, days)

    def _end(
        self, who: Ints, at: Ints, access_lost: Ints, before: Ints | int, *, involuntary: bool, reason: str
    ) -> None:
        """Expire subscriptions and draw whether and when their accounts buy again."""
        if not len(who):
            return
        s, rate = self.s, self.rate
        s.ended[who] = access_lost
        s.involuntary[who] = int(involuntary)
        self._image(who, at, log.EXPIRED)
        self._event(who, at, log.EXPIRE, before=before, after=log.EXPIRED, reason=reason)
        s.is_idle[who] = 1
        prepaid = s.prepaid[who] > 0
        back = np.where(
            prepaid, rate["return_prepaid"], rate["return_involuntary" if involuntary else "return_voluntary"]
        )
        back = back * np.where(self.users.lapsed_at[who] < at, 0.3, 1.0)
        days = np.where(prepaid, rate["return_prepaid_days"], rate["return_days"])
        gap = HOUR + exponential(self._draw("gap", who), days * float(DAY)).astype(np.int64)
        when = at + gap
        returns = (self._draw("back", who) < back) & (when < self.users.deleted_at[who] - HOUR)
        s.next_at[who] = np.where(returns, when, NEVER)

    # One billing period.

    def _period(self, who: Ints) -> None:
        if not len(who):
            return
        s = self.s
        s.step[who] += 1
        deleted = self.users.deleted_at[who] < s.period_end[who]
        self._delete(who[deleted])
        who = who[~deleted]
        cancel, pause, change = self._intentions(who)
        gone = self._cancel(who, cancel)
        self._change_plan(who[change])
        prepaid = (s.prepaid[who] > 0) & ~gone
        over = gone | prepaid
        end = s.period_end[who]
        self._end(who[over], end[over], end[over], s.state[who[over]], involuntary=False, reason="end_of_period")
        self._pause(who[pause & ~over])
        self._renew(who[~pause & ~over])
        live = who[s.is_idle[who] == 0]
        s.next_at[live] = s.since[live]

    def _delete(self, who: Ints, invoice: Ints | None = None) -> None:
        """Accounts deleted inside a period: cancelled and expired at once."""
        if not len(who):
            return
        s = self.s
        at = np.maximum(self.users.deleted_at[who], s.since[who] + MINUTE)
        before = s.state[who].copy()
        s.cancelled[who] = at
        self._image(who, at, log.CANCELLED)
        self._event(who, at, log.CANCEL, before=before, after=log.CANCELLED, reason="account_deleted")
        if invoice is not None:
            self._close(invoice, at, log.UNCOLLECTIBLE)
        self._end(who, at + SECOND, at + SECOND, log.CANCELLED, involuntary=False, reason="account_deleted")

    def _intentions(self, who: Ints) -> tuple[Bools, Bools, Bools]:
        """Who cancels, pauses or changes plan in the period (at most one of them each)."""
        s, rate = self.s, self.rate
        trial = s.state[who] == log.TRIAL
        lapsed = self.users.lapsed_at[who] < s.period_end[who]
        weight = np.where(s.cycle[who] == YEAR, 6.0, 1.0)
        risen = is_first_at_higher_price(s.price[who], s.started[who], s.period_start[who])
        more = np.where(risen, self.price_rise, 1.0)
        eager = np.clip(0.34 / np.maximum(self.users.activity[who], 0.05), 0.5, 2.0) ** 0.5
        quits = np.where(
            trial,
            rate["trial_cancel"],
            np.minimum(0.6, np.where(lapsed, rate["cancel_lapsed"], rate["cancel"] * eager) * weight * more),
        )
        renewing = s.prepaid[who] == 0
        closes = (s.household[who] >= 0) & (self.shared_to[who] + HOUR < s.period_end[who])
        founds = self._founds(who)
        draw = self._draw("intention", who)
        cancel = renewing & (closes | (~founds & (draw < quits)))
        pause = renewing & ~trial & ~cancel & ~founds & (s.cycle[who] == MONTH) & (s.household[who] < 0)
        pause &= draw > 1 - rate["pause"]
        change = (
            renewing
            & ~trial
            & ~cancel
            & ~pause
            & (founds | ((draw > 0.9 - (rate["upgrade"] + rate["downgrade"]) * weight) & (draw < 0.9)))
        )
        return cancel, pause, change

    def _founds(self, who: Ints) -> Bools:
        """Owners on a plan of their own whose household is founded in the period."""
        s = self.s
        at = np.maximum(self.shared_from[who] + 20 * MINUTE, s.since[who] + HOUR)
        founds = (self.household[who] >= 0) & (s.household[who] < 0) & (s.plan[who] == PRIME)
        founds &= (s.prepaid[who] == 0) & (s.cycle[who] == MONTH) & (s.state[who] == log.ACTIVE)
        return np.asarray(
            founds & (at < s.period_end[who] - 2 * DAY) & (self.shared_to[who] > s.period_end[who]), dtype=np.bool_
        )

    def _within(self, who: Ints, low: float, high: float) -> Ints:
        """A random instant in a part of the period, after the last change and before the end."""
        s = self.s
        share = low + (high - low) * self._draw("when", who)
        at = s.period_start[who] + (share * (s.period_end[who] - s.period_start[who])).astype(np.int64)
        room = s.period_end[who] - s.since[who]
        return np.where(at > s.since[who] + room // 50, at, s.since[who] + room // 50)

    def _cancel(self, who: Ints, cancel: Bools) -> Bools:
        """Clicks on cancel; returns which of ``who`` stay cancelled."""
        s = self.s
        some = who[cancel]
        at = self._within(some, 0.02, 0.9)
        closes = (s.household[some] >= 0) & (self.shared_to[some] + HOUR < s.period_end[some])
        at = np.where(closes, np.maximum(self.shared_to[some], s.since[some] + MINUTE), at)
        before = s.state[some].copy()
        s.cancelled[some] = at
        self._image(some, at, log.CANCELLED)
        why = np.array([log.REASONS.index(r) for r in ("not_used", "price", "competitor", "not_used")])
        reason = why[(self._draw("why", some) * 4).astype(np.int64)]
        reason = np.where(closes, log.REASONS.index("household_closed"), reason)
        self._event(some, at, log.CANCEL, before=before, after=log.CANCELLED, reason=reason)
        undone = ~closes & (before == log.ACTIVE) & (self._draw("undone", some) < self.rate["cancel_undone"])
        again = some[undone]
        back = at[undone] + ((s.period_end[again] - at[undone]) * 0.6).astype(np.int64)
        s.cancelled[again] = NEVER
        self._image(again, back, log.ACTIVE)
        self._event(again, back, log.REACTIVATED, before=log.CANCELLED, after=log.ACTIVE, reason="changed_mind")
        gone = cancel.copy()
        gone[np.flatnonzero(cancel)[undone]] = False
        return gone

    def _change_plan(self, who: Ints) -> None:
        """Upgrades (invoiced at once) and downgrades (credited on the next invoice) inside the period."""
        if not len(who):
            return
        s, p, rate = self.s, self.prices, self.rate
        founding = self._founds(who)
        down = ~founding & (self._draw("direction", who) < rate["downgrade"] / (rate["upgrade"] + rate["downgrade"]))
        up_to, down_to = np.full(7, -1), np.full(7, -1)
        up_to[list(_UPGRADE)] = list(_UPGRADE.values())
        down_to[list(_DOWNGRADE)] = list(_DOWNGRADE.values())
        target = np.where(founding, self.shared_plan[who], np.where(down, down_to[s.plan[who]], up_to[s.plan[who]]))
        at = np.where(down, self._within(who, 0.55, 0.9), self._within(who, 0.1, 0.9))
        at = np.where(founding, np.maximum(self.shared_from[who] + 20 * MINUTE, s.since[who] + HOUR), at)
        new_price = np.where(target >= 0, p.at(np.maximum(target, 0), s.country[who], s.cycle[who], at), -1)
        left = s.period_end[who] // DAY - at // DAY
        whole = s.period_end[who] // DAY - s.period_start[who] // DAY
        old_gross = p.amount[s.price[who]] - s.discount[who]
        credit_gross = old_gross * left // whole
        charge_gross = p.amount[new_price] * left // whole
        total = charge_gross - credit_gross
        fits = (new_price >= 0) & (left >= 1) & (at + HOUR < s.period_end[who]) & (s.credit_gross[who] == 0)
        fits &= np.where(down, total < 0, total > 0)
        who, at, down, founding, total, credit_gross, left = (
            a[fits] for a in (who, at, down, founding, total, credit_gross, left)
        )
        target, new_price = target[fits], new_price[fits]
        tax = p.tax_ppm[new_price]
        net = np.where(total > 0, net_of(np.abs(total), tax), -net_of(np.abs(total), tax))
        old_plan, old_price = s.plan[who].copy(), s.price[who].copy()
        s.plan[who] = target
        s.price[who] = new_price
        s.discount[who] = 0
        s.household[who] = np.where(founding, self.household[who], s.household[who])
        up = who[~down]
        up_at = at[~down]
        credit_net = net_of(credit_gross, tax)[~down]
        invoice = self.ledger.invoices.add(
            len(up), user=up, episode=s.episode[up], country=s.country[up], at=up_at, plan=s.plan[up],
            plan_net=net[~down] + credit_net, is_change=1, discount_net=0, credit_net=credit_net,
            credit_plan=old_plan[~down], credit_from=up_at // DAY, credit_to=s.period_end[up] // DAY,
            tax=total[~down] - net[~down], start=up_at // DAY, end=s.period_end[up] // DAY, slot=s.slot[up],
            offer=s.offer[up],
        )  # fmt: skip
        self._attempt(up, invoice, up_at + PAYMENT_DELAY, np.ones(len(up), dtype=bool), "change")
        self._close(invoice, up_at + PAYMENT_DELAY, log.PAID)
        dn = who[down]
        s.credit_gross[dn] = -total[down]
        s.credit_net[dn] = -net[down]
        s.credit_from[dn] = at[down] // DAY
        s.credit_to[dn] = s.period_end[dn] // DAY
        s.credit_plan[dn] = old_plan[down]
        when = np.where(down, at, at + PAYMENT_DELAY)
        self._image(who, when, log.ACTIVE)
        reason = np.where(founding, log.REASONS.index("household_shared"), log.REASONS.index("on_request"))
        self._event(
            who,
            when,
            np.where(down, log.DOWNGRADED, log.UPGRADED),
            before=log.ACTIVE,
            after=log.ACTIVE,
            reason=reason,
            from_price=old_price,
            proration=net,
        )

    def _pause(self, who: Ints) -> None:
        """Pauses from the end of the period for one to three months, then a resumption or the end."""
        if not len(who):
            return
        s = self.s
        at = s.period_end[who].copy()
        until = add_months(at, 1 + (self._draw("pause_months", who) * 3).astype(np.int64))
        s.period_start[who] = at
        s.period_end[who] = until
        self._image(who, at, log.PAUSED)
        self._event(who, at, log.PAUSE, before=log.ACTIVE, after=log.PAUSED, reason="on_request")
        deleted = self.users.deleted_at[who] < until
        self._delete(who[deleted])
        resumes = ~deleted & (self._draw("resumes", who) < self.rate["pause_resumed"])
        ends = ~deleted & ~resumes
        self._end(who[ends], until[ends], until[ends], log.PAUSED, involuntary=False, reason="pause_not_resumed")
        back, when = who[resumes], until[resumes]
        old = s.price[back].copy()
        s.price[back] = self.prices.at(s.plan[back], s.country[back], s.cycle[back], when)
        self._set_period(back, when, restart=True)
        invoice = self._invoice(back, when, when, s.period_end[back])
        self._attempt(back, invoice, when + PAYMENT_DELAY, np.ones(len(back), dtype=bool), "resume")
        self._close(invoice, when + PAYMENT_DELAY, log.PAID)
        self._image(back, when + PAYMENT_DELAY, log.ACTIVE)
        self._event(back, when + PAYMENT_DELAY, log.RESUMED, before=log.PAUSED, after=log.ACTIVE)
        self._note_price(back, when + PAYMENT_DELAY, old)

    def _note_price(self, who: Ints, at: Ints, old: Ints) -> None:
        """Event of those whose price is another than before."""
        changed = old != self.s.price[who]
        some = who[changed]
        self._event(
            some,
            at[changed] + SECOND,
            log.PRICE_CHANGED,
            before=log.ACTIVE,
            after=log.ACTIVE,
            reason="price",
            from_price=old[changed],
        )

    def _renew(self, who: Ints) -> None:
        """Renewals at the end of the period, from trial or paid; failures go through grace and hold."""
        if not len(who):
            return
        s = self.s
        at = s.period_end[who].copy()
        before = s.state[who].copy()
        old_price = s.price[who].copy()
        s.price[who] = self.prices.at(s.plan[who], s.country[who], s.cycle[who], at)
        raised = old_price != s.price[who]
        trial = before == log.TRIAL
        s.anchor[who] = np.where(trial, at, s.anchor[who])
        s.periods[who] = np.where(trial, 0, s.periods[who])
        old_start = s.period_start[who].copy()
        self._set_period(who, at, restart=False)
        invoice = self._invoice(who, at, at, s.period_end[who])
        good = self._draw("charge", who) >= self.offers.failure_rate[s.offer[who]] * np.where(trial, 0.8, 1.0)
        self._attempt(who, invoice, at + PAYMENT_DELAY, good, "renew")
        fine, paid_at = who[good], (at + PAYMENT_DELAY)[good]
        self._close(invoice[good], paid_at, log.PAID)
        self._image(fine, paid_at, log.ACTIVE)
        kind = np.where(trial, log.TRIAL_CONVERTED, log.RENEWED)
        self._event(fine, paid_at, kind[good], before=before[good], after=log.ACTIVE)
        self._note_price(fine, paid_at, np.where(raised, old_price, s.price[who])[good])
        self._grace(who[~good], invoice[~good], at[~good], before[~good], (old_price[~good], old_start[~good]))

    def _grace(self, who: Ints, invoice: Ints, at: Ints, before: Ints, paid_for: tuple[Ints, Ints]) -> None:
        """A declined renewal: a week of access with three retries, then hold or the end.

        ``paid_for``: price and start of the period that was paid; it ended at ``at``.
        """
        if not len(who):
            return
        s = self.s
        old_price, old_start = paid_for
        next_start, next_end, new_price = s.period_start[who].copy(), s.period_end[who].copy(), s.price[who].copy()
        # While it is unpaid the image keeps the period that was paid.
        s.period_start[who], s.period_end[who], s.price[who] = old_start, at, old_price
        begin = at + PAYMENT_DELAY
        self._image(who, begin, log.GRACE)
        self._event(who, begin, log.GRACE_STARTED, before=before, after=log.GRACE, reason="payment_failed")
        open_ = np.ones(len(who), dtype=bool)
        deleted = self.users.deleted_at[who]
        limit = at + GRACE_DAYS * DAY
        for number, wait in enumerate(_RETRY_AFTER):
            tries = open_ & (deleted > at + wait + MINUTE)
            ok = tries & (self._draw(f"retry{number}", who) < self.rate["retry"])
            self._attempt(who[tries], invoice[tries], (at + wait)[tries], ok[tries], f"retry{number}")
            saved, when = who[ok], (at + wait)[ok] + SECOND
            s.period_start[saved], s.period_end[saved], s.price[saved] = next_start[ok], next_end[ok], new_price[ok]
            self._close(invoice[ok], when, log.PAID)
            self._image(saved, when, log.ACTIVE)
            self._event(saved, when, log.RECOVERED, before=log.GRACE, after=log.ACTIVE)
            self._note_price(saved, when, old_price[ok])
            open_ &= ~ok
        gone = open_ & (deleted < limit)
        self._delete(who[gone], invoice[gone])
        open_ &= ~gone
        held = open_ & (self._draw("hold", who) < self.rate["hold"])
        over = open_ & ~held
        self._close(invoice[over], limit[over], log.UNCOLLECTIBLE)
        self._end(who[over], limit[over], limit[over], log.GRACE, involuntary=True, reason="payment_failed")
        self._hold(who[held], invoice[held], limit[held], old_price[held])

    def _hold(self, who: Ints, invoice: Ints, at: Ints, old_price: Ints) -> None:
        """No access for up to 30 days: a new payment method brings it back, else it expires."""
        if not len(who):
            return
        s = self.s
        self._image(who, at, log.ON_HOLD)
        self._event(who, at, log.HOLD_STARTED, before=log.GRACE, after=log.ON_HOLD, reason="payment_failed")
        back_at = at + ((0.05 + 0.9 * self._draw("hold_when", who)) * HOLD_DAYS * DAY).astype(np.int64)
        recovers = self._draw("hold_recovers", who) < self.rate["hold_recovered"]
        limit = np.where(recovers, back_at, at + HOLD_DAYS * DAY)
        deleted = self.users.deleted_at[who] < limit
        self._delete(who[deleted], invoice[deleted])
        ends = ~deleted & ~recovers
        self._close(invoice[ends], limit[ends], log.UNCOLLECTIBLE)
        self._end(who[ends], limit[ends], at[ends], log.ON_HOLD, involuntary=True, reason="payment_failed")
        back = ~deleted & recovers
        who, when = who[back], back_at[back]
        self._close(invoice[back], when, log.VOID)
        s.slot[who] = 1000 + s.step[who]
        s.price[who] = self.prices.at(s.plan[who], s.country[who], s.cycle[who], when)
        self._set_period(who, when + SECOND, restart=True)
        renewed = self._invoice(who, when + SECOND, when, s.period_end[who])
        paid_at = when + SECOND + PAYMENT_DELAY
        self._attempt(who, renewed, paid_at, np.ones(len(who), dtype=bool), "hold")
        self._close(renewed, paid_at, log.PAID)
        self._image(who, paid_at, log.ACTIVE)
        self._event(who, paid_at, log.RECOVERED, before=log.ON_HOLD, after=log.ACTIVE, reason="new_payment_method")
        self._note_price(who, paid_at, old_price[back])
