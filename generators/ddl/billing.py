"""Plans, subscriptions and the money they bring. Amounts are integers in minor units with their currency."""

from functools import partial

from generators.ddl.table import table

_event = partial(table, kind="event", domain="billing")
_entity = partial(table, kind="entity", domain="billing")

_CURRENCY_FORM = "currency_code ~ '^[A-Z]{3}$'"
_STATES = "'pending', 'trial', 'active', 'grace', 'on_hold', 'paused', 'cancelled', 'expired'"

TABLES = (
    _entity(
        name="plans",
        about="One plan with its terms: a tier in a variant.",
        key="plan_id",
        unique=("plan_code",),
        columns="""
        plan_id            bigint   | Durable id of the plan.
        plan_code          text     | Code, e.g. prime_family.
        name               text     | Name shown.
        tier               text     | free, prime (Prime Music) or pro (Sonic Pro).
        variant            text     | individual, duo, family or student.
        max_quality        text     | Best quality allowed: normal, high or lossless.
        skips_per_hour     integer? | Skips allowed an hour; null is unlimited.
        is_shuffle_only    boolean  | Only shuffled play on phones and tablets.
        has_ads            boolean  | Ads between songs.
        can_download       boolean  | Offline play allowed.
        concurrent_streams integer  | Streams allowed at once.
        member_limit       integer  | Accounts that may share it.
        """,
        checks={
            "tier_known": "tier in ('free', 'prime', 'pro')",
            "variant_known": "variant in ('individual', 'duo', 'family', 'student')",
            "limits_positive": "concurrent_streams > 0 and member_limit > 0",
        },
    ),
    _entity(
        name="plan_prices",
        about="Price of one plan in one country and cycle during one period.",
        key="plan_price_id",
        unique=("plan_id country_id billing_cycle valid_from",),
        columns="""
        plan_price_id bigint              | Durable id of the price.
        plan_id       bigint -> plans     | Plan.
        country_id    bigint -> countries | Country it is sold in.
        currency_code text                | ISO 4217 currency.
        billing_cycle text                | month, year, week or day.
        price_minor   bigint              | Price of a cycle with tax, minor units.
        tax_rate_ppm  bigint              | Tax contained in it, parts per million of the price without tax.
        valid_from    date                | First day in force.
        valid_to      date?               | Day it is no longer in force (exclusive); null while open.
        """,
        apart=("plan_id country_id billing_cycle: valid_from valid_to",),
        checks={
            "price_not_negative": "price_minor >= 0",
            "tax_not_negative": "tax_rate_ppm >= 0",
            "cycle_known": "billing_cycle in ('month', 'year', 'week', 'day')",
            "period_not_reversed": "valid_to > valid_from",
            "currency_form": _CURRENCY_FORM,
        },
    ),
    _entity(
        name="payment_methods",
        about="One payment method of an account: brand, last four digits and token only.",
        key="payment_method_id",
        unique=("token",),
        columns="""
        payment_method_id bigint          | Durable id of the method.
        user_id           bigint -> users | Owner.
        method_type       text            | card, upi, upi_autopay, pix, gopay, ovo, dana, carrier, amazon_pay or gift_card.
        brand             text?           | Card brand.
        last_four         text?           | Last four digits of a card.
        token             text            | Token of the provider.
        expiry_month      integer?        | Month of expiry of a card.
        expiry_year       integer?        | Year of expiry of a card.
        is_default        boolean         | Charged first.
        created_at        timestamptz     | Added (UTC).
        """,
        checks={
            "method_type_known": (
                "method_type in ('card', 'upi', 'upi_autopay', 'pix', 'gopay', 'ovo', 'dana', 'carrier', 'amazon_pay',"
                " 'gift_card')"
            ),
            "expiry_month_range": "expiry_month between 1 and 12",
            "last_four_digits": "last_four ~ '^[0-9]{4}$'",
            "card_is_complete": (
                "(method_type = 'card') = (brand is not null and last_four is not null"
                " and expiry_month is not null and expiry_year is not null)"
            ),
        },
        indexes=("user_id",),
    ),
    _entity(
        name="subscriptions",
        about="One subscription of a paying account; Free is no subscription.",
        key="subscription_id",
        columns="""
        subscription_id          bigint                    | Durable id of the subscription.
        user_id                  bigint -> users           | Customer: the paying account.
        plan_id                  bigint -> plans           | Plan in force.
        plan_price_id            bigint -> plan_prices     | Price in force.
        state                    text                      | pending, trial, active, grace, on_hold, paused, cancelled or expired.
        recurring_discount_minor bigint                    | Discount on every cycle of the price with tax, minor units.
        is_prepaid               boolean                   | Bought for one cycle without renewal (day and week passes, Pix).
        trial_ends_at            timestamptz?              | End of the trial, if there was one (UTC).
        current_period_start_at  timestamptz               | Start of the period paid or granted (UTC).
        current_period_end_at    timestamptz               | Its end (UTC, exclusive).
        started_at               timestamptz               | First access (UTC).
        cancelled_at             timestamptz?              | Click on cancel (UTC); access lasts to the end of the period.
        ended_at                 timestamptz?              | Loss of access (UTC).
        end_reason               text?                     | voluntary or involuntary; null while it lasts.
        payment_method_id        bigint? -> payment_methods | Charged at renewal.
        signup_channel           text                      | app, web, carrier, alexa or partner.
        signup_device_id         bigint? -> devices.device_id set null | Device of the sign-up.
        household_id             bigint? -> households     | Household that shares it.
        """,
        apart=("user_id: started_at ended_at",),
        checks={
            "state_known": f"state in ({_STATES})",
            "discount_not_negative": "recurring_discount_minor >= 0",
            "period_not_reversed": "current_period_end_at > current_period_start_at",
            "expired_has_end": "(state = 'expired') = (ended_at is not null)",
            "end_has_reason": "(ended_at is null) = (end_reason is null)",
            "end_reason_known": "end_reason in ('voluntary', 'involuntary')",
        },
        indexes=("user_id", "current_period_end_at where state in ('trial', 'active', 'grace', 'cancelled')"),
    ),
    _event(
        name="subscription_events",
        about="One step in the life of a subscription; immutable.",
        key="subscription_event_id",
        columns="""
        subscription_event_id bigint                  | Id of the event, rising with time.
        subscription_id       bigint -> subscriptions | Subscription.
        event_type            text                    | created, trial_started, trial_converted, renewed, upgraded, downgraded, paused, resumed, grace_started, on_hold_started, recovered, cancelled, reactivated, price_changed or expired.
        from_state            text?                   | State before; null at creation.
        to_state              text                    | State after.
        from_plan_price_id    bigint? -> plan_prices.plan_price_id | Price before a change of plan or price.
        to_plan_price_id      bigint? -> plan_prices.plan_price_id | Price after it.
        proration_minor       bigint                  | Credit (negative) or charge of a change within a period, without tax, minor units; 0 otherwise.
        currency_code         text                    | Currency of the proration.
        reason                text?                   | Why, where given.
        occurred_at           timestamptz             | Instant (UTC).
        """,
        checks={
            "event_type_known": (
                "event_type in ('created', 'trial_started', 'trial_converted', 'renewed', 'upgraded', 'downgraded',"
                " 'paused', 'resumed', 'grace_started', 'on_hold_started', 'recovered', 'cancelled', 'reactivated',"
                " 'price_changed', 'expired')"
            ),
            "states_known": f"from_state in ({_STATES}) and to_state in ({_STATES})",
            "currency_form": _CURRENCY_FORM,
        },
        indexes=("subscription_id, occurred_at",),
    ),
    _entity(
        name="invoices",
        about="One invoice to a customer.",
        key="invoice_id",
        columns="""
        invoice_id      bigint                   | Id of the invoice, rising with time.
        user_id         bigint -> users          | Customer.
        subscription_id bigint? -> subscriptions | Subscription billed.
        currency_code   text                     | ISO 4217 currency.
        subtotal_minor  bigint                   | Sum of the lines without discounts and tax.
        discount_minor  bigint                   | Discounts, not negative.
        tax_minor       bigint                   | Tax.
        total_minor     bigint                   | subtotal - discount + tax.
        status          text                     | open, paid, void or uncollectible.
        issued_at       timestamptz              | Issued (UTC).
        due_at          timestamptz              | Due (UTC).
        paid_at         timestamptz?             | Paid (UTC).
        """,
        checks={
            "total_adds_up": "total_minor = subtotal_minor - discount_minor + tax_minor",
            "amounts_not_negative": "discount_minor >= 0 and tax_minor >= 0 and total_minor >= 0",
            "status_known": "status in ('open', 'paid', 'void', 'uncollectible')",
            "paid_has_instant": "(status = 'paid') = (paid_at is not null)",
            "currency_form": _CURRENCY_FORM,
        },
        indexes=("user_id", "subscription_id", "due_at where status = 'open'"),
    ),
    _event(
        name="invoice_lines",
        about="One line of an invoice.",
        key="invoice_line_id",
        columns="""
        invoice_line_id    bigint             | Id of the line, rising with time.
        invoice_id         bigint -> invoices | Invoice.
        line_type          text               | plan, proration_credit, proration_charge, discount, tax or credit_note.
        plan_id            bigint? -> plans   | Plan billed; null for tax.
        amount_minor       bigint             | Signed amount without tax (of a tax line: the tax), minor units.
        currency_code      text               | ISO 4217 currency.
        service_start_date date               | First day served (UTC).
        service_end_date   date               | Day after the last day served (UTC, exclusive).
        issued_at          timestamptz        | Issued (UTC).
        """,
        checks={
            "line_type_known": (
                "line_type in ('plan', 'proration_credit', 'proration_charge', 'discount', 'tax', 'credit_note')"
            ),
            "period_not_reversed": "service_end_date > service_start_date",
            "currency_form": _CURRENCY_FORM,
        },
        indexes=("invoice_id",),
    ),
    _event(
        name="tips",
        about="One tip to an artist.",
        key="tip_id",
        columns="""
        tip_id         bigint            | Id of the tip, rising with time.
        user_id        bigint -> users   | Giver.
        artist_id      bigint -> artists | Receiver.
        amount_minor   bigint            | Amount, minor units.
        currency_code  text              | ISO 4217 currency.
        commission_ppm bigint            | The platform's commission agreed at the time, parts per million.
        message        text?             | Message (synthetic).
        tipped_at      timestamptz       | Instant (UTC).
        """,
        checks={
            "amount_positive": "amount_minor > 0",
            "commission_range": "commission_ppm between 0 and 1000000",
            "currency_form": _CURRENCY_FORM,
        },
        indexes=("artist_id, tipped_at", "user_id"),
    ),
    _event(
        name="transactions",
        about="One attempt to move money for one document; its status is the final one.",
        key="transaction_id",
        columns="""
        transaction_id       bigint                     | Id of the attempt, rising with time.
        user_id              bigint -> users            | Payer.
        purpose              text                       | subscription, tip, ticket, order, fan_subscription, community, promotion or placement.
        invoice_id           bigint? -> invoices        | Invoice it pays, for a subscription.
        tip_id               bigint? -> tips            | Tip it pays.
        document_id          bigint?                    | Ticket, order, fan subscription, membership of a community, promotion or placement that it pays, by its purpose; null for subscriptions and tips.
        artist_id            bigint? -> artists         | Artist in whose name it is sold, or who pays for a promotion or placement; null for subscriptions and tips.
        payment_method_id    bigint? -> payment_methods | Method charged.
        provider             text                       | Processor, e.g. amazon_pay.
        amount_minor         bigint                     | Amount, minor units.
        currency_code        text                       | ISO 4217 currency.
        commission_minor     bigint?                    | The platform's part of the amount, minor units: all of a placement, nothing of a promotion; null for subscriptions and tips.
        processing_fee_minor bigint                     | Fee of the processor, minor units; 0 when it failed.
        status               text                       | succeeded or failed.
        failure_code         text?                      | Why it failed, e.g. insufficient_funds.
        served_date          date?                      | Day on which it counts where that is not the day of payment (UTC): that of the event of a ticket.
        transacted_at        timestamptz                | Instant of the final status (UTC).
        """,
        checks={
            "amount_positive": "amount_minor > 0",
            "fee_not_negative": "processing_fee_minor >= 0",
            "status_known": "status in ('succeeded', 'failed')",
            "failed_has_code": "(status = 'failed') = (failure_code is not null)",
            "purpose_known": (
                "purpose in ('subscription', 'tip', 'ticket', 'order', 'fan_subscription', 'community', 'promotion',"
                " 'placement')"
            ),
            "pays_one_document": (
                "(purpose = 'subscription') = (invoice_id is not null) and (purpose = 'tip') = (tip_id is not null)"
                " and (purpose not in ('subscription', 'tip')) = (document_id is not null)"
            ),
            "sale_has_terms": (
                "(document_id is null) = (artist_id is null) and (document_id is null) = (commission_minor is null)"
            ),
            "commission_range": "commission_minor between 0 and amount_minor",
            "ticket_is_served": "(purpose = 'ticket') = (served_date is not null)",
            "currency_form": _CURRENCY_FORM,
        },
        indexes=(
            "user_id, transacted_at",
            "invoice_id",
            "purpose, document_id where document_id is not null",
            "transacted_at where status = 'failed'",
        ),
    ),
    _event(
        name="transaction_events",
        about="One change of state of a transaction: its audit trail.",
        key="transaction_event_id",
        columns="""
        transaction_event_id bigint                 | Id of the event, rising with time.
        transaction_id       bigint -> transactions | Transaction.
        event_type           text                   | created, authorised, captured, failed or refunded.
        occurred_at          timestamptz            | Instant (UTC).
        detail               text?                  | Failure code or refund reason.
        """,
        checks={"event_type_known": "event_type in ('created', 'authorised', 'captured', 'failed', 'refunded')"},
        indexes=("transaction_id",),
    ),
    _event(
        name="refunds",
        about="One refund of a transaction.",
        key="refund_id",
        columns="""
        refund_id      bigint                 | Id of the refund, rising with time.
        transaction_id bigint -> transactions | Transaction refunded.
        amount_minor   bigint                 | Amount paid back with tax, minor units, positive.
        currency_code  text                   | ISO 4217 currency.
        is_full        boolean                | The whole amount.
        reason         text                   | Reason.
        refunded_at    timestamptz            | Instant (UTC).
        """,
        checks={"amount_positive": "amount_minor > 0", "currency_form": _CURRENCY_FORM},
        indexes=("transaction_id",),
    ),
)
