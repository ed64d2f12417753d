"""Methods of allocation, by hand and on drawn pools: whatever the method, nothing is lost and nobody pays."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from oracle.allocation import OpenPart, Told, by_boosts, by_households, by_impressions, share

MICRO = 1_000_000
WHOLE = {1: OpenPart(MICRO, {"a": MICRO}), 2: OpenPart(MICRO, {"b": MICRO})}


def test_each_household_pays_for_what_it_heard_itself() -> None:
    """One pays 10 and hears the first part alone, a hundred times; the other as much for one stream of each."""
    heard = {51: {1: 100}, 52: {1: 1, 2: 1}}
    assert by_households({51: 10, 52: 10}, heard, WHOLE) == Told({"a": 15_000, "b": 5_000})


def test_what_is_brought_without_listening_is_the_rest() -> None:
    """52 heard what is not shared, 53 nothing; 54 heard and brought nothing; weight 0 is as good as nothing heard."""
    heard = {51: {1: 3}, 52: {9: 4}, 54: {2: 5}}
    assert by_households({51: 1, 52: 2, 53: 4}, heard, WHOLE) == Told({"a": 1000}, 6000)
    weightless = {1: OpenPart(0, {"a": MICRO})}
    assert by_households({51: 7}, {51: {1: 3}}, weightless) == Told({}, 7000)


def test_rates_and_what_is_paid_off_the_top_weigh_what_is_heard() -> None:
    """Two fifths of part 2 are shared, at 1.25: two streams of it are worth one of part 1."""
    parts = {1: OpenPart(MICRO, {"a": MICRO}), 2: OpenPart(1_250_000, {"b": 100_000, "c": 300_000})}
    assert by_households({51: 1000}, {51: {1: 1, 2: 2}}, parts).weights == {"a": 500_000, "b": 125_000, "c": 375_000}


def test_a_payee_in_two_roles_has_both_shares() -> None:
    parts = {1: OpenPart(MICRO, {"writer": 250_000, "publisher": 750_000}), 2: OpenPart(MICRO, {"writer": MICRO})}
    assert by_households({51: 8}, {51: {1: 1, 2: 1}}, parts).weights == {"writer": 5000, "publisher": 3000}


def test_impressions_are_tied_to_what_was_heard_with_them() -> None:
    assert by_impressions({1: 30, 9: 7, None: 5}, WHOLE) == Told({"a": 30_000}, 12_000)


def test_boosts_weigh_with_the_rate() -> None:
    parts = {1: OpenPart(1_500_000, {"a": 500_000, "b": 500_000})}
    assert by_boosts({1: 4 * MICRO, 9: MICRO}, parts).weights == {"a": 3 * MICRO * MICRO, "b": 3 * MICRO * MICRO}


def shared(amount: int, pro_rata: dict[Any, int], told: Told[Any]) -> tuple[dict[Any, int], dict[Any, int], int]:
    found = share(amount, "pool", pro_rata, told, {one: str(one) for one in pro_rata | told.weights})
    return found.by_method, found.of_rest, found.unclaimed


def test_the_rest_is_shared_pro_rata() -> None:
    """Of 80 a quarter is tied to nobody; the second has streams and no household that paid."""
    told = Told({"a": 60}, 20)
    assert shared(80, {"a": 10, "b": 30}, told) == ({"a": 60, "b": 0}, {"a": 5, "b": 15}, 0)


def test_what_nobody_claims_is_left() -> None:
    assert shared(9, {}, Told({}, 5)) == ({}, {}, 9)
    assert shared(9, {}, Told({"a": 1}, 2)) == ({"a": 3}, {}, 6)
    assert shared(9, {}, Told()) == ({}, {}, 9)


def test_a_method_that_knows_nothing_shares_pro_rata() -> None:
    assert shared(9, {"a": 1, "b": 2}, Told({"a": 0})) == ({"a": 3, "b": 6}, {}, 0)


def test_one_stream_takes_the_pool_and_odd_units_are_not_lost() -> None:
    one = by_households({51: 1}, {51: {1: 1}}, WHOLE)
    assert shared(10**15 + 1, {"a": 1}, one) == ({"a": 10**15 + 1}, {}, 0)
    by_method, _, _ = shared(100, dict.fromkeys("abc", 1), Told(dict.fromkeys("abc", 1)))
    assert sorted(by_method.values()) == [33, 33, 34]


payers = st.integers(1, 6)
songs = st.integers(1, 5)
payees = st.sampled_from("abcd")


@st.composite
def pools(draw: st.DrawFn) -> tuple[dict[int, OpenPart[str]], dict[int, int], dict[int, dict[int, int]]]:
    """Parts with weights and shares, what payers brought, what households heard, some of it of no part."""
    shares = st.dictionaries(payees, st.integers(1, MICRO), min_size=1)
    parts = draw(st.dictionaries(songs, st.builds(OpenPart, st.sampled_from([0, 1, 333_333, MICRO]), shares)))
    revenue = draw(st.dictionaries(payers, st.integers(1, 10**12)))
    heard = draw(st.dictionaries(payers, st.dictionaries(st.integers(1, 7), st.integers(1, 10**7), min_size=1)))
    return parts, revenue, heard


@given(pools(), st.integers(0, 10**15))
def test_user_centric_loses_nothing(
    pool: tuple[dict[int, OpenPart[str]], dict[int, int], dict[int, dict[int, int]]], amount: int
) -> None:
    """What weighs is what was brought, but for roundings; the pool is shared out whole unless nothing was heard."""
    parts, revenue, heard = pool
    told = by_households(revenue, heard, parts)
    roundings = sum(len(of) for of in heard.values()) + sum(len(part.shares) for part in parts.values())
    assert abs(sum(told.weights.values()) + told.rest - 1000 * sum(revenue.values())) <= roundings
    pro_rata: dict[str, int] = {}
    for of in heard.values():
        for song, number in of.items():
            if song in parts:
                for payee, ppm in parts[song].shares.items():
                    pro_rata[payee] = pro_rata.get(payee, 0) + number * parts[song].weight_ppm * ppm
    by_method, of_rest, unclaimed = shared(amount, pro_rata, told)
    assert sum(by_method.values()) + sum(of_rest.values()) + unclaimed == amount
    assert min([*by_method.values(), *of_rest.values(), unclaimed]) >= 0
    assert unclaimed == 0 or not any(pro_rata.values())


@given(
    st.dictionaries(st.integers(), st.integers(0, 10**20), min_size=1), st.integers(0, 10**20), st.integers(0, 10**15)
)
def test_what_a_method_ties_is_in_proportion(weights: dict[int, int], rest: int, amount: int) -> None:
    """Each gets its part of the amount to within a unit, in whatever order the claims come."""
    found = shared(amount, weights, Told(weights, rest))
    backwards = dict(reversed(list(weights.items())))
    assert shared(amount, backwards, Told(backwards, rest)) == found
    total = sum(weights.values()) + rest
    for one, micro in found[0].items():
        assert total == 0 or abs(micro * total - amount * weights[one]) < total
