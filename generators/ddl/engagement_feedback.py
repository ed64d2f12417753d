"""What listeners say: comments, ratings and reviews."""

from functools import partial

from generators.ddl.table import table

_entity = partial(table, kind="entity", domain="engagement")

TABLES = (
    _entity(
        name="reviews",
        about="One titled review, with its stars, of a release or a recording. Reactions and comments count its answers.",
        key="review_id",
        columns="""
        review_id    bigint           | Durable id of the review, rising with time.
        user_id      bigint -> users cascade | Who reviews.
        target_type  text             | album or song.
        album_id     bigint? -> albums | Release reviewed; null for a song.
        song_id      bigint? -> songs | Recording reviewed; null for an album.
        artist_id    bigint? -> artists set null | Its artist; null where the profile is gone.
        artist_name  text?            | Artist as the review names them; outlives the profile.
        content_name text             | Title as the review names it.
        title        text             | Headline.
        body         text             | Text, in the reviewer's language.
        language_id  bigint -> languages | Language of the text.
        rating       integer          | 1 to 5 stars.
        image_urls   text?            | Addresses of attached images, a JSON array; null where there are none.
        created_at   timestamptz      | Written (UTC).
        updated_at   timestamptz      | Last edited (UTC).
        deleted_at   timestamptz?     | Soft delete (UTC).
        """,
        checks={
            "target_type_known": "target_type in ('album', 'song')",
            "one_target": (
                "(target_type = 'album') = (album_id is not null) and (target_type = 'song') = (song_id is not null)"
            ),
            "rating_range": "rating between 1 and 5",
            "not_edited_before_written": "updated_at >= created_at",
            "period_not_reversed": "deleted_at > created_at",
        },
        indexes=("user_id, created_at", "album_id where deleted_at is null", "song_id where deleted_at is null"),
    ),
    _entity(
        name="comments",
        about="One comment on content, a post or a review, or one reply in such a thread. Counts of replies and likes "
        "follow from comments and reactions and are not stored.",
        key="comment_id",
        columns="""
        comment_id        bigint       | Durable id of the comment, rising with time.
        user_id           bigint -> users cascade | Who comments.
        content_id        bigint? -> content | Content that the thread is about.
        post_id           bigint?      | Post that the thread is about.
        review_id         bigint? -> reviews cascade | Review that the thread is about.
        parent_comment_id bigint? -> comments.comment_id cascade | Comment that this one answers; null at the top.
        body              text         | Text, in the writer's language.
        language_id       bigint -> languages | Language of the text.
        position_ms       bigint?      | Position in the recording that the comment marks, in milliseconds.
        is_pinned         boolean      | Pinned by the publisher.
        created_at        timestamptz  | Written (UTC).
        updated_at        timestamptz  | Last edited, pinned or deleted (UTC).
        deleted_at        timestamptz? | Soft delete (UTC).
        """,
        checks={
            "one_thread": (
                "(case when content_id is null then 0 else 1 end) + (case when post_id is null then 0 else 1 end)"
                " + (case when review_id is null then 0 else 1 end) = 1"
            ),
            "position_not_negative": "position_ms >= 0",
            "position_in_content": "position_ms is null or content_id is not null",
            "not_edited_before_written": "updated_at >= created_at",
            "period_not_reversed": "deleted_at > created_at",
        },
        indexes=(
            "user_id, created_at",
            "content_id, created_at where deleted_at is null",
            "post_id",
            "review_id",
            "parent_comment_id",
        ),
    ),
    _entity(
        name="ratings",
        about="One account's rating of one recording; it may change.",
        key="rating_id",
        unique=("user_id song_id",),
        columns="""
        rating_id  bigint      | Durable id of the rating, rising with time.
        user_id    bigint -> users cascade | Who rates.
        song_id    bigint -> songs | Recording.
        stars      integer     | 1 to 5.
        rated_at   timestamptz | First rated (UTC).
        updated_at timestamptz | Rating in force since (UTC).
        """,
        checks={"stars_range": "stars between 1 and 5", "not_changed_before_given": "updated_at >= rated_at"},
        indexes=("song_id, stars",),
    ),
)
