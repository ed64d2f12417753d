"""How accounts are won: campaigns, coupons, influencers, referrals, and creators' own promotions."""

from functools import partial

from generators.ddl.table import table

_event = partial(table, kind="event", domain="marketing")
_entity = partial(table, kind="entity", domain="marketing")

_CURRENCY_FORM = "currency_code ~ '^[A-Z]{3}$'"
_CHANNEL_KNOWN = "channel in ('social_media', 'email', 'push', 'influencer', 'search', 'display')"

TABLES = (
    _entity(
        name="promo_campaigns",
        about="One campaign of the platform for itself.",
        key="promo_campaign_id",
        unique=("campaign_code",),
        columns="""
        promo_campaign_id bigint              | Durable id of the campaign.
        campaign_code     text                | Code in links, e.g. IN-EMA-0042.
        name              text                | Name.
        channel           text                | social_media, email, push, influencer, search or display.
        objective         text                | acquisition, reactivation, upgrade or engagement.
        target_country_id bigint -> countries.country_id | Country it aims at.
        target_segment    text                | Whom it aims at: prospects, free_listeners, lapsed_listeners or subscribers.
        budget_minor      bigint              | Budget, minor units.
        currency_code     text                | ISO 4217 currency of the country.
        status            text                | planned, active, paused or ended.
        starts_at         timestamptz         | Start (UTC).
        ends_at           timestamptz         | End (UTC, exclusive).
        created_at        timestamptz         | Planned (UTC).
        """,
        checks={
            "channel_known": _CHANNEL_KNOWN,
            "objective_known": "objective in ('acquisition', 'reactivation', 'upgrade', 'engagement')",
            "segment_known": "target_segment in ('prospects', 'free_listeners', 'lapsed_listeners', 'subscribers')",
            "status_known": "status in ('planned', 'active', 'paused', 'ended')",
            "budget_positive": "budget_minor > 0",
            "period_not_reversed": "ends_at > starts_at and starts_at > created_at",
            "currency_form": _CURRENCY_FORM,
        },
        indexes=("channel, starts_at", "starts_at, ends_at where status in ('active', 'paused')"),
    ),
    _event(
        name="promo_spend",
        about="What one campaign spent on its channel on one UTC day.",
        key="promo_spend_id",
        unique=("promo_campaign_id spend_date",),
        columns="""
        promo_spend_id    bigint                    | Id of the row, rising with time.
        promo_campaign_id bigint -> promo_campaigns | Campaign.
        channel           text                      | Channel of the campaign.
        spend_date        date                      | UTC day.
        amount_minor      bigint                    | Spent, minor units; the sum never exceeds the budget.
        currency_code     text                      | ISO 4217 currency.
        contacts          bigint                    | Messages sent or times shown, as the channel reports.
        clicks            bigint                    | Clicks, as the channel reports.
        reported_at       timestamptz               | Reported by the channel (UTC).
        """,
        checks={
            "channel_known": _CHANNEL_KNOWN,
            "amount_not_negative": "amount_minor >= 0",
            "clicks_within_contacts": "clicks between 0 and contacts",
            "currency_form": _CURRENCY_FORM,
        },
        indexes=("spend_date",),
    ),
    _entity(
        name="coupons",
        about="One coupon code with what it grants and its limits.",
        key="coupon_id",
        unique=("coupon_code",),
        columns="""
        coupon_id                bigint              | Durable id of the coupon.
        coupon_code              text                | Code as it is entered.
        promo_campaign_id        bigint? -> promo_campaigns set null | Campaign that hands it out; null for the standing ones.
        discount_type            text                | percent (of every cycle's price) or trial (days free).
        discount_ppm             bigint?             | Discount, parts per million of the price, cut to whole tens of minor units; for percent.
        trial_days               integer?            | Days free; for trial.
        country_id               bigint -> countries | Country whose purchases it holds for.
        plan_id                  bigint? -> plans    | Plan it is bound to; null for any.
        max_redemptions          integer?            | Redemptions in all; null without limit.
        max_redemptions_per_user integer?            | Redemptions of one account; null without limit.
        valid_from               timestamptz         | First instant of validity (UTC).
        valid_to                 timestamptz?        | Its end (UTC, exclusive); null while open.
        created_at               timestamptz         | Issued (UTC).
        """,
        checks={
            "discount_type_known": "discount_type in ('percent', 'trial')",
            "percent_has_share": "(discount_type = 'percent') = (discount_ppm is not null)",
            "trial_has_days": "(discount_type = 'trial') = (trial_days is not null)",
            "discount_range": "discount_ppm between 1 and 1000000",
            "trial_positive": "trial_days > 0",
            "limits_positive": "max_redemptions > 0 and max_redemptions_per_user > 0",
            "expires_after_issue": "valid_to > valid_from and valid_from >= created_at",
            "code_form": "coupon_code ~ '^[A-Z0-9-]{4,32}$'",
        },
        indexes=("country_id, valid_from, valid_to", "promo_campaign_id"),
    ),
    _event(
        name="coupon_redemptions",
        about="One coupon used for one subscription.",
        key="coupon_redemption_id",
        unique=("subscription_id",),
        columns="""
        coupon_redemption_id bigint                   | Id of the redemption, rising with time.
        coupon_id            bigint -> coupons        | Coupon.
        user_id              bigint -> users          | Who used it.
        subscription_id      bigint -> subscriptions  | Subscription it began.
        transaction_id       bigint? -> transactions  | First payment with the discount; null for a trial, and for what was paid before the data begins.
        discount_minor       bigint                   | Discount with tax on a cycle, minor units; 0 for a trial.
        currency_code        text                     | ISO 4217 currency.
        redeemed_at          timestamptz              | Instant (UTC).
        """,
        checks={"discount_not_negative": "discount_minor >= 0", "currency_form": _CURRENCY_FORM},
        indexes=("coupon_id, redeemed_at", "user_id"),
    ),
    _entity(
        name="influencers",
        about="One influencer on one platform.",
        key="influencer_id",
        unique=("platform handle",),
        columns="""
        influencer_id  bigint              | Durable id of the influencer.
        name           text                | Name (synthetic).
        platform       text                | instagram, youtube, tiktok, moj or x.
        handle         text                | Name on the platform.
        followers      bigint              | Followers at the last count.
        country_id     bigint -> countries | Where most followers live.
        language_id    bigint -> languages | Language of the posts.
        niche          text                | music, dance, comedy, lifestyle, gaming or fashion.
        created_at     timestamptz         | Known since (UTC).
        """,
        checks={
            "platform_known": "platform in ('instagram', 'youtube', 'tiktok', 'moj', 'x')",
            "niche_known": "niche in ('music', 'dance', 'comedy', 'lifestyle', 'gaming', 'fashion')",
            "followers_positive": "followers > 0",
        },
        indexes=("country_id, platform",),
    ),
    _entity(
        name="influencer_collaborations",
        about="One influencer's work for one campaign.",
        key="influencer_collaboration_id",
        unique=("influencer_id promo_campaign_id",),
        columns="""
        influencer_collaboration_id bigint                    | Durable id of the collaboration.
        influencer_id               bigint -> influencers     | Influencer.
        promo_campaign_id           bigint -> promo_campaigns | Campaign of channel influencer.
        coupon_id                   bigint? -> coupons set null | Code that the influencer shares.
        deliverable                 text                      | post, story, reel or video.
        fee_minor                   bigint                    | Fee agreed, minor units; part of the campaign's budget.
        currency_code               text                      | ISO 4217 currency.
        status                      text                      | agreed, running, completed or cancelled.
        starts_at                   timestamptz               | Begin (UTC).
        ends_at                     timestamptz               | End (UTC, exclusive).
        created_at                  timestamptz               | Agreed (UTC).
        """,
        checks={
            "deliverable_known": "deliverable in ('post', 'story', 'reel', 'video')",
            "status_known": "status in ('agreed', 'running', 'completed', 'cancelled')",
            "fee_positive": "fee_minor > 0",
            "period_not_reversed": "ends_at > starts_at",
            "currency_form": _CURRENCY_FORM,
        },
        indexes=("promo_campaign_id",),
    ),
    _entity(
        name="referral_programs",
        about="One programme by which accounts bring others: what is granted to whom, and when.",
        key="referral_program_id",
        unique=("country_id valid_from",),
        columns="""
        referral_program_id     bigint              | Durable id of the programme.
        name                    text                | Name.
        promo_campaign_id       bigint? -> promo_campaigns set null | Campaign that promotes it, if one does.
        country_id              bigint -> countries | Country whose accounts take part.
        referrer_reward_minor   bigint              | Credit for who invites, minor units.
        referee_reward_minor    bigint              | Credit for who is invited, minor units.
        currency_code           text                | ISO 4217 currency of the rewards.
        max_rewards_per_user    integer             | Rewards that one account may earn.
        qualifying_days         integer             | Days from the sign-up within which the first payment must come.
        valid_from              date                | First day of validity.
        valid_to                date?               | Day it is no longer valid (exclusive); null while open.
        """,
        apart=("country_id: valid_from valid_to",),
        checks={
            "rewards_not_negative": "referrer_reward_minor >= 0 and referee_reward_minor >= 0",
            "limits_positive": "max_rewards_per_user > 0 and qualifying_days > 0",
            "period_not_reversed": "valid_to > valid_from",
            "currency_form": _CURRENCY_FORM,
        },
    ),
    _entity(
        name="referrals",
        about="One invitation of one person by an account.",
        key="referral_id",
        unique=("referee_user_id",),
        columns="""
        referral_id         bigint                      | Durable id of the referral, rising with time.
        referral_program_id bigint -> referral_programs | Programme.
        referrer_user_id    bigint -> users.user_id     | Who invites.
        referee_user_id     bigint? -> users.user_id    | Who signed up by it; null as long as nobody did.
        subscription_id     bigint? -> subscriptions    | First subscription of the invited, once it is paid.
        state               text                        | invited, signed_up, qualified (first payment in time), rewarded or expired.
        reward_minor        bigint?                     | Credit granted to who invites, minor units; null until rewarded.
        currency_code       text                        | ISO 4217 currency of the programme.
        invited_at          timestamptz                 | Invitation (UTC).
        signed_up_at        timestamptz?                | Sign-up of the invited (UTC).
        qualified_at        timestamptz?                | First payment of the invited (UTC).
        rewarded_at         timestamptz?                | Credit granted (UTC).
        expired_at          timestamptz?                | Nobody signed up or paid in time (UTC).
        """,
        checks={
            "state_known": "state in ('invited', 'signed_up', 'qualified', 'rewarded', 'expired')",
            "not_oneself": "referrer_user_id <> referee_user_id",
            "steps_in_order": "signed_up_at > invited_at and qualified_at > signed_up_at and rewarded_at > qualified_at",
            "sign_up_has_account": "(signed_up_at is null) = (referee_user_id is null)",
            "qualified_has_subscription": "(qualified_at is null) = (subscription_id is null)",
            "reward_has_amount": "(rewarded_at is null) = (reward_minor is null)",
            "currency_form": _CURRENCY_FORM,
        },
        indexes=("referrer_user_id, invited_at", "state where state in ('invited', 'signed_up', 'qualified')"),
    ),
    _entity(
        name="creator_promotions",
        about="One promotion that a creator schedules and pays for.",
        key="creator_promotion_id",
        unique=("campaign_id",),
        columns="""
        creator_promotion_id bigint              | Durable id of the promotion.
        artist_id            bigint -> artists   | Creator.
        content_id           bigint -> content   | Content promoted.
        campaign_id          bigint -> campaigns | Advertising campaign that delivers it.
        budget_minor         bigint              | Budget in force, minor units, paid in advance.
        currency_code        text                | ISO 4217 currency.
        state                text                | scheduled, active, paused or ended.
        scheduled_from       timestamptz         | Scheduled start (UTC).
        scheduled_to         timestamptz         | Scheduled end (UTC, exclusive).
        transaction_id       bigint? -> transactions set null | Latest payment; null where it was before the data begins, or by transfer.
        created_at           timestamptz         | Confirmed (UTC).
        """,
        checks={
            "state_known": "state in ('scheduled', 'active', 'paused', 'ended')",
            "budget_positive": "budget_minor > 0",
            "period_not_reversed": "scheduled_to > scheduled_from",
            "currency_form": _CURRENCY_FORM,
        },
        indexes=("artist_id", "content_id"),
    ),
    _event(
        name="promotion_ledger",
        about="One billing event of a creator's promotion; the sum of a promotion's entries is its budget in force.",
        key="promotion_ledger_id",
        columns="""
        promotion_ledger_id  bigint                       | Id of the entry, rising with time.
        creator_promotion_id bigint -> creator_promotions | Promotion.
        entry_type           text                         | charge (the budget at first), top_up (raised) or credit (cut).
        amount_minor         bigint                       | Signed amount, minor units; a credit is negative.
        currency_code        text                         | ISO 4217 currency.
        booked_at            timestamptz                  | Instant (UTC).
        """,
        checks={
            "entry_type_known": "entry_type in ('charge', 'top_up', 'credit')",
            "sign_fits": "(entry_type = 'credit') = (amount_minor < 0) and amount_minor <> 0",
            "currency_form": _CURRENCY_FORM,
        },
        indexes=("creator_promotion_id, booked_at",),
    ),
    _event(
        name="marketing_touches",
        about="One contact of a campaign with an account or a prospect; one contact in ten is kept, of those that led to a subscription every one.",
        key="marketing_touch_id",
        columns="""
        marketing_touch_id bigint                    | Id of the contact, rising with time.
        promo_campaign_id  bigint -> promo_campaigns | Campaign.
        channel            text                      | Channel of the campaign.
        user_id            bigint? -> users          | Account; null for a prospect.
        prospect_key       text?                     | Hash of a prospect's browser; null for an account.
        device_id          bigint? -> devices        | Device, where known.
        touch_type         text                      | sent, shown or clicked.
        touched_at         timestamptz               | Instant (UTC).
        """,
        checks={
            "channel_known": _CHANNEL_KNOWN,
            "touch_type_known": "touch_type in ('sent', 'shown', 'clicked')",
            "someone_is_touched": "(user_id is null) <> (prospect_key is null)",
            "prospect_has_no_device": "user_id is not null or device_id is null",
        },
        indexes=("user_id, touched_at where touch_type = 'clicked'", "promo_campaign_id, touched_at"),
    ),
)
