"""Accounts, households and devices."""

from functools import partial

from generators.ddl.table import table

_entity = partial(table, kind="entity", domain="identity")

TABLES = (
    _entity(
        name="users",
        about="One account of a person: listener, artist, label or staff.",
        key="user_id",
        unique=("user_uuid", "email"),
        columns="""
        user_id              bigint              | Durable id of the account.
        user_uuid            uuid                | Public identifier.
        user_name            text                | Chosen handle.
        display_name         text                | Name shown to others.
        given_name           text                | Given name.
        family_name          text                | Family name.
        email                text?               | E-mail address, lower case; null where the account logs in elsewhere.
        password_hash        text?               | argon2id hash, never a password; null where the account logs in elsewhere.
        birth_date           date?               | Birth date, where given.
        gender               text                | female, male, non_binary or undisclosed.
        city_id              bigint -> cities    | Home city.
        residence_country_id bigint -> countries.country_id | Country of residence.
        payment_country_id   bigint -> countries.country_id | Country whose prices and payment methods apply.
        language_id          bigint -> languages | Language of the interface.
        user_type            text                | fan, artist, producer, label, moderator or admin.
        status               text                | active, suspended or deleted.
        is_verified          boolean             | E-mail address confirmed.
        created_at           timestamptz         | Sign-up (UTC).
        updated_at           timestamptz         | Last change of the account (UTC).
        last_login_at        timestamptz?        | Last log-in known when the row changed (UTC).
        deleted_at           timestamptz?        | Soft delete (UTC).
        phone_number         text?               | Mobile number, where given: calling code, blank, digits. Personal data.
        bio                  text?               | What the account says of itself, where it does.
        picture_url          text?               | Address of the picture; null where none was uploaded.
        banner_url           text?               | Address of the banner of the profile; null where none was uploaded.
        website_url          text?               | Address of a web site of the account's own.
        is_onboarded         boolean?            | Has been through the first steps; null where the source does not tell.
        """,
        search=("user_name", "display_name"),
        checks={
            "phone_number_form": r"phone_number ~ '^\+[1-9][0-9]{0,3} [0-9]{6,12}$'",
            "gender_known": "gender in ('female', 'male', 'non_binary', 'undisclosed')",
            "user_type_known": "user_type in ('fan', 'artist', 'producer', 'label', 'moderator', 'admin')",
            "status_known": "status in ('active', 'suspended', 'deleted')",
            "deleted_has_instant": "(status = 'deleted') = (deleted_at is not null)",
            "password_is_argon2id": (
                r"password_hash ~ '^\$argon2id\$v=19\$m=[0-9]+,t=[0-9]+,p=[0-9]+\$[A-Za-z0-9+/]{16,}\$[A-Za-z0-9+/]{32,}$'"
            ),
        },
        indexes=("user_name", "lower(display_name)", "payment_country_id", "city_id"),
    ),
    _entity(
        name="user_settings",
        about="Privacy, notification and parental-control settings of one account.",
        key="user_id",
        columns="""
        user_id                bigint -> users cascade | Account.
        is_profile_public      boolean  | Profile is visible to others.
        allows_profiling       boolean  | Consents to personalised profiling.
        allows_marketing_email boolean  | Consents to marketing e-mail.
        allows_push            boolean  | Consents to push notifications.
        blocks_explicit        boolean  | Explicit content is blocked (parental control).
        daily_limit_minutes    integer? | Listening limit a day for a child's account, in minutes.
        """,
        checks={"daily_limit_positive": "daily_limit_minutes > 0"},
    ),
    _entity(
        name="households",
        about="One Duo or Family household that shares a plan.",
        key="household_id",
        columns="""
        household_id   bigint          | Durable id of the household.
        owner_user_id  bigint -> users.user_id | Paying account.
        household_type text            | duo or family.
        address_hash   text            | Keyed hash of the common address.
        created_at     timestamptz     | Founded (UTC).
        closed_at      timestamptz?    | Dissolved (UTC).
        """,
        apart=("owner_user_id: created_at closed_at",),
        checks={
            "household_type_known": "household_type in ('duo', 'family')",
            "period_not_reversed": "closed_at > created_at",
        },
        indexes=("owner_user_id",),
    ),
    _entity(
        name="household_members",
        about="One membership of an account in a household.",
        key="household_member_id",
        columns="""
        household_member_id bigint               | Durable id of the membership.
        household_id        bigint -> households | Household.
        user_id             bigint -> users      | Member, the owner included.
        role                text                 | owner, adult or child.
        joined_at           timestamptz          | Joined (UTC).
        left_at             timestamptz?         | Left (UTC).
        """,
        apart=("user_id: joined_at left_at",),
        checks={"role_known": "role in ('owner', 'adult', 'child')", "period_not_reversed": "left_at > joined_at"},
        indexes=("household_id", "user_id"),
    ),
    _entity(
        name="devices",
        about="One device on which an account plays.",
        key="device_id",
        columns="""
        device_id     bigint              | Durable id of the device.
        user_id       bigint -> users cascade | Owner.
        device_type   text                | phone, tablet, desktop, web, tv, car, console, alexa or wearable.
        alexa_model   text?               | Model of an Alexa device.
        os            text                | Operating system.
        os_version    text                | Its version.
        app_version   text                | Version of the app at registration.
        first_seen_at timestamptz         | First use (UTC).
        last_seen_at  timestamptz?        | Last use known when the row changed (UTC).
        """,
        checks={
            "device_type_known": (
                "device_type in ('phone', 'tablet', 'desktop', 'web', 'tv', 'car', 'console', 'alexa', 'wearable')"
            ),
            "alexa_has_model": "(device_type = 'alexa') = (alexa_model is not null)",
        },
        indexes=("user_id",),
    ),
    _entity(
        name="user_preferred_genres",
        about="One genre that an account prefers.",
        key="user_id genre_id",
        columns="""
        user_id         bigint -> users cascade | Account.
        genre_id        bigint -> genres        | Genre.
        preference_rank integer                 | 1 is the favourite.
        """,
        checks={"preference_rank_positive": "preference_rank > 0"},
    ),
)
