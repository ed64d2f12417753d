"""What people agreed to and asked for, what was done about it, and who claims content."""

from functools import partial

from generators.ddl.table import table

_reference = partial(table, kind="reference", domain="compliance")
_event = partial(table, kind="event", domain="compliance")
_entity = partial(table, kind="entity", domain="compliance")

TABLES = (
    _reference(
        name="consent_documents",
        about="One version of a text that people agree to, for one purpose, under one law, in one language.",
        key="consent_document_id",
        unique=("purpose jurisdiction language_id version_no",),
        columns="""
        consent_document_id bigint       | Durable id of the text.
        purpose             text         | terms, privacy, profiling or marketing_email.
        jurisdiction        text         | Law: gdpr, ccpa, dpdp (India), lgpd (Brazil) or pdp (Indonesia).
        language_id         bigint -> languages | Language of the text.
        version_no          integer      | Version of the text, from 1.
        title               text         | Title, in its language.
        text_hash           text         | SHA-256 of the text that was shown.
        effective_from      timestamptz  | In force since (UTC).
        effective_to        timestamptz? | In force until (UTC); null for the latest.
        """,
        apart=("purpose jurisdiction language_id: effective_from effective_to",),
        checks={
            "purpose_known": "purpose in ('terms', 'privacy', 'profiling', 'marketing_email')",
            "jurisdiction_known": "jurisdiction in ('gdpr', 'ccpa', 'dpdp', 'lgpd', 'pdp')",
            "version_positive": "version_no > 0",
            "text_hash_form": "text_hash ~ '^[0-9a-f]{64}$'",
            "period_not_reversed": "effective_to > effective_from",
        },
    ),
    _event(
        name="user_consents",
        about="One agreement to a text, or its withdrawal. What is in force is the latest of an account and purpose.",
        key="user_consent_id",
        partitioned=True,
        columns="""
        user_consent_id     bigint      | Id of the step, rising with time.
        user_id             bigint -> users | Account.
        consent_document_id bigint -> consent_documents | Text, in the version that was shown.
        action              text        | granted or withdrawn.
        channel             text        | sign_up, settings or prompt.
        occurred_at         timestamptz | Instant (UTC).
        """,
        checks={
            "action_known": "action in ('granted', 'withdrawn')",
            "channel_known": "channel in ('sign_up', 'settings', 'prompt')",
        },
        indexes=("user_id, occurred_at",),
    ),
    _entity(
        name="retention_preferences",
        about="How long an account lets the platform keep one category of its data.",
        key="retention_preference_id",
        unique=("user_id data_category",),
        columns="""
        retention_preference_id bigint      | Durable id of the preference, rising with time.
        user_id                 bigint -> users cascade | Account.
        data_category           text        | listening_history, search_texts, voice_recordings or ip_addresses.
        retention_months        integer     | Months for which it may be kept.
        set_at                  timestamptz | First set (UTC).
        updated_at              timestamptz | In force since (UTC).
        """,
        checks={
            "data_category_known": (
                "data_category in ('listening_history', 'search_texts', 'voice_recordings', 'ip_addresses')"
            ),
            "months_range": "retention_months between 1 and 36",
            "not_changed_before_set": "updated_at >= set_at",
        },
    ),
    _entity(
        name="data_subject_requests",
        about="One request to export or to delete a person's data. Due 30 days after it was received.",
        key="data_subject_request_id",
        columns="""
        data_subject_request_id bigint       | Durable id of the request, rising with time.
        user_id                 bigint? -> users set null | Account; null once nothing tells any more whose it was.
        request_type            text         | export or delete.
        channel                 text         | app, email or post.
        jurisdiction            text         | Law that it invokes: gdpr, ccpa, dpdp, lgpd or pdp.
        status                  text         | received, verified, fulfilled or rejected.
        rejection_reason        text?        | Why it was rejected: identity_not_proven.
        received_at             timestamptz  | Received (UTC).
        verified_at             timestamptz? | Identity proven (UTC).
        due_at                  timestamptz  | To be fulfilled by (UTC).
        fulfilled_at            timestamptz? | Fulfilled (UTC).
        rejected_at             timestamptz? | Rejected (UTC).
        """,
        checks={
            "request_type_known": "request_type in ('export', 'delete')",
            "channel_known": "channel in ('app', 'email', 'post')",
            "jurisdiction_known": "jurisdiction in ('gdpr', 'ccpa', 'dpdp', 'lgpd', 'pdp')",
            "status_known": "status in ('received', 'verified', 'fulfilled', 'rejected')",
            "due_after_receipt": "due_at > received_at",
            "rejection_has_reason": (
                "(status = 'rejected') = (rejected_at is not null) and (rejected_at is null) = (rejection_reason is null)"
            ),
            "fulfilment_has_instant": "(status = 'fulfilled') = (fulfilled_at is not null)",
            "in_order": "verified_at > received_at and fulfilled_at > verified_at and rejected_at > received_at",
        },
        indexes=("user_id", "due_at where status in ('received', 'verified')"),
    ),
    _event(
        name="anonymization_events",
        about="One category of one account's data that was deleted or made anonymous: by a request, or because its "
        "time was up. Told of what lies outside this database; of what lies in it, the erasure's tombstone tells.",
        key="anonymization_event_id",
        partitioned=True,
        columns="""
        anonymization_event_id  bigint      | Id of the event, rising with time.
        data_subject_request_id bigint? -> data_subject_requests | Request; null where its time was up.
        user_id                 bigint? -> users set null | Account.
        occurred_at             timestamptz | Instant (UTC).
        data_category           text        | search_texts, voice_recordings, ip_addresses, avatar_images or support_attachments.
        method                  text        | deleted, hashed or generalized.
        record_count            bigint      | Records concerned.
        """,
        checks={
            "data_category_known": (
                "data_category in ('search_texts', 'voice_recordings', 'ip_addresses', 'avatar_images',"
                " 'support_attachments')"
            ),
            "method_known": "method in ('deleted', 'hashed', 'generalized')",
            "count_not_negative": "record_count >= 0",
        },
        indexes=("user_id", "data_subject_request_id"),
    ),
    _entity(
        name="copyright_claims",
        about="One claim on content, found by comparing sounds or raised by hand.",
        key="copyright_claim_id",
        columns="""
        copyright_claim_id bigint       | Durable id of the claim, rising with time.
        content_id         bigint -> content | Content claimed.
        claimant_label_id  bigint? -> labels.label_id set null | Label that claims it.
        claimant_name      text         | Claimant by name.
        claim_type         text         | audio, melody or video.
        is_automated       boolean      | Found by the comparison of sounds.
        confidence_ppm     integer?     | The comparison's confidence, in millionths; null where it was raised by hand.
        match_start_ms     bigint       | Where the match begins in the content, in milliseconds.
        match_end_ms       bigint       | Where it ends.
        policy             text         | What the claimant wants: monetize, track or block.
        status             text         | open, disputed, upheld or released.
        opened_at          timestamptz  | Opened (UTC).
        disputed_at        timestamptz? | Publisher disputed it (UTC).
        resolved_at        timestamptz? | Decided (UTC).
        """,
        checks={
            "claim_type_known": "claim_type in ('audio', 'melody', 'video')",
            "policy_known": "policy in ('monetize', 'track', 'block')",
            "status_known": "status in ('open', 'disputed', 'upheld', 'released')",
            "automation_has_confidence": "is_automated = (confidence_ppm is not null)",
            "confidence_range": "confidence_ppm between 0 and 1000000",
            "match_not_reversed": "match_start_ms >= 0 and match_end_ms > match_start_ms",
            "decision_has_instant": "(status in ('upheld', 'released')) = (resolved_at is not null)",
            "dispute_has_instant": "status <> 'disputed' or disputed_at is not null",
            "in_order": "disputed_at > opened_at and resolved_at > coalesce(disputed_at, opened_at)",
        },
        indexes=("content_id", "opened_at where resolved_at is null"),
    ),
    _event(
        name="audit_log",
        about="One action of staff, a job or an account that must be accounted for. Append-only: PostgreSQL refuses any "
        "change of a row and chains each by the hash of the one before (audit_log_chain).",
        key="audit_id",
        chained=True,
        columns="""
        audit_id      bigint      | Id of the entry, rising with time.
        occurred_at   timestamptz | Instant (UTC).
        actor_kind    text        | staff, account or job.
        actor_name    text        | Staff account or job; accounts by their id.
        actor_user_id bigint? -> users.user_id | Account that acted, where it was one.
        action        text        | What was done, such as access.granted.
        entity_type   text        | Table of what it was done to.
        entity_id     bigint      | Id of what it was done to.
        details       text        | What changed, a JSON object without personal data.
        """,
        checks={
            "actor_kind_known": "actor_kind in ('staff', 'account', 'job')",
            "account_has_id": "actor_kind = 'account' or actor_user_id is null",
            "action_form": "action ~ '^[a-z_]+[.][a-z_]+$'",
        },
        indexes=("entity_type, entity_id", "occurred_at"),
    ),
)
