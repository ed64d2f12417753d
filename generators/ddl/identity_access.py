"""How accounts prove who they are and what they may do, and what they say they like."""

from functools import partial

from generators.ddl.table import table

_event = partial(table, kind="event", domain="identity")
_entity = partial(table, kind="entity", domain="identity")

TABLES = (
    _entity(
        name="user_verifications",
        about="One token sent to an account: to confirm an address, to reset a password, to prove an age. Only its "
        "hash is kept.",
        key="user_verification_id",
        unique=("token_hash",),
        columns="""
        user_verification_id bigint       | Durable id of the token, rising with time.
        user_id              bigint -> users cascade | Account.
        verification_type    text         | email, password_reset or age.
        token_hash           text         | SHA-256 of the token.
        created_at           timestamptz  | Issued (UTC).
        expires_at           timestamptz  | Valid until (UTC).
        used_at              timestamptz? | Used (UTC); null while it is not.
        is_used              boolean      | It was used.
        """,
        checks={
            "verification_type_known": "verification_type in ('email', 'password_reset', 'age')",
            "token_hash_form": "token_hash ~ '^[0-9a-f]{64}$'",
            "expires_after_issue": "expires_at > created_at",
            "use_has_instant": "is_used = (used_at is not null)",
            "used_while_valid": "used_at > created_at and used_at <= expires_at",
        },
        indexes=("user_id, verification_type where not is_used",),
    ),
    _entity(
        name="user_roles",
        about="One role of an account, with what it permits.",
        key="user_role_id",
        columns="""
        user_role_id       bigint       | Durable id of the grant, rising with time.
        user_id            bigint -> users cascade | Account.
        role_name          text         | creator, producer, label_manager, moderator, admin or beta_tester.
        permissions        text         | What it permits, a JSON array.
        granted_by_user_id bigint? -> users.user_id set null | Who granted it; null for what follows from the kind of account.
        granted_at         timestamptz  | Since (UTC).
        expires_at         timestamptz? | Until (UTC), if it ends by itself.
        revoked_at         timestamptz? | Taken away (UTC).
        """,
        checks={
            "role_name_known": (
                "role_name in ('creator', 'producer', 'label_manager', 'moderator', 'admin', 'beta_tester')"
            ),
            "expires_after_grant": "expires_at > granted_at",
            "revoked_after_grant": "revoked_at > granted_at",
        },
        indexes=("user_id where revoked_at is null", "role_name"),
    ),
    _entity(
        name="user_preferred_languages",
        about="One language in which an account likes to listen.",
        key="user_id language_id",
        columns="""
        user_id         bigint -> users cascade | Account.
        language_id     bigint -> languages     | Language.
        preference_rank integer                 | 1 is the favourite.
        """,
        checks={"preference_rank_positive": "preference_rank > 0"},
    ),
    _entity(
        name="user_favourite_artists",
        about="One artist whom an account named as a favourite when it began.",
        key="user_id artist_id",
        columns="""
        user_id         bigint -> users cascade   | Account.
        artist_id       bigint -> artists cascade | Artist.
        preference_rank integer                   | 1 is the favourite.
        """,
        checks={"preference_rank_positive": "preference_rank > 0"},
    ),
    _entity(
        name="user_identities",
        about="One way in which an account is known: its password, or an account elsewhere, linked.",
        key="user_identity_id",
        unique=("provider subject_hash",),
        columns="""
        user_identity_id bigint       | Durable id of the link, rising with time.
        user_id          bigint -> users cascade | Account.
        provider         text         | password, google, amazon, sso or spotify.
        subject_hash     text         | Keyed hash of the account's name there.
        is_login         boolean      | Serves to log in; a linked Spotify account only brings taste along.
        mfa_kind         text         | none, totp, sms or passkey.
        mfa_secret_hash  text?        | Keyed hash of the second factor's secret; null where there is none.
        linked_at        timestamptz  | Since (UTC).
        unlinked_at      timestamptz? | Until (UTC).
        """,
        checks={
            "provider_known": "provider in ('password', 'google', 'amazon', 'sso', 'spotify')",
            "mfa_kind_known": "mfa_kind in ('none', 'totp', 'sms', 'passkey')",
            "factor_has_secret": "(mfa_kind = 'none') = (mfa_secret_hash is null)",
            "subject_hash_form": "subject_hash ~ '^[0-9a-f]{64}$'",
            "period_not_reversed": "unlinked_at > linked_at",
        },
        indexes=("user_id where unlinked_at is null",),
    ),
    _event(
        name="auth_events",
        about="One step of signing up, logging in or resetting a password. Log-ins are those of one session in twelve: "
        "the others go on with a token that holds.",
        key="auth_event_id",
        partitioned=True,
        columns="""
        auth_event_id  bigint      | Id of the step, rising with time.
        user_id        bigint -> users | Account.
        occurred_at    timestamptz | Instant (UTC).
        event_type     text        | sign_up, log_in, log_in_failed, mfa_challenged, mfa_passed, mfa_failed, reset_requested or reset_done.
        provider       text        | password, google, amazon or sso.
        mfa_kind       text?       | totp, sms or passkey, of steps that ask for it.
        channel        text        | app, web or device.
        device_id      bigint? -> devices set null | Device; null where none is registered yet.
        country_id     bigint -> countries | Country of the IP address.
        is_success     boolean     | The step succeeded.
        failure_reason text?       | wrong_password, wrong_code or expired_code.
        """,
        checks={
            "event_type_known": (
                "event_type in ('sign_up', 'log_in', 'log_in_failed', 'mfa_challenged', 'mfa_passed', 'mfa_failed',"
                " 'reset_requested', 'reset_done')"
            ),
            "provider_known": "provider in ('password', 'google', 'amazon', 'sso')",
            "mfa_kind_known": "mfa_kind in ('totp', 'sms', 'passkey')",
            "channel_known": "channel in ('app', 'web', 'device')",
            "failure_has_reason": "is_success = (failure_reason is null)",
            "failure_is_named": "is_success = (event_type not in ('log_in_failed', 'mfa_failed'))",
            "reason_known": "failure_reason in ('wrong_password', 'wrong_code', 'expired_code')",
        },
        indexes=("user_id, occurred_at", "occurred_at where not is_success"),
    ),
)
