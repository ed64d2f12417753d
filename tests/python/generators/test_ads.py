"""Advertising: only Free listeners see ads, of campaigns that run and aim at them."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from generators.core.world import World
from generators.domains import ads
from generators.domains.ads import delivery
from generators.domains.ads.invoices import invoices_table
from tests.python.generators.tables_in_duckdb import (
    DAYS,
    FIRST,
    clean_database,
    count,
    same_alone,
    violations,
    world,
)

LOWEST_CTR, HIGHEST_CTR = 0.002, 0.012
P99_DECISION_MS = 50


def test_every_declared_constraint_holds() -> None:
    assert violations("ads") == []


def test_days_are_the_same_alone_and_in_sequence() -> None:
    assert same_alone(ads, (1, 29, 33)) == []


def test_a_request_follows_a_play_or_opens_the_app() -> None:
    wrong = """
        select count(*) from ad_requests r left join streams s using (stream_id)
        where (r.placement = 'app_open') <> (r.stream_id is null)
        or (r.stream_id is not null and (s.user_id <> r.user_id or s.device_id <> r.device_id
            or s.ip_country_id <> r.country_id or r.requested_at <= s.started_at))
    """
    assert count("select count(*) from ad_requests") > 1_000
    assert count(wrong) == 0


def test_impressions_answer_filled_requests() -> None:
    wrong = """
        select count(*) from ad_impressions i join ad_requests r using (ad_request_id)
        where not r.is_filled or i.user_id <> r.user_id or i.stream_id is distinct from r.stream_id
        or i.rendered_at <= r.requested_at or i.country_id <> r.country_id
    """
    assert count(wrong) == 0
    twice = "select count(*) - count(distinct (ad_request_id, creative_id)) from ad_impressions"
    assert 0 < count(twice) < 0.02 * count("select count(*) from ad_impressions")


def test_campaigns_run_when_they_deliver() -> None:
    state = """
        select i.ad_impression_id, c.status, c.price_minor, i.price_micro, c.currency_code
        from ad_impressions i join ad_requests r using (ad_request_id) asof join campaigns_all c
        on c.campaign_id = i.campaign_id and c.changed_at <= r.requested_at
    """
    assert count(f"select count(*) from ({state}) where status <> 'active'") == 0
    assert count(f"select count(*) from ({state}) where price_micro <> price_minor * 10000 // 1000") == 0
    wrong = """
        select count(*)
        from ad_impressions i join creatives c using (creative_id) join ad_requests r using (ad_request_id)
        where c.campaign_id <> i.campaign_id or i.rendered_at < c.active_from or i.rendered_at >= c.active_to
        or c.format <> case r.placement
            when 'between_songs' then 'audio' when 'app_open' then 'display' else 'video' end
    """
    assert count(wrong) == 0


def test_targets_are_met() -> None:
    missed = """
        with aimed as (
            select campaign_id, list(target_value) as values from campaign_targets where target_type = '{}' group by 1
        )
        select count(*) from ad_impressions i join aimed a using (campaign_id) join users u using (user_id)
        join countries c on c.country_id = i.country_id left join streams s using (stream_id)
        left join song_genres g on g.song_id = s.content_id and g.tag_position = 1 left join genres n using (genre_id)
        where {} is null or not list_contains(a.values, {})
    """
    for kind, value in (("country", "c.country_code"), ("gender", "u.gender"), ("genre", "n.name")):
        assert count(missed.format(kind, value, value)) == 0, kind


def test_status_events_match_change_rows() -> None:
    steps = """
        select campaign_id, changed_at from campaigns_all where change_no > 0
        except select campaign_id, occurred_at from campaign_status_events
    """
    assert count(f"select count(*) from ({steps})") == 0
    kinds = clean_database().execute("select distinct event_type from campaign_status_events").fetchall()
    assert {kind for (kind,) in kinds} == {"launched", "paused", "resumed", "ended", "budget_changed"}


def test_several_currencies_and_some_budgets_run_out() -> None:
    assert count("select count(distinct currency_code) from campaigns") >= 4
    spent = """
        select count(*) from campaigns c join (
            select campaign_id, sum(price_micro) as micro from ad_impressions group by 1
        ) using (campaign_id) where micro >= c.budget_minor * 10000
    """
    assert count(spent) > 0


def test_figures_of_delivery() -> None:
    requests, filled = (
        count("select count(*) from ad_requests"),
        count("select count(*) from ad_requests where is_filled"),
    )
    impressions, clicks = count("select count(*) from ad_impressions"), count("select count(*) from ad_clicks")
    assert 0.6 < filled / requests < 0.97
    assert LOWEST_CTR < clicks / impressions < HIGHEST_CTR
    assert count("select quantile_disc(decision_ms, 0.99) from ad_requests") < P99_DECISION_MS
    assert count("select count(*) from ad_impressions where is_data_centre") > 0


def test_invoices_bill_what_was_delivered_within_the_budget() -> None:
    """For campaigns that no planted bot met: valid impressions at their price until the budgets in force are spent."""
    bots = ", ".join(str(row + 1) for row in np.flatnonzero(world().users(FIRST + timedelta(days=DAYS)).bot))
    expected = f"""
        with judged as (
            select i.*, c.pricing_model, c.price_minor, i.user_id in ({bots}) as is_bot, r.occurred_at as changed_at,
                coalesce(b.budget_minor, c.budget_minor) * 10000 as first_budget, c.budget_minor * 10000 as last_budget,
                row_number() over (partition by i.ad_request_id, i.creative_id order by i.rendered_at) as showing,
                case when k.format = 'display' then 1000 else 2000 end as enough_ms
            from ad_impressions as i join campaigns as c using (campaign_id) join creatives as k using (creative_id)
            left join (select * from campaign_status_events where event_type = 'budget_changed') as r
                on r.campaign_id = c.campaign_id
            left join campaigns_all as b on b.campaign_id = c.campaign_id and b.change_no = 0
            where i.rendered_at < timestamptz '2026-02-01' and c.campaign_type = 'brand'
        ), counted as (
            select campaign_id, any_value(price_minor) * 10 as price, any_value(first_budget) as first_budget,
                any_value(last_budget) as last_budget, bool_or(is_bot) as has_bot,
                count(*) filter (where billable and not after) as n1, count(*) filter (where billable and after) as n2
            from (
                select *, coalesce(rendered_at >= changed_at, false) as after,
                    not is_data_centre and showing = 1 and (pricing_model = 'cpm' or exposed_ms >= enough_ms)
                        as billable
                from judged
            ) group by campaign_id
        ), spent as (select *, least(n1 * price, first_budget) as s1 from counted)
        select s.campaign_id, s.has_bot, v.amount_minor, v.impressions,
            (s1 + greatest(least(n2 * price, last_budget - s1), 0) + 5000) // 10000 as amount,
            cast(ceil(s1 / price) + ceil(greatest(least(n2 * price, last_budget - s1), 0) / price) as bigint) as shown
        from spent as s left join ad_invoices as v using (campaign_id) where s1 > 0
    """
    wrong = f"""
        select count(*) from ({expected})
        where not has_bot and (amount_minor is distinct from amount or impressions is distinct from shown)
    """
    assert count("select count(*) from ad_invoices") > 20
    assert count("select count(*) from ad_invoices where month_start <> date '2026-01-01'") == 0
    assert count(f"select count(*) from ({expected}) where not has_bot") > 10
    assert count(wrong) == 0
    assert count("select count(distinct campaign_id) from ad_invoices") == count("select count(*) from ad_invoices")
    assert (
        count("select count(*) from ad_invoices join campaigns using (campaign_id) where campaign_type <> 'brand'") == 0
    )


def test_invoices_are_the_same_alone_and_from_sums_that_other_days_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued = date(2026, 2, 2)
    alone, leaving, finding = (World(42, 0.01) for _ in range(3))
    leaving.tallies = finding.tallies = tmp_path
    made = invoices_table(alone, issued)
    assert made.num_rows > 5
    assert invoices_table(leaving, issued).equals(made)
    assert len(list((tmp_path / "ads").glob("*.npy"))) == 32
    # No day is made again by a process that finds what each has left.
    monkeypatch.setattr(delivery, "_breaks", None)
    assert invoices_table(finding, issued).equals(made)
