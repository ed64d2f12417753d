"""Advertisers, their campaigns and what was delivered."""

from functools import partial

from generators.ddl.table import table

_event = partial(table, kind="event", domain="ads")
_entity = partial(table, kind="entity", domain="ads")

TABLES = (
    _entity(
        name="advertisers",
        about="One advertiser.",
        key="advertiser_id",
        columns="""
        advertiser_id      bigint              | Durable id of the advertiser.
        name               text                | Name.
        billing_country_id bigint -> countries.country_id | Country it is billed in.
        industry           text                | Industry.
        created_at         timestamptz         | Since (UTC).
        contact_email      text?               | Address of the contact, lower case.
        """,
        checks={"contact_email_form": "contact_email ~ '^[^@ A-Z]+@[^@ A-Z]+$'"},
    ),
    _entity(
        name="campaigns",
        about="One advertising campaign.",
        key="campaign_id",
        columns="""
        campaign_id         bigint                | Durable id of the campaign.
        advertiser_id       bigint? -> advertisers | Advertiser; null for a creator's own promotion.
        creator_artist_id   bigint? -> artists.artist_id | Creator who promotes.
        campaign_type       text                  | brand or promotional.
        promoted_content_id bigint? -> content.content_id | Content promoted.
        name                text                  | Name.
        budget_minor        bigint                | Budget, minor units.
        currency_code       text                  | Currency of budget and price.
        pricing_model       text                  | cpm (valid impressions) or vcpm (viewable impressions).
        price_minor         bigint                | Price of a thousand impressions, minor units.
        goal_impressions    bigint                | Impressions aimed at.
        pacing              text                  | even, front_loaded or asap.
        status              text                  | scheduled, active, paused or ended.
        starts_at           timestamptz           | Planned start (UTC).
        ends_at             timestamptz           | Planned end (UTC, exclusive).
        created_at          timestamptz           | Booked (UTC).
        """,
        checks={
            "campaign_type_known": "campaign_type in ('brand', 'promotional')",
            "one_client": "(advertiser_id is null) <> (creator_artist_id is null)",
            "amounts_positive": "budget_minor > 0 and price_minor > 0 and goal_impressions > 0",
            "pricing_model_known": "pricing_model in ('cpm', 'vcpm')",
            "pacing_known": "pacing in ('even', 'front_loaded', 'asap')",
            "status_known": "status in ('scheduled', 'active', 'paused', 'ended')",
            "period_not_reversed": "ends_at > starts_at",
        },
        indexes=("advertiser_id", "starts_at, ends_at where status = 'active'"),
    ),
    _entity(
        name="campaign_targets",
        about="One targeting rule of a campaign.",
        key="campaign_target_id",
        unique=("campaign_id target_type target_value",),
        columns="""
        campaign_target_id bigint              | Durable id of the rule.
        campaign_id        bigint -> campaigns cascade | Campaign.
        target_type        text                | age_band, gender, country, region, language, genre or day_part.
        target_value       text                | Code of the target, e.g. 18-24, female, IN, hi.
        """,
        checks={
            "target_type_known": (
                "target_type in ('age_band', 'gender', 'country', 'region', 'language', 'genre', 'day_part')"
            )
        },
    ),
    _event(
        name="campaign_status_events",
        about="One change of a campaign's delivery or budget.",
        key="campaign_status_event_id",
        columns="""
        campaign_status_event_id bigint              | Id of the event, rising with time.
        campaign_id              bigint -> campaigns | Campaign.
        event_type               text                | launched, paused, resumed, ended or budget_changed.
        budget_minor             bigint              | Budget after the event, minor units.
        occurred_at              timestamptz         | Instant (UTC).
        """,
        checks={
            "event_type_known": "event_type in ('launched', 'paused', 'resumed', 'ended', 'budget_changed')",
            "budget_positive": "budget_minor > 0",
        },
        indexes=("campaign_id, occurred_at",),
    ),
    _entity(
        name="creatives",
        about="One creative of a campaign with its active period.",
        key="creative_id",
        columns="""
        creative_id  bigint              | Durable id of the creative.
        campaign_id  bigint -> campaigns | Campaign.
        format       text                | audio, video or display.
        title        text                | Working title.
        duration_ms  bigint?             | Length in milliseconds; null for display.
        active_from  timestamptz         | Serves from (UTC).
        active_to    timestamptz?        | Serves until (UTC, exclusive).
        """,
        checks={
            "format_known": "format in ('audio', 'video', 'display')",
            "duration_positive": "duration_ms > 0",
            "period_not_reversed": "active_to > active_from",
        },
        indexes=("campaign_id",),
    ),
    _event(
        name="ad_requests",
        about="One ad break offered to the ad server. Kept for 30 days, then summed up by the hour.",
        key="ad_request_id",
        partitioned=True,
        summary="ad_requests_hourly",
        columns="""
        ad_request_id bigint              | Id of the request, rising with time.
        user_id       bigint -> users     | Listener on the Free tier.
        device_id     bigint -> devices   | Device.
        stream_id     bigint? -> streams  | Play after which the break falls; null at the start of the app.
        country_id    bigint -> countries | Country of the IP address.
        placement     text                | between_songs, app_open or video_takeover.
        decision_ms   integer             | Decision latency in milliseconds.
        is_filled     boolean             | An ad was served.
        requested_at  timestamptz         | Instant (UTC).
        """,
        checks={
            "placement_known": "placement in ('between_songs', 'app_open', 'video_takeover')",
            "decision_not_negative": "decision_ms >= 0",
        },
        indexes=("user_id, requested_at",),
    ),
    table(
        name="ad_requests_hourly",
        kind="summary",
        domain="ads",
        about="Ad breaks of one hour that were purged and were alike in country, placement, outcome and whole "
        "millisecond of the decision: the exact histogram of its latency.",
        key="country_id hour_at placement is_filled decision_ms",
        columns="""
        country_id  bigint -> countries | Country of the IP address.
        hour_at     timestamptz | Begin of the hour (UTC).
        placement   text        | between_songs, app_open or video_takeover.
        is_filled   boolean     | An ad was served.
        decision_ms integer     | Decision latency in milliseconds.
        requests    bigint      | Ad breaks.
        """,
        checks={
            "placement_known": "placement in ('between_songs', 'app_open', 'video_takeover')",
            "requests_positive": "requests > 0",
        },
    ),
    _event(
        name="ad_impressions",
        about="One ad that began to render.",
        key="ad_impression_id",
        partitioned=True,
        columns="""
        ad_impression_id bigint                 | Id of the impression, rising with time.
        ad_request_id    bigint -> ad_requests  | Request it answers.
        campaign_id      bigint -> campaigns    | Campaign.
        creative_id      bigint -> creatives    | Creative.
        stream_id        bigint? -> streams     | Play it is tied to, if any.
        user_id          bigint -> users        | Listener.
        device_id        bigint -> devices      | Device.
        country_id       bigint -> countries    | Country of the IP address.
        price_micro      bigint                 | Price the ad server noted, micro-units of the campaign's currency; billing computes its own.
        exposed_ms       bigint                 | Continuous time unmuted (audio) or at least half in view (video, display), in milliseconds.
        last_quartile    integer                | 0 started, 1, 2, 3 quartiles, 4 completed (VAST).
        is_data_centre   boolean                | IP address belongs to a data centre.
        rendered_at      timestamptz            | Begin of rendering (UTC).
        """,
        checks={
            "price_not_negative": "price_micro >= 0",
            "exposed_not_negative": "exposed_ms >= 0",
            "last_quartile_range": "last_quartile between 0 and 4",
        },
        indexes=("campaign_id, rendered_at", "stream_id"),
    ),
    _event(
        name="ad_clicks",
        about="One click on an impression.",
        key="ad_click_id",
        partitioned=True,
        columns="""
        ad_click_id      bigint                   | Id of the click, rising with time.
        ad_impression_id bigint -> ad_impressions | Impression.
        clicked_at       timestamptz              | Instant (UTC).
        """,
        indexes=("ad_impression_id",),
    ),
    _event(
        name="ad_invoices",
        about="One month of one brand campaign as billed to its advertiser; issued on the second of the next month.",
        key="ad_invoice_id",
        unique=("invoice_number",),
        columns="""
        ad_invoice_id  bigint                | Id of the invoice, rising with time.
        invoice_number text                  | Number on the document, e.g. AD-2026-01-00042.
        campaign_id    bigint -> campaigns   | Campaign.
        advertiser_id  bigint -> advertisers | Advertiser billed.
        month_start    date                  | First day of the month billed (UTC).
        pricing_model  text                  | cpm (valid impressions) or vcpm (viewable impressions).
        price_minor    bigint                | Price of a thousand impressions, minor units.
        impressions    bigint                | Impressions billed at least in part: valid or viewable ones within the budget.
        amount_minor   bigint                | Amount without tax, rounded once, minor units.
        currency_code  text                  | ISO 4217 currency of the campaign.
        issued_at      timestamptz           | Issued (UTC).
        due_at         timestamptz           | Due (UTC).
        """,
        checks={
            "pricing_model_known": "pricing_model in ('cpm', 'vcpm')",
            "amounts_not_negative": "price_minor > 0 and impressions >= 0 and amount_minor >= 0",
            "month_starts": "extract(day from month_start) = 1",
            "due_after_issue": "due_at > issued_at",
            "currency_form": "currency_code ~ '^[A-Z]{3}$'",
        },
        indexes=("campaign_id, month_start", "advertiser_id, issued_at"),
    ),
)
