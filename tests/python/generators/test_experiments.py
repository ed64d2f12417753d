"""Experiments: accounts keep their variant, and the effects are those that were planted."""

from generators.domains import experiments
from tests.python.generators.tables_in_duckdb import count, same_alone, violations


def test_every_declared_constraint_holds() -> None:
    assert violations("experiments") == []


def test_days_are_the_same_alone_and_in_sequence() -> None:
    assert same_alone(experiments, (1, 8, 36)) == []


def test_shares_of_variants_add_up() -> None:
    wrong = "select count(*) from (select sum(planned_ppm) as s from experiment_variants group by experiment_id)"
    assert count(f"{wrong} where s <> 1000000") == 0
    controls = "select experiment_id from experiment_variants where is_control group by 1 having count(*) = 1"
    assert count(f"select count(*) from ({controls})") == count("select count(*) from experiments")
    primary = "select experiment_id from experiment_metrics where is_primary group by 1 having count(*) = 1"
    assert count(f"select count(*) from ({primary})") == count("select count(*) from experiments")


def test_accounts_are_assigned_while_the_experiment_runs() -> None:
    wrong = """
        select count(*) from experiment_assignments as a join experiments as e using (experiment_id)
        join experiment_variants as v using (experiment_variant_id) join users as u using (user_id)
        where v.experiment_id <> a.experiment_id or a.first_exposed_at < e.starts_at or a.first_exposed_at >= e.ends_at
            or u.created_at >= a.first_exposed_at or u.deleted_at <= a.first_exposed_at
    """
    assert count("select count(*) from experiment_assignments") > 500
    assert count("select count(distinct experiment_id) from experiment_assignments") == 5
    assert count(wrong) == 0
