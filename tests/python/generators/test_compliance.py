"""Consents say what settings say; requests are met within their term, but for a planted few; actions are logged."""

import pytest

from generators.core.effects import effects
from generators.domains import compliance
from tests.python.generators.conftest import Ask
from tests.python.generators.tables_in_duckdb import same_alone, violations


def test_every_declared_constraint_holds() -> None:
    assert violations("compliance") == []


def test_days_are_the_same_alone_and_in_sequence() -> None:
    assert same_alone(compliance, (1, 30)) == []


def test_documents_come_in_every_language_law_and_purpose(ask: Ask) -> None:
    combinations = """
        select count(*) from (select purpose, jurisdiction, language_id, count(*) as n,
            count(*) filter (where effective_to is null) as latest from consent_documents group by all)
        where n <> 2 or latest <> 1
    """
    assert ask("select count(*) from consent_documents") == 4 * 5 * 5 * 2
    assert ask(combinations) == 0


@pytest.mark.parametrize(
    ("purpose", "setting"), [("profiling", "allows_profiling"), ("marketing_email", "allows_marketing_email")]
)
def test_the_consent_in_force_is_what_the_settings_say(ask: Ask, purpose: str, setting: str) -> None:
    wrong = f"""
        with latest as (
            select c.user_id, max_by(c.action, c.occurred_at) as action
            from user_consents as c join consent_documents using (consent_document_id)
            where purpose = '{purpose}' group by 1)
        select count(*) from user_settings as s left join latest using (user_id)
        where s.{setting} <> coalesce(latest.action = 'granted', false)
    """
    assert ask(f"select count(*) from user_settings where {setting}") > 20
    assert ask(wrong) == 0


def test_a_consent_is_to_the_text_in_force(ask: Ask) -> None:
    wrong = """
        select count(*) from user_consents as c join consent_documents as d using (consent_document_id)
        join users as u using (user_id)
        where c.occurred_at < d.effective_from or c.occurred_at >= coalesce(d.effective_to, timestamptz '9999-12-31')
        or c.occurred_at < u.created_at or c.occurred_at >= coalesce(u.deleted_at, timestamptz '9999-12-31')
    """
    without = """
        select count(*) from users as u where not exists (
            select 1 from user_consents join consent_documents using (consent_document_id)
            where user_id = u.user_id and purpose = 'terms' and action = 'granted')
    """
    assert (
        ask("select count(distinct version_no) from user_consents join consent_documents using (consent_document_id)")
        == 2
    )
    assert ask(wrong) == ask(without) == 0


def test_a_withdrawal_follows_an_agreement(ask: Ask) -> None:
    wrong = """
        select count(*) from (
            select c.action, lag(c.action) over (partition by c.user_id, purpose order by occurred_at) as before,
                purpose
            from user_consents as c join consent_documents using (consent_document_id))
        where (action = 'withdrawn' and before is distinct from 'granted')
        or (action = before and purpose <> 'terms')
    """
    assert ask("select count(*) from user_consents where action = 'withdrawn'") > 0
    assert ask(wrong) == 0


def test_requests_are_due_in_30_days_and_nearly_all_met(ask: Ask) -> None:
    assert ask("select count(*) from data_subject_requests where due_at <> received_at + interval 720 hour") == 0
    fulfilled = ask("select count(*) from data_subject_requests where status = 'fulfilled'")
    late = ask("select count(*) from data_subject_requests where fulfilled_at > due_at")
    assert fulfilled > 10
    planted = effects()["requests.late"].size
    assert late <= fulfilled * planted + 4 * (fulfilled * planted) ** 0.5


def test_a_request_to_delete_deletes_the_account_once_verified(ask: Ask) -> None:
    wrong = """
        select count(*) from data_subject_requests as r join users as u using (user_id)
        where (r.request_type = 'delete' and r.verified_at is distinct from u.deleted_at and r.verified_at is not null)
        or r.received_at < u.created_at or r.received_at >= coalesce(u.deleted_at, timestamptz '9999-12-31')
    """
    assert ask("select count(*) from data_subject_requests where request_type = 'delete'") >= 3
    assert ask(wrong) == 0


def test_what_a_request_made_anonymous_was_so_before_it_was_fulfilled(ask: Ask) -> None:
    wrong = """
        select count(*) from anonymization_events as a join data_subject_requests as r using (data_subject_request_id)
        where a.user_id <> r.user_id or r.request_type <> 'delete' or a.occurred_at <= r.verified_at
        or a.occurred_at >= coalesce(r.fulfilled_at, timestamptz '9999-12-31')
    """
    lacking = """
        select count(*) from data_subject_requests as r where request_type = 'delete' and status = 'fulfilled'
        and (select count(*) from anonymization_events as a
            where a.data_subject_request_id = r.data_subject_request_id) <> 5
    """
    assert ask("select count(*) from anonymization_events where data_subject_request_id is null") > 0
    assert ask(wrong) == ask(lacking) == 0


def test_claims_come_from_others_than_the_label_of_the_recording(ask: Ask) -> None:
    wrong = """
        select count(*) from copyright_claims as c join songs as s using (content_id) join albums as a using (album_id)
        where a.label_id = c.claimant_label_id or c.match_end_ms > s.duration_ms + 1 or c.opened_at < s.created_at
    """
    assert ask("select count(distinct status) from copyright_claims") >= 3
    assert ask(wrong) == 0


@pytest.mark.parametrize(
    ("actions", "table", "key", "rows"),
    [
        ("access.granted", "access_grants", "access_grant_id", "change_no = 0"),
        ("access.revoked", "access_grants", "access_grant_id", "review_outcome = 'revoked'"),
        ("artist.verified", "artist_verifications", "artist_verification_id", "status = 'approved'"),
        ("export.delivered", "data_subject_requests", "data_subject_request_id",
         "status = 'fulfilled' and request_type = 'export'"),
        ("rights.claim_upheld", "copyright_claims", "copyright_claim_id", "status = 'upheld'"),
        ("rights.contract_signed", "rights_contracts", "contract_id", "change_no = 0"),
        ("billing.refunded", "refunds", "refund_id", "true"),
        ("token.stored", "payment_methods", "payment_method_id", "change_no = 0"),
        ("token.replaced", "payment_methods", "payment_method_id", "change_no > 0"),
    ],
)  # fmt: skip
def test_every_action_is_logged_once(ask: Ask, actions: str, table: str, key: str, rows: str) -> None:
    instant = "refunded_at" if table == "refunds" else "changed_at"
    source = (
        f"all_{table}"
        if ask(f"select count(*) from duckdb_tables() where table_name = 'all_{table}'")
        else f"{table}_all"
    )
    differing = f"""
        select count(*) from (
            select * from {source} where {rows} and arrived_at >= timestamptz '2026-01-01 00:00:00+00') as r
        full join (select * from audit_log where action = '{actions}') as a
        on a.entity_id = r.{key} and a.occurred_at = r.{instant}
        where r.{key} is null or a.audit_id is null
    """
    assert ask(differing) == 0


def test_the_log_covers_staff_money_rights_and_exports(ask: Ask) -> None:
    assert ask("select count(distinct split_part(action, '.', 1)) from audit_log") >= 4
    assert ask("select count(*) from audit_log where entity_id <= 0") == 0
