"""Commerce: orders that add up, goods on sale, support in legal steps, disputes of captured payments."""

import pytest

from generators.ddl import TABLES
from generators.ddl.postgres import foreign_keys_statement
from generators.domains import commerce
from tests.python.generators.tables_in_duckdb import clean_database, count, same_alone

UNPAID, UNPAID_TOLERANCE = 0.06, 0.03
"""Planted share of orders that are never paid."""


def test_days_are_the_same_alone_and_in_sequence() -> None:
    assert same_alone(commerce, (1, 17, 36)) == []


def test_orders_are_the_sum_of_their_items() -> None:
    wrong = """
        select count(*) from orders as o left join (
            select order_id, sum(subtotal_minor) as items, min(currency_code) as low, max(currency_code) as high
            from order_items group by order_id
        ) as i using (order_id)
        where i.items is distinct from o.items_minor or i.low <> o.currency_code or i.high <> o.currency_code
    """
    assert count("select count(*) from orders") > 300
    assert count(wrong) == 0


def test_items_are_of_the_shop_on_sale_and_at_the_price_in_force() -> None:
    wrong = """
        select count(*) from order_items as i join orders as o using (order_id)
        asof join products_all as p on p.product_id = i.product_id and p.changed_at <= i.ordered_at
        where p.artist_id <> o.artist_id or not p.is_active or p.price_minor <> i.unit_price_minor
            or p.currency_code <> i.currency_code or i.ordered_at <> o.created_at
            or (p.product_type = 'merchandise') <> (i.download_url is null)
            or (p.product_type <> 'merchandise' and i.quantity <> 1)
    """
    assert count(wrong) == 0
    assert count("select count(*) from order_items where download_url is not null") > 50
    assert count("select count(*) from (select 1 from order_items group by order_id having count(*) > 1)") > 5


def test_only_what_needs_it_is_shipped() -> None:
    wrong = """
        select count(*) from orders as o join (
            select order_id, bool_or(download_url is null) as ships from order_items group by 1
        ) as i using (order_id)
        where i.ships <> (o.shipping_minor > 0) or i.ships <> (o.shipping_address is not null)
            or (o.status in ('shipped', 'delivered') and i.ships <> (o.shipped_at is not null))
    """
    assert count(wrong) == 0


def test_stock_is_what_was_delivered_less_what_was_sold() -> None:
    """From one change of a product to the next the stock falls by what was paid then, or the maker delivers anew."""
    steps = """
        with steps as (
            select product_id, changed_at, stock_quantity,
                lag(stock_quantity) over (partition by product_id order by change_no) as before,
                first_value(stock_quantity) over (partition by product_id order by change_no) as full_stock
            from products_all where product_type = 'merchandise'
        ), sold as (
            select i.product_id, o.paid_at, sum(i.quantity) as pieces
            from order_items as i join orders as o using (order_id)
            where o.paid_at is not null group by all
        )
        select count(*) from steps as s left join sold as b on b.product_id = s.product_id and b.paid_at = s.changed_at
        where s.before is not null
            and (s.before - s.stock_quantity - coalesce(b.pieces, 0)) % s.full_stock <> 0
    """
    assert count("select count(*) from products_all where change_no > 0") > 30
    assert count(steps) == 0


def test_some_orders_are_never_paid() -> None:
    share = clean_database().execute("select avg((status = 'cancelled')::integer) from orders").fetchone()
    assert share is not None
    assert share[0] == pytest.approx(UNPAID, abs=UNPAID_TOLERANCE)


@pytest.mark.parametrize(
    ("table", "instant"), [("orders", "created_at"), ("fan_subscriptions", "started_at"), ("disputes", "opened_at")]
)
def test_customers_have_an_account(table: str, instant: str) -> None:
    wrong = f"""
        select count(*) from {table} as t join users as u using (user_id)
        where u.created_at >= t.{instant} or ('{table}' <> 'disputes' and u.deleted_at <= t.{instant})
    """
    assert count(wrong) == 0


def test_support_begins_at_an_open_tier_at_its_price() -> None:
    wrong = """
        select count(*) from fan_subscriptions as s
        asof join fan_tiers_all as t on t.fan_tier_id = s.fan_tier_id and t.changed_at <= s.started_at
        where not t.is_active or t.price_minor <> s.amount_minor or t.currency_code <> s.currency_code
    """
    assert count("select count(*) from fan_subscriptions") > 50
    assert count(wrong) == 0


def test_support_is_renewed_without_a_gap_and_ends_with_a_period() -> None:
    gap = """
        select count(*) from (
            select *, lag(current_period_end_at) over one as before, lag(state) over one as was
            from fan_subscriptions_all window one as (partition by fan_subscription_id order by change_no)
        ) where (state = 'active' and before is not null
            and (current_period_start_at <> before or changed_at <> before or was <> 'active'))
            or (state = 'expired' and (ended_at <> current_period_end_at or changed_at <> ended_at))
            or (state = 'cancelled' and (cancelled_at <> changed_at or cancelled_at >= current_period_end_at))
            or (was = 'expired')
    """
    assert count(gap) == 0
    assert count("select count(distinct end_reason) from fan_subscriptions") == 2


def test_disputes_are_of_captured_charges_that_are_not_refunded() -> None:
    wrong = """
        select count(*) from disputes as d join transactions as t using (transaction_id)
        left join refunds as r using (transaction_id)
        where t.status <> 'succeeded' or t.transacted_at >= d.opened_at or t.amount_minor <> d.amount_minor
            or t.currency_code <> d.currency_code or t.user_id <> d.user_id or r.refund_id is not null
    """
    assert count("select count(*) from disputes where status = 'lost'") > 0
    assert count(wrong) == 0


def test_history_tells_the_status_of_the_change_rows() -> None:
    for entity, table, status in (
        ("order", "orders", "status"),
        ("fan_subscription", "fan_subscriptions", "state"),
        ("dispute", "disputes", "status"),
        ("user", "users", "status"),
    ):
        changed = f"""
            select {entity}_id, changed_at, {status} from (
                select *, lag({status}) over (partition by {entity}_id order by change_no) as before from {table}_all
            ) where before is distinct from {status}
        """
        told = f"select entity_id, changed_at, new_status from status_history where entity_type = '{entity}'"
        assert count(f"select count(*) from ({told})") > 0
        assert count(f"select count(*) from (({changed}) except ({told}))") == 0, entity
        assert count(f"select count(*) from (({told}) except ({changed}))") == 0, entity
    broken = """
        select count(*) from (
            select old_status, lag(new_status) over (
                partition by entity_type, entity_id order by changed_at) as before from status_history
        ) where old_status is distinct from before
    """
    assert count(broken) == 0


def test_what_dirty_events_lack_a_key_for_is_not_referred_to() -> None:
    """Events have keys in clean data only, so that an entity that refers to one does so there only."""
    clean = foreign_keys_statement(TABLES["disputes"], TABLES, clean=True) or ""
    dirty = foreign_keys_statement(TABLES["disputes"], TABLES, clean=False) or ""
    assert "references raw.transactions" in clean
    assert "references raw.transactions" not in dirty
    assert "references raw.users" in clean
    assert "references raw.users" in dirty
