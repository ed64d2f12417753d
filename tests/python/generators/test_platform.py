"""How the platform ran: deployments that go wrong show in incidents, checks and requests, and jobs log themselves."""

from datetime import timedelta

import pytest

from generators.core.calendar import NEVER, SECOND
from generators.core.effects import effects
from generators.core.operations import BAD_SHARE, BASE_ERRORS, deployments_of, error_share
from generators.core.world import World
from generators.domains import platform
from tests.python.generators.conftest import Ask
from tests.python.generators.tables_in_duckdb import same_alone, violations

BAD = """
    (select d.service_id, shifted_at as since, rolled_back_at as until from deployments as d
        where rolled_back_at is not null
    union all select service_id, started_at, coalesce(mitigated_at, timestamptz '9999-12-31') from incidents
        where severity <= 2)
"""


def test_every_declared_constraint_holds() -> None:
    assert violations("platform") == []


def test_days_are_the_same_alone_and_in_sequence() -> None:
    assert same_alone(platform, (1, 30)) == []


def test_bad_deployments_have_their_share_and_are_rolled_back_in_minutes(ask: Ask) -> None:
    ended = ask("select count(*) from deployments where status <> 'running'")
    bad = ask("select count(*) from deployments where status = 'rolled_back'")
    assert abs(bad - ended * BAD_SHARE) < 4 * (ended * BAD_SHARE) ** 0.5
    slow = ask("select count(*) from deployments where rolled_back_at - shifted_at > interval 5 minute")
    assert 0 < slow < 0.35 * bad


def test_an_incident_is_blamed_on_the_deployment_that_it_followed(ask: Ask) -> None:
    wrong = """
        select count(*) from incidents as i join deployments as d using (deployment_id)
        where i.service_id <> d.service_id or i.started_at <= d.shifted_at or d.status <> 'rolled_back'
        or i.mitigated_at < d.rolled_back_at
    """
    assert ask("select count(deployment_id) from incidents") > 3
    assert ask("select count(*) from incidents where cause = 'deployment' and deployment_id is null") == 0
    assert ask(wrong) == 0


def test_monitors_of_deployments_find_the_planted_errors(ask: Ask) -> None:
    bad = ask("select avg(errors_after_ppm) from deployments where status = 'rolled_back'")
    good = ask("select avg(errors_after_ppm) from deployments where status = 'succeeded'")
    before = ask("select avg(errors_before_ppm) from deployments")
    assert bad == pytest.approx(effects()["bad_deployments"].size * 1_000_000, rel=0.25)
    assert good == pytest.approx(before, rel=0.1) == pytest.approx(BASE_ERRORS * 1_000_000, rel=0.1)


def test_errors_rise_while_something_is_wrong_and_not_else() -> None:
    world = World(seed=7, scale=0.02)
    bad = 0
    for number in range(40):
        deployed = deployments_of(world, world.first_day + timedelta(days=number))
        deployed = deployed.take(deployed.rolled_back_at < NEVER)
        during = error_share(world, deployed.service, (deployed.shifted_at + deployed.rolled_back_at) // 2)
        planted = world.effect("bad_deployments")
        assert (during >= planted).all()
        assert (error_share(world, deployed.service, deployed.shifted_at - SECOND) < planted).all()
        bad += len(deployed)
    assert bad > 5


def test_little_fails_when_nothing_is_wrong(ask: Ask) -> None:
    for table, instant, failed in (
        ("server_health_checks", "checked_at", "not is_up"),
        ("api_requests", "requested_at", "status_code >= 500"),
    ):
        quiet = f"""
            from {table} as t where not exists (select 1 from {BAD} as b where b.service_id = t.service_id
                and b.since <= t.{instant} and t.{instant} < b.until)
        """
        expected = ask(f"select count(*) {quiet}") * BASE_ERRORS
        assert ask(f"select count(*) {quiet} and {failed}") <= expected + 4 * max(expected, 1) ** 0.5, table


def test_every_service_is_looked_at_every_hour(ask: Ask) -> None:
    uneven = """
        select count(*) from (select service_id, date_trunc('hour', checked_at) as hour, count(*) as n
            from server_health_checks group by all) where n <> 1
    """
    services, days = (
        ask("select count(*) from services"),
        ask("select count(distinct checked_at::date) from server_health_checks"),
    )
    assert ask("select count(*) from server_health_checks") == services * 24 * days
    assert ask(uneven) == 0
    assert (
        ask("""
        select count(*) from server_health_checks join services using (service_id) where server_no > server_count""")
        == 0
    )


def test_requests_carry_the_trace_of_a_session_of_their_account(ask: Ask) -> None:
    wrong = """
        select count(*) from api_requests as r left join listening_sessions as s using (trace_id)
        where r.trace_id is not null
        and (s.session_id is null or s.user_id <> r.user_id or s.device_id <> r.device_id)
    """
    assert ask("select count(trace_id) from api_requests") > 100
    assert ask(wrong) == 0


def test_most_answers_come_within_200_ms(ask: Ask) -> None:
    within = ask("select count(*) from api_requests where latency_ms < 200")
    assert within > 0.95 * ask("select count(*) from api_requests")


def test_starts_of_sound_are_those_of_the_plays(ask: Ask) -> None:
    wrong = """
        select count(*) from client_timings as t left join streams as s on s.stream_id = t.client_timing_id
        where timing_kind = 'audio_start' and (s.stream_id is null or s.startup_ms <> t.elapsed_ms
            or s.device_id <> t.device_id)
    """
    assert ask("select count(distinct timing_kind) from client_timings") == 4
    assert ask(wrong) == 0
    other = """
        select count(*) from client_timings as t join devices as d using (device_id)
        where d.device_type <> t.device_type
    """
    assert ask(other) == 0
    assert ask("select count(*) from client_timings where timing_kind = 'page_load' and device_type <> 'web'") == 0


def test_every_job_succeeds_once_for_each_night(ask: Ask) -> None:
    nightly = """
        select job_name, scheduled_at, count(*) filter (where status = 'succeeded') as done, count(*) as tried,
            max(attempt_no) as last from batch_job_runs where status <> 'running' group by all
    """
    assert ask(f"select count(*) from ({nightly}) where done <> 1 or tried <> last") == 0
    assert ask("select count(*) from batch_job_runs where status = 'failed'") > 0
    assert ask("select count(distinct job_name) from batch_job_runs") == 6
    assert (
        ask("select count(*) from batch_job_runs where job_name = 'chart_week' and dayofweek(scheduled_at) <> 6") == 0
    )


def test_lists_are_made_before_they_are_shown(ask: Ask) -> None:
    early = """
        select count(*) from recommendations as r join batch_job_runs as j on j.job_name = 'recommendation_lists'
        and j.scheduled_at::date = r.generated_at::date and j.status = 'succeeded' and j.attempt_no = 1
        where j.ended_at > r.generated_at
    """
    assert ask(early) == 0


def test_grants_are_reviewed_every_quarter_until_they_are_taken_away(ask: Ask) -> None:
    late = """
        select count(*) from access_grants
        where revoked_at is null and granted_at < timestamptz '2025-10-01 00:00:00+00' and
        reviewed_at < timestamptz '2026-01-01 00:00:00+00'
        and (select max(arrived_at) from users) > timestamptz '2026-01-15 00:00:00+00'
    """
    assert ask("select count(revoked_at) from access_grants") > 0
    assert ask("select count(*) from access_grants where revoked_at is null") > 10
    assert ask(late) == 0
