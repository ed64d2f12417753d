"""What is reported, and what moderators and machines decide."""

from functools import partial

from generators.ddl.table import table

_event = partial(table, kind="event", domain="moderation")
_entity = partial(table, kind="entity", domain="moderation")

TABLES = (
    _entity(
        name="content_reports",
        about="One account's report of content, of another account, or of what one wrote.",
        key="content_report_id",
        columns="""
        content_report_id   bigint       | Id of the report, rising with time.
        reporter_user_id    bigint? -> users.user_id set null | Who reports.
        target_type         text         | content, user, forum_post or message; comment, post, review and live_chat are not reported yet.
        target_id           bigint       | Id of what is reported, by its type.
        reported_content_id bigint? -> content.content_id cascade | Content reported.
        reported_user_id    bigint? -> users.user_id cascade | Account reported, or author of what is reported.
        reason              text         | spam, harassment, copyright, inappropriate or other.
        description         text?        | In the reporter's words (synthetic), where given.
        status              text         | pending, reviewed, resolved or dismissed.
        reviewed_by_user_id bigint? -> users.user_id set null | Moderator; null before the review and where an outside team reviewed.
        action_taken        text?        | Action that followed: approved, flagged, age_restricted or warned.
        created_at          timestamptz  | Reported (UTC).
        updated_at          timestamptz  | Last change (UTC).
        reviewed_at         timestamptz? | First looked at by a moderator (UTC).
        closed_at           timestamptz? | Resolved or dismissed (UTC).
        """,
        checks={
            "target_type_known": (
                "target_type in ('content', 'user', 'comment', 'post', 'review', 'forum_post', 'message', 'live_chat')"
            ),
            "content_is_named": "(target_type = 'content') = (reported_content_id is not null)",
            "reason_known": "reason in ('spam', 'harassment', 'copyright', 'inappropriate', 'other')",
            "status_known": "status in ('pending', 'reviewed', 'resolved', 'dismissed')",
            "reviewed_has_instant": "(status = 'pending') = (reviewed_at is null)",
            "closed_has_instant": "(status in ('resolved', 'dismissed')) = (closed_at is not null)",
            "closed_has_action": "(closed_at is null) = (action_taken is null)",
            "action_known": "action_taken in ('approved', 'flagged', 'age_restricted', 'warned')",
            "reviewed_after_creation": "reviewed_at > created_at",
            "closed_after_review": "closed_at > reviewed_at",
        },
        indexes=("status, created_at", "reported_content_id", "reported_user_id", "reviewed_by_user_id"),
    ),
    _event(
        name="moderation_actions",
        about=(
            "One decision: of the screening of each new recording, of moderators on what it flags and on reports, and"
            " every suspension of an account."
        ),
        key="moderation_action_id",
        partitioned=True,
        columns="""
        moderation_action_id bigint       | Id of the decision, rising with time.
        acted_at             timestamptz  | Instant (UTC).
        target_type          text         | content, user, forum_post or message.
        target_id            bigint       | Id of what it is about, by its type.
        content_id           bigint? -> content cascade | Content it is about.
        user_id              bigint? -> users cascade | Account it is about, or author of what it is about.
        content_report_id    bigint? -> content_reports set null | Report it answers.
        moderator_user_id    bigint? -> users.user_id set null | Moderator; null for machines and for an outside team.
        action               text         | approved, rejected, flagged, age_restricted, warned or suspended.
        reason               text?        | Why: explicit_lyrics, a report's reason, low_confidence or terms_of_use.
        is_automated         boolean      | Decided by a machine.
        confidence           numeric(5,4)? | The machine's confidence, 0 to 1; null of people.
        model_version        text?        | Version of the machine's model.
        """,
        checks={
            "target_type_known": (
                "target_type in ('content', 'user', 'comment', 'post', 'review', 'forum_post', 'message', 'live_chat')"
            ),
            "content_is_named": "(target_type = 'content') = (content_id is not null)",
            "action_known": ("action in ('approved', 'rejected', 'flagged', 'age_restricted', 'warned', 'suspended')"),
            "confidence_range": "confidence between 0 and 1",
            "machines_have_confidence": "is_automated = (confidence is not null)",
            "machines_have_a_version": "is_automated = (model_version is not null)",
            "machines_are_nobody": "not is_automated or moderator_user_id is null",
        },
        indexes=("content_id, acted_at", "user_id", "content_report_id", "moderator_user_id"),
    ),
)
