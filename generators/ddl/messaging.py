"""Conversations between accounts, and what the platform notifies them of."""

from functools import partial

from generators.ddl.table import table

_entity = partial(table, kind="entity", domain="community")

TABLES = (
    _entity(
        name="conversations",
        about="One conversation: between two accounts, of a group, or of a fan with an artist's account.",
        key="conversation_id",
        columns="""
        conversation_id    bigint       | Durable id of the conversation.
        conversation_type  text         | direct, group or fan_mail.
        title              text?        | Title of a group.
        created_by_user_id bigint? -> users.user_id set null | Who began it.
        artist_id          bigint? -> artists set null | Artist whose account a fan writes to.
        participant_count  integer      | Members when the row changed.
        created_at         timestamptz  | Begun (UTC).
        updated_at         timestamptz  | Last change (UTC).
        archived_at        timestamptz? | Archived (UTC): no message follows.
        """,
        checks={
            "type_known": "conversation_type in ('direct', 'group', 'fan_mail')",
            "group_has_title": "(conversation_type = 'group') = (title is not null)",
            "participants_not_negative": "participant_count >= 0",
            "updated_after_creation": "updated_at >= created_at",
            "archived_after_creation": "archived_at > created_at",
        },
    ),
    _entity(
        name="conversation_members",
        about="One account's part in a conversation.",
        key="conversation_member_id",
        unique=("conversation_id user_id",),
        columns="""
        conversation_member_id bigint          | Durable id of the membership.
        conversation_id        bigint -> conversations cascade | Conversation.
        user_id                bigint -> users cascade | Member.
        role                   text            | owner or member.
        joined_at              timestamptz     | Since (UTC).
        left_at                timestamptz?    | Until (UTC).
        """,
        checks={"role_known": "role in ('owner', 'member')", "period_not_reversed": "left_at > joined_at"},
        indexes=("user_id where left_at is null",),
    ),
    _entity(
        name="messages",
        about="One message of a conversation. Those from before the first day are not kept.",
        key="message_id",
        columns="""
        message_id          bigint       | Id of the message, rising with time.
        conversation_id     bigint -> conversations cascade | Conversation.
        sender_user_id      bigint -> users.user_id cascade | Sender, a member; of a system message the member it is about.
        message_type        text         | text, audio, image, video, track_share or playlist_share.
        content             text?        | Text (synthetic); null of media without words and of what was deleted.
        media_url           text?        | Address of a sound, picture or film.
        shared_content_id   bigint? -> content.content_id set null | Content that is shared.
        shared_playlist_id  bigint? -> playlists.playlist_id set null | Playlist that is shared.
        reply_to_message_id bigint? -> messages.message_id set null | Message it answers.
        is_system_message   boolean      | Written by the platform, e.g. that a member joined.
        read_count          integer      | Other members who had read it when the row changed.
        first_read_at       timestamptz? | First read by another member (UTC).
        sent_at             timestamptz  | Sent (UTC).
        updated_at          timestamptz  | Last change (UTC).
        edited_at           timestamptz? | Edited by the sender (UTC).
        deleted_at          timestamptz? | Soft delete (UTC).
        """,
        checks={
            "type_known": "message_type in ('text', 'audio', 'image', 'video', 'track_share', 'playlist_share')",
            "media_have_address": "(message_type in ('audio', 'image', 'video')) = (media_url is not null)",
            "content_is_shared_by_its_type": "shared_content_id is null or message_type = 'track_share'",
            "playlist_is_shared_by_its_type": "shared_playlist_id is null or message_type = 'playlist_share'",
            "read_has_instant": "(read_count > 0) = (first_read_at is not null)",
            "read_after_sending": "first_read_at > sent_at",
            "answers_an_earlier_one": "reply_to_message_id < message_id",
            "updated_after_sending": "updated_at >= sent_at",
        },
        indexes=("conversation_id, sent_at", "sender_user_id"),
    ),
    _entity(
        name="notifications",
        about=(
            "One notification to an account, of the kinds whose cause is generated. A sample: all of follows, tips,"
            " memberships, reminders and cancelled plans, one in three of artists' posts, releases and broadcasts."
        ),
        key="notification_id",
        columns="""
        notification_id       bigint       | Id of the notification, rising with time.
        recipient_user_id     bigint -> users.user_id cascade | Who is notified.
        sender_user_id        bigint? -> users.user_id set null | Account whose act is the cause, if it is one's.
        notification_type     text         | follow, like, comment, share, mention, new_upload, playlist_add, collaboration_invite, live_stream, event_reminder, purchase, tip, post or subscription.
        title                 text         | Title, in the recipient's language.
        message               text         | Text, in the recipient's language.
        related_resource_type text?        | What it is about: follow, tip, post, album, community, live_event or subscription.
        related_resource_id   bigint?      | Id of what it is about, by its type.
        related_content_id    bigint? -> content.content_id cascade | Content it is about.
        related_user_id       bigint? -> users.user_id set null | Account it is about.
        data                  text?        | Further context as a JSON object without personal data.
        is_read               boolean      | Read when the row changed.
        is_pushed             boolean      | Sent as a push notification as well.
        created_at            timestamptz  | Made (UTC).
        read_at               timestamptz? | Read (UTC).
        """,
        checks={
            "type_known": (
                "notification_type in ('follow', 'like', 'comment', 'share', 'mention', 'new_upload', 'playlist_add',"
                " 'collaboration_invite', 'live_stream', 'event_reminder', 'purchase', 'tip', 'post', 'subscription')"
            ),
            "resource_is_whole": "(related_resource_type is null) = (related_resource_id is null)",
            "read_has_instant": "is_read = (read_at is not null)",
            "read_after_creation": "read_at > created_at",
        },
        indexes=("recipient_user_id, created_at", "recipient_user_id where not is_read", "created_at"),
    ),
)
