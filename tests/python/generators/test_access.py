"""Tokens, roles, linked accounts and log-ins fit the accounts that they belong to."""

from generators.domains import access
from tests.python.generators.conftest import Ask
from tests.python.generators.tables_in_duckdb import same_alone, violations


def test_every_declared_constraint_holds() -> None:
    assert violations("identity") == []


def test_days_are_the_same_alone_and_in_sequence() -> None:
    assert same_alone(access, (1, 30)) == []


def test_an_address_is_confirmed_by_the_use_of_a_token(ask: Ask) -> None:
    wrong = """
        select count(*) from users as u left join user_verifications as v
        on v.user_id = u.user_id and v.verification_type = 'email'
        where v.user_id is null or v.is_used <> u.is_verified
    """
    assert ask("select count(distinct verification_type) from user_verifications") == 3
    assert ask(wrong) == 0


def test_tokens_and_links_are_of_accounts_that_exist(ask: Ask) -> None:
    for table, instant in (
        ("user_verifications", "created_at"),
        ("user_roles", "granted_at"),
        ("user_identities", "linked_at"),
        ("auth_events", "occurred_at"),
    ):
        wrong = f"""
            select count(*) from {table} as t join users as u using (user_id)
            where t.{instant} < u.created_at or t.{instant} >= coalesce(u.deleted_at, timestamptz '9999-12-31')
        """
        assert ask(wrong) == 0, table


def test_a_proof_of_age_is_accepted_of_adults_only(ask: Ask) -> None:
    wrong = """
        select count(*) from user_verifications as v join users as u using (user_id)
        where verification_type = 'age' and is_used and u.birth_date + interval 18 year > v.created_at
    """
    assert ask("select count(*) from user_verifications where verification_type = 'age' and is_used") > 0
    assert ask(wrong) == 0


def test_roles_follow_the_kind_of_account(ask: Ask) -> None:
    wrong = """
        select count(*) from users as u left join user_roles as r
        on r.user_id = u.user_id and r.role_name <> 'beta_tester'
        where coalesce(r.role_name, 'fan') <>
            case u.user_type when 'artist' then 'creator' when 'label' then 'label_manager' else u.user_type end
        or (r.revoked_at is not null) <> (u.deleted_at is not null and r.role_name is not null)
    """
    assert ask("select count(*) from user_roles") > 0
    assert ask(wrong) == 0


def test_every_account_has_its_password_and_one_link_a_provider(ask: Ask) -> None:
    lacking = """
        select count(*) from users as u
        where not exists (select 1 from user_identities as i where i.user_id = u.user_id and i.provider = 'password')
    """
    twice = "select count(*) from (select user_id, provider from user_identities group by all having count(*) > 1)"
    assert ask("select count(distinct provider) from user_identities") >= 4
    assert ask(lacking) == ask(twice) == 0


def test_favourites_are_ranked_without_gaps_and_were_out(ask: Ask) -> None:
    for table in ("user_favourite_artists", "user_preferred_languages"):
        gaps = f"""
            select count(*) from (select max(preference_rank) as last, count(*) as n, min(preference_rank) as first
                from {table} group by user_id) where last <> n or first <> 1
        """
        assert ask(gaps) == 0, table
    early = """
        select count(*) from user_favourite_artists as f join users as u using (user_id)
        join artists as a using (artist_id) where a.created_at > u.created_at
    """
    assert ask("select count(*) from user_favourite_artists") > 10
    assert ask(early) == 0


def test_log_ins_come_before_the_session_on_the_same_device(ask: Ask) -> None:
    lost = """
        select count(*) from auth_events as e where event_type = 'log_in' and not exists (
            select 1 from listening_sessions as s where s.user_id = e.user_id and s.device_id = e.device_id
            and s.started_at = e.occurred_at + interval 6 second and s.ip_country_id = e.country_id)
    """
    assert ask("select count(*) from auth_events where event_type = 'log_in'") > 30
    assert ask(lost) == 0


def test_what_fails_is_followed_by_what_succeeds(ask: Ask) -> None:
    for failed, passed in (("log_in_failed", "log_in"), ("mfa_failed", "mfa_passed"), ("mfa_challenged", "log_in")):
        stuck = f"""
            select count(*) from auth_events as f where event_type = '{failed}' and not exists (
                select 1 from auth_events as p where p.user_id = f.user_id and p.event_type = '{passed}'
                and p.occurred_at > f.occurred_at and p.occurred_at < f.occurred_at + interval 1 minute)
        """
        assert ask(stuck) == 0, failed


def test_a_second_factor_is_asked_of_those_who_have_one(ask: Ask) -> None:
    wrong = """
        select count(*) from auth_events as e join user_identities as i
        on i.user_id = e.user_id and i.provider = 'password'
        where e.mfa_kind is not null and e.mfa_kind <> i.mfa_kind
    """
    assert ask("select count(mfa_kind) from auth_events") > 0
    assert ask(wrong) == 0


def test_resets_are_those_of_the_tokens(ask: Ask) -> None:
    wrong = """
        select count(*) from user_verifications as v full join auth_events as e
        on e.user_id = v.user_id and e.event_type = 'reset_requested' and e.occurred_at = v.created_at
        where (v.user_id is null and e.event_type = 'reset_requested')
        or (e.user_id is null and v.verification_type = 'password_reset'
            and v.created_at >= timestamptz '2026-01-01 00:00:00+00')
    """
    assert ask("select count(*) from auth_events where event_type = 'reset_requested'") > 0
    assert ask(wrong) == 0


def test_failed_log_ins_have_their_share(ask: Ask) -> None:
    by_password = ask("select count(*) from auth_events where event_type = 'log_in' and provider = 'password'")
    failed = ask("select count(*) from auth_events where event_type = 'log_in_failed'")
    spread = (by_password * access.FAILED_SHARE) ** 0.5
    assert abs(failed - by_password * access.FAILED_SHARE) < 4 * spread
