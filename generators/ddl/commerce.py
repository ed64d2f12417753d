"""What artists sell to their fans, what is disputed, and the history of every status."""

from functools import partial

from generators.ddl.table import table

_event = partial(table, kind="event", domain="billing")
_entity = partial(table, kind="entity", domain="billing")

_CURRENCY_FORM = "currency_code ~ '^[A-Z]{3}$'"

TABLES = (
    _entity(
        name="products",
        about="One product of an artist's shop: a download, an exclusive release or merchandise.",
        key="product_id",
        columns="""
        product_id     bigint              | Durable id of the product.
        artist_id      bigint -> artists   | Seller.
        content_id     bigint? -> content  | Content sold; null for albums and merchandise.
        album_id       bigint? -> albums   | Release sold; null for single contents and merchandise.
        name           text                | Name shown.
        description    text                | Description in the artist's language.
        product_type   text                | music_download, exclusive_release or merchandise.
        price_minor    bigint              | Price in force with tax, minor units.
        currency_code  text                | ISO 4217 currency of the artist's home market.
        stock_quantity integer?            | Pieces in stock after the change; null for what is downloaded.
        image_url      text                | Picture.
        is_active      boolean             | On sale.
        created_at     timestamptz         | Put on sale (UTC).
        """,
        search=("name",),
        checks={
            "product_type_known": "product_type in ('music_download', 'exclusive_release', 'merchandise')",
            "price_positive": "price_minor > 0",
            "stock_not_negative": "stock_quantity >= 0",
            "merchandise_has_stock": "(product_type = 'merchandise') = (stock_quantity is not null)",
            "music_is_one_item": (
                "(product_type = 'merchandise') = (content_id is null and album_id is null)"
                " and not (content_id is not null and album_id is not null)"
            ),
            "currency_form": _CURRENCY_FORM,
        },
        indexes=("artist_id, product_type where is_active", "product_type", "content_id", "album_id"),
    ),
    _entity(
        name="orders",
        about="One order in one artist's shop.",
        key="order_id",
        columns="""
        order_id          bigint              | Durable id of the order, rising with time.
        user_id           bigint -> users     | Customer.
        artist_id         bigint -> artists   | Seller: an order is of one shop.
        status            text                | pending, paid, shipped, delivered or cancelled.
        items_minor       bigint              | Sum of the items' subtotals, minor units.
        shipping_minor    bigint              | Cost of shipping, minor units; 0 for downloads.
        total_minor       bigint              | items_minor + shipping_minor, what is to be paid.
        currency_code     text                | ISO 4217 currency.
        commission_ppm    bigint              | The platform's commission on the items, parts per million.
        payment_method_id bigint? -> payment_methods | Kept method that was charged; null for a wallet that is not kept.
        provider_payment_id text?             | Id of the payment at the processor; null until it is paid.
        shipping_city_id  bigint? -> cities   | City shipped to; null for downloads.
        shipping_address  text?               | Street and number (synthetic); null for downloads.
        contact_email     text                | Address the confirmation went to.
        contact_phone     text?               | Number for the courier; null for downloads.
        created_at        timestamptz         | Placed (UTC).
        paid_at           timestamptz?        | Paid (UTC).
        shipped_at        timestamptz?        | Handed to the courier (UTC).
        delivered_at      timestamptz?        | Delivered or ready for download (UTC).
        cancelled_at      timestamptz?        | Given up for want of payment (UTC).
        """,
        checks={
            "status_known": "status in ('pending', 'paid', 'shipped', 'delivered', 'cancelled')",
            "total_adds_up": "total_minor = items_minor + shipping_minor",
            "amounts_positive": "items_minor > 0 and shipping_minor >= 0",
            "commission_range": "commission_ppm between 0 and 1000000",
            "paid_has_instant": "(status in ('paid', 'shipped', 'delivered')) = (paid_at is not null)",
            "paid_has_reference": "(paid_at is null) = (provider_payment_id is null)",
            "cancelled_has_instant": "(status = 'cancelled') = (cancelled_at is not null)",
            "steps_in_order": "paid_at > created_at and shipped_at > paid_at and delivered_at > coalesce(shipped_at, paid_at)",
            "shipped_has_address": "(shipping_city_id is null) = (shipping_address is null)",
            "currency_form": _CURRENCY_FORM,
        },
        indexes=(
            "user_id, created_at",
            "artist_id, created_at",
            "status where status in ('pending', 'paid', 'shipped')",
        ),
    ),
    _event(
        name="order_items",
        about="One product in one order.",
        key="order_item_id",
        unique=("order_id product_id",),
        columns="""
        order_item_id       bigint                     | Id of the item, rising with time.
        order_id            bigint -> orders cascade   | Order.
        product_id          bigint -> products         | Product.
        quantity            integer                    | Pieces.
        unit_price_minor    bigint                     | Price in force when it was ordered, minor units.
        subtotal_minor      bigint                     | quantity * unit_price_minor.
        currency_code       text                       | ISO 4217 currency.
        download_url        text?                      | Where it can be downloaded once paid; null for merchandise.
        download_expires_at timestamptz?               | Until when (UTC); null for merchandise.
        ordered_at          timestamptz                | Ordered (UTC).
        """,
        checks={
            "quantity_positive": "quantity > 0",
            "subtotal_adds_up": "subtotal_minor = quantity * unit_price_minor",
            "price_positive": "unit_price_minor > 0",
            "download_expires": "(download_url is null) = (download_expires_at is null)",
            "expires_after_order": "download_expires_at > ordered_at",
            "currency_form": _CURRENCY_FORM,
        },
        indexes=("order_id", "product_id"),
    ),
    _entity(
        name="fan_tiers",
        about="One tier of support that a creator offers.",
        key="fan_tier_id",
        unique=("artist_id tier_level",),
        columns="""
        fan_tier_id   bigint                    | Durable id of the tier.
        artist_id     bigint -> artists         | Creator.
        tier_level    integer                   | 1 is the lowest.
        name          text                      | Name in the creator's language.
        benefits      text                      | What supporters get.
        price_minor   bigint                    | Price of a cycle with tax, minor units; subscribers keep theirs.
        currency_code text                      | ISO 4217 currency.
        billing_cycle text                      | month or year.
        is_active     boolean                   | Open to new supporters.
        created_at    timestamptz               | Since (UTC).
        """,
        checks={
            "level_positive": "tier_level > 0",
            "price_positive": "price_minor > 0",
            "cycle_known": "billing_cycle in ('month', 'year')",
            "currency_form": _CURRENCY_FORM,
        },
    ),
    _entity(
        name="fan_subscriptions",
        about="One account's support of one creator's tier.",
        key="fan_subscription_id",
        unique=("user_id fan_tier_id",),
        columns="""
        fan_subscription_id     bigint              | Durable id of the support, rising with time.
        user_id                 bigint -> users     | Supporter.
        fan_tier_id             bigint -> fan_tiers | Tier.
        state                   text                | active, cancelled (access until the period ends) or expired.
        amount_minor            bigint              | Price of a cycle as agreed at the start, minor units.
        currency_code           text                | ISO 4217 currency.
        commission_ppm          bigint              | The platform's commission, parts per million.
        current_period_start_at timestamptz         | Start of the period paid (UTC).
        current_period_end_at   timestamptz         | Its end (UTC, exclusive).
        started_at              timestamptz         | First access (UTC).
        cancelled_at            timestamptz?        | Click on cancel (UTC).
        ended_at                timestamptz?        | Loss of access (UTC).
        end_reason              text?               | voluntary, or involuntary where the renewal was not paid.
        payment_method_id       bigint? -> payment_methods | Kept method charged at renewal; null for a wallet that is not kept.
        transaction_id          bigint? -> transactions set null | Payment of the period; null where it was before the data begins.
        """,
        checks={
            "state_known": "state in ('active', 'cancelled', 'expired')",
            "amount_positive": "amount_minor > 0",
            "commission_range": "commission_ppm between 0 and 1000000",
            "period_not_reversed": "current_period_end_at > current_period_start_at",
            "expired_has_end": "(state = 'expired') = (ended_at is not null)",
            "end_has_reason": "(ended_at is null) = (end_reason is null)",
            "end_reason_known": "end_reason in ('voluntary', 'involuntary')",
            "currency_form": _CURRENCY_FORM,
        },
        indexes=("fan_tier_id", "current_period_end_at where state in ('active', 'cancelled')"),
    ),
    _entity(
        name="disputes",
        about="One payment that its payer disputes with the bank.",
        key="dispute_id",
        unique=("transaction_id",),
        columns="""
        dispute_id      bigint                 | Durable id of the dispute, rising with time.
        transaction_id  bigint -> transactions | Captured payment.
        user_id         bigint -> users        | Payer.
        reason          text                   | fraudulent, not_recognised, duplicate, subscription_cancelled or product_unacceptable.
        stage           text                   | inquiry, chargeback, representment or arbitration.
        status          text                   | open, won (the payment stands), lost (it goes back) or withdrawn.
        amount_minor    bigint                 | Amount disputed, minor units.
        currency_code   text                   | ISO 4217 currency.
        opened_at       timestamptz            | Opened (UTC).
        evidence_due_at timestamptz            | Last instant for evidence (UTC).
        closed_at       timestamptz?           | Decided or withdrawn (UTC).
        """,
        checks={
            "reason_known": (
                "reason in ('fraudulent', 'not_recognised', 'duplicate', 'subscription_cancelled', 'product_unacceptable')"
            ),
            "stage_known": "stage in ('inquiry', 'chargeback', 'representment', 'arbitration')",
            "status_known": "status in ('open', 'won', 'lost', 'withdrawn')",
            "closed_has_instant": "(status = 'open') = (closed_at is null)",
            "amount_positive": "amount_minor > 0",
            "due_after_opening": "evidence_due_at > opened_at",
            "currency_form": _CURRENCY_FORM,
        },
        indexes=("user_id", "evidence_due_at where status = 'open'"),
    ),
    _event(
        name="status_history",
        about="One change of status of any entity, its creation included.",
        key="status_history_id",
        columns="""
        status_history_id  bigint                       | Id of the change, rising with time.
        entity_type        text                         | user, order, fan_subscription or dispute.
        entity_id          bigint                       | Key of the entity in its table.
        old_status         text?                        | Status before; null at creation.
        new_status         text                         | Status after.
        changed_by_user_id bigint? -> users.user_id set null | Account that caused it; null for the platform itself.
        changed_at         timestamptz                  | Instant (UTC).
        """,
        checks={
            "entity_type_known": "entity_type in ('user', 'order', 'fan_subscription', 'dispute')",
            "status_changes": "old_status <> new_status",
        },
        indexes=("entity_type, entity_id, changed_at",),
    ),
)
