"""What accounts, artists, releases and lists show of themselves, in the languages of their people."""

import pytest

from generators.core.texts import LANGUAGES, texts
from tests.python.generators.tables_in_duckdb import clean_database, count

_SCRIPTS = {"hi": r"\p{Devanagari}", "ta": r"\p{Tamil}"}


@pytest.mark.parametrize(
    ("table", "column", "kind"),
    [
        ("users", "bio", "bio"),
        ("playlists", "description", "playlist_about"),
        ("artists", "biography", "biography"),
        ("albums", "description", "album_about"),
    ],
)
def test_texts_are_of_their_kind_and_of_all_five_languages(table: str, column: str, kind: str) -> None:
    written = clean_database().execute(f"select distinct {column} from {table} where {column} is not null").fetchall()
    of = {text: code for code in LANGUAGES for text in texts(kind, code)}
    assert {of[text] for (text,) in written} == set(LANGUAGES)


def test_accounts_write_the_language_in_which_they_signed_up() -> None:
    of = {text: code for code in LANGUAGES for text in texts("bio", code)}
    rows = clean_database().execute(
        "select bio, language_code from users_all join languages using (language_id)"
        " where bio is not null and change_no = 0"
    )
    assert all(of[bio] == (code if code in LANGUAGES else "en") for bio, code in rows.fetchall())


@pytest.mark.parametrize("code", _SCRIPTS)
@pytest.mark.parametrize("kind", ["bio", "biography", "album_about", "playlist_about"])
def test_texts_stand_in_the_script_of_their_language(kind: str, code: str) -> None:
    for text in texts(kind, code):
        share = clean_database().execute(
            "select length(regexp_replace(?, ?, '', 'g')) * 1.0 / length(?)", [text, f"[^{_SCRIPTS[code]}]", text]
        )
        assert share.fetchall()[0][0] > 0.6, text


def test_who_shows_what() -> None:
    """Shares with four standard deviations about the planted ones; nobody shows all, few show nothing."""
    accounts = count("select count(*) from users")
    for column, share in {"phone_number": 0.6, "bio": 0.25, "picture_url": 0.55, "banner_url": 0.12}.items():
        shown = count(f"select count({column}) from users")
        assert abs(shown - accounts * share) < 4 * (accounts * share * (1 - share)) ** 0.5, column
    assert (
        count("select count(*) from artists where verification_status = 'unverified' and picture_url is not null") == 0
    )
    assert count("select count(*) from artists where verification_status <> 'unverified' and picture_url is null") == 0


def test_an_account_has_one_number_wherever_it_stands() -> None:
    same = "from orders join users using (user_id) where contact_phone is not null and phone_number is not null"
    assert count(f"select count(*) {same}") > 5
    digits = "split_part({}, ' ', 2)"
    assert count(f"select count(*) {same} and {digits.format('contact_phone')} <> {digits.format('phone_number')}") == 0


def test_what_nobody_sings_has_no_words() -> None:
    assert count("select count(*) from songs where is_instrumental") > 20
    assert count("select count(*) from songs where is_instrumental and is_functional_noise") > 0
    words = "select song_id from song_localizations where lyrics is not null"
    assert count(f"select count(*) from songs where is_instrumental and song_id in ({words})") == 0
    explicit = "songs join content using (content_id) where is_instrumental and content.is_explicit"
    assert count(f"select count(*) from {explicit}") == 0
    files = "select content_id from content_uploads where asset_kind = 'lyrics'"
    assert count(f"select count(*) from songs where is_instrumental and content_id in ({files})") == 0


def test_sponsors_pay_for_lists_of_editors() -> None:
    sponsored = "playlists join advertisers on sponsor_advertiser_id = advertiser_id"
    assert count(f"select count(*) from {sponsored}") > 2
    assert count(f"select count(*) from {sponsored} where playlist_type <> 'editorial'") == 0
    assert count("select count(*) from playlists where sponsor_advertiser_id is not null") == count(
        f"select count(*) from {sponsored}"
    )
