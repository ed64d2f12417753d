"""Who is paid for what, by which contract. Shares are parts per million, rates micro-units of a currency."""

from functools import partial

from generators.ddl.table import table

_entity = partial(table, kind="entity", domain="royalties")
_RIGHT_KNOWN = "right_type in ('recording', 'publishing')"

TABLES = (
    _entity(
        name="payees",
        about="One party that is paid.",
        key="payee_id",
        columns="""
        payee_id              bigint             | Durable id of the payee.
        payee_type            text               | artist, label, distributor, publisher, producer or writer.
        name                  text               | Name.
        artist_id             bigint? -> artists | Artist behind it.
        label_id              bigint? -> labels  | Label behind it.
        user_id               bigint? -> users set null | Account behind it.
        tax_country_id        bigint -> countries.country_id | Tax residence.
        currency_code         text               | Currency of payment.
        minimum_payment_minor bigint             | Below it the balance is carried forward, minor units.
        created_at            timestamptz        | Since (UTC).
        """,
        checks={
            "payee_type_known": "payee_type in ('artist', 'label', 'distributor', 'publisher', 'producer', 'writer')",
            "minimum_not_negative": "minimum_payment_minor >= 0",
        },
        indexes=("artist_id", "label_id"),
    ),
    _entity(
        name="works",
        about="One composition, on which publishing royalties are paid.",
        key="work_id",
        unique=("iswc",),
        columns="""
        work_id     bigint              | Durable id of the work.
        iswc        text                | International Standard Musical Work Code with check digit.
        title       text                | Title.
        language_id bigint -> languages | Language of the words.
        """,
        checks={"iswc_form": "iswc ~ '^T[0-9]{10}$'"},
    ),
    _entity(
        name="song_works",
        about="One work in one recording.",
        key="song_id work_id",
        columns="""
        song_id   bigint -> songs | Recording.
        work_id   bigint -> works | Work.
        share_ppm bigint          | The work's share of the recording, parts per million; sums to 1,000,000 per recording.
        """,
        whole="song_id: share_ppm",
        checks={"share_range": "share_ppm between 1 and 1000000"},
        indexes=("work_id",),
    ),
    _entity(
        name="rights_contracts",
        about="One contract with one payee for one right.",
        key="contract_id",
        columns="""
        contract_id                 bigint              | Durable id of the contract.
        payee_id                    bigint -> payees    | Payee.
        right_type                  text                | recording or publishing.
        territory_country_id        bigint? -> countries.country_id | Territory; null is the world.
        per_stream_override_micro   bigint?             | Fixed rate per qualified stream in micro-units of the override's currency, taken off the top; null where the pool decides.
        override_currency_code      text?               | Currency of the override.
        deductions_ppm              bigint              | Contractual deductions from gross.
        advance_minor               bigint              | Advance paid, minor units of the payee's currency.
        minimum_guarantee_minor     bigint              | Guaranteed per period, minor units of the payee's currency.
        recoupment_ppm              bigint              | Part of gross credited against advances.
        is_cross_collateralised     boolean             | Balances of the payee's contracts are recouped from each other.
        payment_threshold_minor     bigint              | Contractual minimum payment, minor units.
        withholding_ppm             bigint              | Tax withheld at the source.
        valid_from                  date                | First day in force.
        valid_to                    date?               | Day it is no longer in force (exclusive).
        """,
        apart=("payee_id right_type territory_country_id: valid_from valid_to",),
        checks={
            "right_type_known": _RIGHT_KNOWN,
            "override_has_currency": "(per_stream_override_micro is null) = (override_currency_code is null)",
            "override_not_negative": "per_stream_override_micro >= 0",
            "period_not_reversed": "valid_to > valid_from",
            "ppm_ranges": (
                "deductions_ppm between 0 and 1000000 and recoupment_ppm between 0 and 1000000"
                " and withholding_ppm between 0 and 1000000"
            ),
        },
        indexes=("payee_id",),
    ),
    _entity(
        name="royalty_rates",
        about="Rate of one artist in one listening country: a relative weight or an absolute amount per stream.",
        key="royalty_rate_id",
        unique=("artist_id country_id right_type valid_from",),
        columns="""
        royalty_rate_id bigint              | Durable id of the rate.
        artist_id       bigint -> artists   | Artist.
        country_id      bigint -> countries | Country of listening.
        right_type      text                | recording or publishing.
        rate_type       text                | relative (a weight) or absolute (an amount off the top).
        weight_ppm      bigint?             | Weight of a stream, 1,000,000 is 1; for relative rates.
        rate_micro      bigint?             | Micro-units per qualified stream; for absolute rates.
        currency_code   text?               | Currency of the amount; for absolute rates.
        valid_from      date                | First day in force.
        valid_to        date?               | Day it is no longer in force (exclusive).
        """,
        apart=("artist_id country_id right_type: valid_from valid_to",),
        checks={
            "right_type_known": _RIGHT_KNOWN,
            "rate_type_known": "rate_type in ('relative', 'absolute')",
            "relative_has_weight": "(rate_type = 'relative') = (weight_ppm is not null)",
            "absolute_has_amount": "(rate_type = 'absolute') = (rate_micro is not null and currency_code is not null)",
            "figures_not_negative": "weight_ppm >= 0 and rate_micro >= 0",
            "period_not_reversed": "valid_to > valid_from",
        },
    ),
    _entity(
        name="revenue_splits",
        about="Share of one payee in one right of one recording or work during one period.",
        key="revenue_split_id",
        columns="""
        revenue_split_id bigint           | Durable id of the share.
        right_type       text             | recording or publishing.
        song_id          bigint? -> songs | Recording, for the recording right.
        work_id          bigint? -> works | Work, for the publishing right.
        payee_id         bigint -> payees | Payee.
        role             text             | artist, label, distributor, producer, writer or publisher.
        share_ppm        bigint           | Share, parts per million; sums to 1,000,000 per item, right and day.
        valid_from       date             | First day in force.
        valid_to         date?            | Day it is no longer in force (exclusive).
        """,
        apart=("song_id work_id payee_id role: valid_from valid_to",),
        whole="song_id work_id: share_ppm valid_from valid_to",
        checks={
            "right_type_known": _RIGHT_KNOWN,
            "item_matches_right": (
                "(right_type = 'recording') = (song_id is not null) and (right_type = 'publishing') = (work_id is not null)"
            ),
            "role_known": "role in ('artist', 'label', 'distributor', 'producer', 'writer', 'publisher')",
            "share_range": "share_ppm between 1 and 1000000",
            "period_not_reversed": "valid_to > valid_from",
        },
        indexes=("song_id", "work_id", "payee_id"),
    ),
    _entity(
        name="allocation_methods",
        about="Method that books one kind of pool during one period.",
        key="allocation_method_id",
        unique=("country_id tier source right_type valid_from",),
        columns="""
        allocation_method_id bigint              | Durable id of the row.
        country_id           bigint -> countries | Payment country.
        tier                 text                | free, prime or pro.
        source               text                | subscription or advertising.
        right_type           text                | recording or publishing.
        method               text                | pro_rata, user_centric_count, user_centric_time, artist_centric or impression_share.
        valid_from           date                | First day in force: the first of a month.
        valid_to             date?               | Day it is no longer in force (exclusive).
        """,
        apart=("country_id tier source right_type: valid_from valid_to",),
        checks={
            "tier_known": "tier in ('free', 'prime', 'pro')",
            "source_known": "source in ('subscription', 'advertising')",
            "right_type_known": _RIGHT_KNOWN,
            "method_known": (
                "method in ('pro_rata', 'user_centric_count', 'user_centric_time', 'artist_centric',"
                " 'impression_share')"
            ),
            "period_not_reversed": "valid_to > valid_from",
        },
    ),
    table(
        name="advances",
        kind="event",
        domain="royalties",
        about="One advance or recoupable cost paid for a payee under a contract; it is recouped from what the contract earns.",
        key="advance_id",
        columns="""
        advance_id    bigint                     | Id of the payment, rising with time.
        contract_id   bigint -> rights_contracts.contract_id | Contract.
        payee_id      bigint -> payees           | Payee.
        advance_type  text                       | advance (as the contract says), recording, video, marketing or tour.
        amount_minor  bigint                     | Amount to be recouped, minor units of the payee's currency.
        currency_code text                       | Currency of the payee.
        paid_at       timestamptz                | Paid (UTC).
        """,
        checks={
            "advance_type_known": "advance_type in ('advance', 'recording', 'video', 'marketing', 'tour')",
            "amount_positive": "amount_minor > 0",
            "currency_form": "currency_code ~ '^[A-Z]{3}$'",
        },
        indexes=("contract_id", "payee_id, paid_at"),
    ),
    _entity(
        name="payouts",
        about="One payee's statement for one month with its payment, as the platform settled it, at a flat rate per stream. Months before the data begins rest on its opening, later ones on the streams that had arrived when they closed.",
        key="payout_id",
        unique=("payee_id statement_month",),
        columns="""
        payout_id               bigint           | Durable id of the statement.
        payee_id                bigint -> payees | Payee.
        statement_month         date             | First day of the month settled.
        currency_code           text             | Currency of the payee.
        qualified_streams_milli bigint           | The payee's streams: shares of recordings at 80 %, of works at 20 %, thousandths.
        rate_micro              bigint           | Flat rate per stream, micro-units.
        opening_balance_minor   bigint           | Carried forward from the month before, minor units.
        gross_minor             bigint           | Streams at the rate, rounded half up.
        recouped_minor          bigint           | Credited against advances and recoupable costs.
        withheld_minor          bigint           | Tax withheld at the source, rounded half up.
        net_minor               bigint           | Paid out: opening balance + gross - recouped - withheld; 0 below the minimum payment.
        carried_forward_minor   bigint           | Carried to the next month instead of being paid.
        unrecouped_minor        bigint           | Advances and costs still to be recouped after the month.
        status                  text             | pending, paid, failed (returned by the bank) or carried_forward.
        issued_at               timestamptz      | Statement issued (UTC).
        processed_at            timestamptz?     | Payment executed (UTC).
        """,
        checks={
            "month_starts": "extract(day from statement_month) = 1",
            "amounts_not_negative": (
                "opening_balance_minor >= 0 and gross_minor >= 0 and recouped_minor >= 0 and withheld_minor >= 0"
                " and net_minor >= 0 and carried_forward_minor >= 0 and unrecouped_minor >= 0"
            ),
            "paid_or_carried": "net_minor = 0 or carried_forward_minor = 0",
            "status_known": "status in ('pending', 'paid', 'failed', 'carried_forward')",
            "paid_has_instant": "(status = 'paid') = (processed_at is not null)",
            "currency_form": "currency_code ~ '^[A-Z]{3}$'",
        },
        indexes=("status where status in ('pending', 'failed')", "statement_month"),
    ),
)
