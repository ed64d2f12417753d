"""Posts of artists, and what is written in the forums of their communities: made day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from generators.core import names
from generators.core.calendar import DAY, HOUR, MINUTE, NEVER, event_ids, midnight
from generators.core.lives import Life, changing, lives_of
from generators.core.random import Bools, Ints, exponential, hash_uniform, pick
from generators.core.rhythm import instants_of
from generators.core.tables import Coded, make_table, only
from generators.core.texts import phrase, written_in
from generators.core.world import World
from generators.domains.community.creators import creators
from generators.domains.community.memberships import (
    ALL_CHAT,
    ARTIST_FORUM,
    FAN_ART,
    SUGGESTIONS,
    communities,
    community_of_creators,
    forums,
    members_on,
    memberships,
)

MEDIA = ("image", "video", "audio", "none")
_NONE = 3
POSTS_CHANGE_DAYS = 6
FORUM_POSTS_CHANGE_DAYS = 5
_POSTS_A_DAY = 0.22
"""Of one active artist."""
_MEMBER_POSTS_A_DAY = 0.05
_NEWS_A_DAY = 0.09
"""Of the artist in a community's own forum."""


@dataclass(frozen=True)
class Posts(Life):
    """Posts of artists."""

    creator: Ints
    media: Ints
    has_text: Bools
    created_at: Ints
    edited_at: Ints
    deleted_at: Ints

    @property
    def instants(self) -> list[Ints]:
        return [self.created_at, self.edited_at, self.deleted_at]


def posts_of(world: World, day: date) -> Posts:
    """The posts of one day, by instant."""
    return lives_of(world, "posts", _make_posts, day, POSTS_CHANGE_DAYS)


def _make_posts(world: World, day: date) -> Posts:
    who, rng = creators(world), world.rng("posts", day)
    acts = (who.since < midnight(day)) & (who.until > midnight(day) + (POSTS_CHANGE_DAYS + 1) * DAY)
    count = rng.poisson(_POSTS_A_DAY, len(who)) * acts
    creator = np.repeat(np.arange(len(who)), count)
    draw = rng.random((len(creator), 7))
    at = instants_of(world, day, who.country[creator], draw[:, 0])
    order = np.argsort(at, kind="stable")
    creator, draw, at = creator[order], draw[order], at[order]
    media = pick(draw[:, 1], np.array([35, 15, 5, 45.0]))
    edited = np.where(draw[:, 2] < 0.1, at + 1 + (draw[:, 3] * 2 * HOUR).astype(np.int64), NEVER)
    deleted = at + 3 * HOUR + exponential(draw[:, 4], 2.0 * DAY).astype(np.int64)
    deleted = np.where((draw[:, 5] < 0.025) & (deleted < midnight(day) + POSTS_CHANGE_DAYS * DAY), deleted, NEVER)
    return Posts(
        key=event_ids(at, np.arange(len(at))),
        creator=creator,
        media=media,
        has_text=(media == _NONE) | (draw[:, 6] < 0.9),
        created_at=at,
        edited_at=edited,
        deleted_at=deleted,
    )


def addresses(folder: str, ids: Ints, media: Ints) -> pa.Array:
    """Addresses of the media of posts, null where there are none."""
    number = pa.array(ids).cast(pa.string())
    ending = pa.DictionaryArray.from_arrays(pa.array(media), pa.array([".jpg", ".mp4", ".ogg", ""]))
    text = names.join(f"https://media.example/{folder}/", number, ending)
    return only(text, media != _NONE)


def posts_table(world: World, day: date) -> pa.Table:
    """Posts written, edited or deleted on a UTC day."""
    until = day + timedelta(days=1)
    rows, found = changing(world, "posts", _make_posts, day, until, POSTS_CHANGE_DAYS, opens=False)
    who, codes = creators(world), world.ref.language_codes
    language = who.language[rows.creator]
    edited = rows.edited_at <= found.at
    text = phrase("post", language, codes, hash_uniform(world.seed, "posts.text", rows.key, edited.astype(np.int64)))
    return make_table(
        "posts",
        {
            "post_id": rows.key,
            "artist_id": who.artist[rows.creator] + 1,
            "author_user_id": who.account[rows.creator] + 1,
            "language_id": written_in(language, codes) + 1,
            "content_text": Coded(np.where(rows.has_text, text.indices.to_numpy(), -1), text.dictionary),
            "media_type": Coded(rows.media, MEDIA),
            "media_urls": addresses("posts", rows.key, rows.media),
            "created_at": rows.created_at,
            "updated_at": found.at,
            "deleted_at": np.where(rows.deleted_at <= found.at, rows.deleted_at, NEVER),
            **found.metadata,
        },
    )


@dataclass(frozen=True)
class ForumPosts(Life):
    """Posts in forums."""

    forum: Ints
    """Row of the forum."""
    user: Ints
    language: Ints
    media: Ints
    has_title: Bools
    has_text: Bools
    created_at: Ints
    edited_at: Ints
    pinned_at: Ints
    answered_at: Ints

    @property
    def instants(self) -> list[Ints]:
        return [self.created_at, self.edited_at, self.pinned_at, self.answered_at]


def forum_posts_of(world: World, day: date) -> ForumPosts:
    """The forum posts of one day, by instant."""
    return lives_of(world, "forum_posts", _make_forum_posts, day, FORUM_POSTS_CHANGE_DAYS)


def _forum_rows(world: World) -> Ints:
    """Forum row by community and type, -1 where there is none."""

    def make() -> Ints:
        community, kind, _ = forums(world)
        table = np.full((len(communities(world)), 4), -1, dtype=np.int64)
        table[community, kind] = np.arange(len(community))
        return table

    return world.remember(("forum rows", world.horizon), make, keep=1)


def _make_forum_posts(world: World, day: date) -> ForumPosts:
    begin, of, who = midnight(day), communities(world), creators(world)
    of_members, _ = memberships(world)
    users = world.users(world.horizon)
    rng = world.rng("forum_posts", day)
    members = members_on(world, day)
    count = rng.poisson(_MEMBER_POSTS_A_DAY, len(members))
    writer = np.repeat(members, count)
    draw = rng.random((len(writer), 9))
    # News of the artists, drawn for all that may ever have a community, so that it holds for every horizon.
    news_rng = world.rng("forum_posts.news", day)
    news = news_rng.poisson(_NEWS_A_DAY, len(who))
    news_draw = news_rng.random((int(news.sum()), 9))
    creator = np.repeat(np.arange(len(who)), news)
    row_of, founded = community_of_creators(world)
    runs = (founded < begin - DAY) & (who.until > begin + (FORUM_POSTS_CHANGE_DAYS + 1) * DAY)
    creator, news_draw = creator[runs[creator]], news_draw[runs[creator]]
    community = row_of[creator]
    home = of_members.community[writer]
    table = _forum_rows(world)
    kind = np.array([ALL_CHAT, FAN_ART, SUGGESTIONS])[pick(draw[:, 0], np.array([0.6, 0.2, 0.2]))]
    forum = np.where(table[home, kind] >= 0, table[home, kind], table[home, ALL_CHAT])
    forum = np.concatenate([forum, table[community, ARTIST_FORUM]])
    draw = np.concatenate([draw, news_draw])
    user = np.concatenate([of_members.user[writer], who.account[creator]])
    language = np.concatenate([users.language[of_members.user[writer]], who.language[creator]])
    at = instants_of(world, day, users.payment_country[user], draw[:, 1])
    order = np.argsort(at, kind="stable")
    forum, user, language, draw, at = forum[order], user[order], language[order], draw[order], at[order]
    community, kind, _ = forums(world)
    kind, manager = kind[forum], of.creator[community[forum]]
    media = np.where(kind == FAN_ART, 0, pick(draw[:, 2], np.array([10, 3, 1, 86.0])))
    edited = at + 1 + (draw[:, 4] * HOUR).astype(np.int64)
    pinned = at + 90 * MINUTE + (draw[:, 5] * 2 * DAY).astype(np.int64)
    answered = at + 2 * HOUR + (draw[:, 6] ** 2 * 4 * DAY).astype(np.int64)
    pins = np.array([0.15, 0.015, 0.03, 0.03])[kind]
    answers = np.array([0.0, 0.1, 0.0, 0.45])[kind]
    until = who.until[manager]
    return ForumPosts(
        key=event_ids(at, np.arange(len(at))),
        forum=forum,
        user=user,
        language=language,
        media=media,
        has_title=draw[:, 7] < 0.7,
        has_text=(media == _NONE) | (draw[:, 7] < 0.8),
        created_at=at,
        edited_at=np.where((draw[:, 3] < 0.04) & (edited < begin + DAY), edited, NEVER),
        pinned_at=np.where((draw[:, 8] < pins) & (pinned < until), pinned, NEVER),
        answered_at=np.where((draw[:, 8] > 1 - answers) & (answered < until), answered, NEVER),
    )


def forum_posts_table(world: World, day: date) -> pa.Table:
    """Forum posts written, edited, pinned or answered on a UTC day."""
    until = day + timedelta(days=1)
    rows, found = changing(world, "forum_posts", _make_forum_posts, day, until, FORUM_POSTS_CHANGE_DAYS, opens=False)
    codes, seed = world.ref.language_codes, world.seed
    edited = (rows.edited_at <= found.at).astype(np.int64)
    title = phrase("forum_title", rows.language, codes, hash_uniform(seed, "forum_posts.title", rows.key))
    text = phrase("forum_text", rows.language, codes, hash_uniform(seed, "forum_posts.text", rows.key, edited))
    return make_table(
        "forum_posts",
        {
            "forum_post_id": rows.key,
            "forum_id": rows.forum + 1,
            "user_id": rows.user + 1,
            "language_id": written_in(rows.language, codes) + 1,
            "title": Coded(np.where(rows.has_title, title.indices.to_numpy(), -1), title.dictionary),
            "content": Coded(np.where(rows.has_text, text.indices.to_numpy(), -1), text.dictionary),
            "media_type": Coded(rows.media, MEDIA),
            "media_urls": addresses("forums", rows.key, rows.media),
            "is_pinned": rows.pinned_at <= found.at,
            "is_answered": rows.answered_at <= found.at,
            "created_at": rows.created_at,
            "updated_at": found.at,
            **found.metadata,
        },
    )
