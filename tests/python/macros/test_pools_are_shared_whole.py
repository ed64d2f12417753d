"""Pools in all extremes through the models that share them: by every method, booked or told beside it, nothing is lost.

`make test-shares` has PostgreSQL share one pool among ten million equal claims.
"""

from __future__ import annotations

import os
import random
import shutil
from collections import defaultdict
from pathlib import Path

from sonic.warehouse.postgres import Postgres
from tests.python.macros.small_project import REPOSITORY, SmallProject

SHARES = "SONIC_SHARES"
"""Environment variable: among how many equal claims a pool is shared."""
FEW = 10_000
SHARED_BY = ("int_royalty_allocations", "int_royalty_scenarios")
METHODS = {
    "pro_rata": "weight",
    "user_centric_count": "user_centric_count_weight",
    "user_centric_time": "user_centric_time_weight",
    "artist_centric": "artist_centric_weight",
    "impression_share": "impression_weight",
}
"""Methods with the columns of int_royalty_alternatives that weigh by them."""
SOURCES = {"subscription": [*METHODS][:-1], "advertising": [*METHODS]}
"""Methods that share a pool of that source, booked or to compare."""
Claims = list[tuple[str, int, int, int, dict[str, int], int]]
"""Claim key, recording, work, payee, weight by method, override."""
NOT_APPLICABLE = -2
MONTH = "cast('2026-01-01' as date) as booking_month"


def claim(song: int, payee: int, weight: int, work: int = NOT_APPLICABLE, override: int = 0) -> Claims:
    """One claim that weighs the same by every method."""
    return [(f"{song}|{work}|{payee}", song, work, payee, dict.fromkeys(METHODS, weight), override)]


def extremes() -> dict[str, tuple[int, Claims]]:
    """What a pool holds, in micro-units, and who claims it, by name."""
    equal = [each for song in range(1, 1001) for each in claim(song, song % 7 + 1, 5)]
    roles = claim(1, 7, 1, work=11) + claim(1, 7, 1, work=12) + claim(1, 8, 1, work=12) + claim(2, 7, 1)
    rest = [("rest", NOT_APPLICABLE, NOT_APPLICABLE, -1, dict.fromkeys(METHODS, 10**9) | {"pro_rata": 0}, 0)]
    return {
        "one stream": (10**15 + 1, claim(1, 7, 1)),
        "equal shares": (10**9 + 7, equal),
        "shares that do not divide": (100, [*claim(1, 7, 1), *claim(2, 8, 1), *claim(3, 9, 1)]),
        "fewer units than claims": (3, equal),
        "a claim beside a giant": (10**13 + 7, claim(1, 7, 1) + claim(2, 8, 10**18)),
        "net revenue below nothing": (0, claim(1, 7, 5) + claim(2, 8, 5, override=40)),
        "a payee in two roles": (10**6 + 1, roles),
        "overrides beyond the pool": (
            1000,
            claim(1, 7, 0, override=700) + claim(2, 8, 0, override=701) + claim(3, 9, 4),
        ),
        "overrides and a rest": (1000, claim(1, 7, 0, override=333) + claim(2, 8, 3) + claim(3, 9, 4) + rest),
        "a rest that nobody shares": (77, rest),
        "nobody": (1, []),
        "claims of no weight": (9, claim(1, 7, 0) + claim(2, 8, 0)),
    }


def drawn(seed: int, number: int) -> dict[str, tuple[int, Claims]]:
    """Pools drawn at random; each method weighs in its own way, some know nothing."""
    draw = random.Random(seed)
    found = {}
    for pool in range(number):
        claims: Claims = []
        knows = {method: draw.random() < 0.8 for method in METHODS}
        for song in range(draw.choice([1, 2, 3, 12])):
            for payee in draw.sample(range(1, 9), draw.choice([1, 2, 3])):
                weights = {
                    method: knows[method] * draw.choice([0, 1, 3, 10**6, draw.randrange(10**18)]) for method in METHODS
                }
                override = draw.choice([0, 0, 0, 1, 333, 10**7])
                claims.append((f"{song}|-2|{payee}", song, NOT_APPLICABLE, payee, weights, override))
        if draw.random() < 0.5:
            weights = {method: draw.randrange(10**12) for method in METHODS} | {"pro_rata": 0}
            claims.append(("rest", NOT_APPLICABLE, NOT_APPLICABLE, -1, weights, 0))
        found[f"drawn {pool}"] = (draw.choice([0, 1, 2, 7, 10**6, 10**12 + 7, 10**15 + 3]), claims)
    return found


def lay(project: SmallProject, runs: str, claims: str) -> None:
    """The project's own models that share pools, above runs and claims by every method that are given as SQL."""
    for name in SHARED_BY:
        model = REPOSITORY / "models" / "intermediate" / "royalties" / f"{name}.sql"
        shutil.copy(model, project.folder / "models")
    table = "{{ config(materialized='table') }}\n"
    by_method = " ".join(f"when '{method}' then {column}" for method, column in METHODS.items())
    artist = f"case when claim_key = 'rest' then {NOT_APPLICABLE} else song_id % 5 end"
    recipient = f"case when claim_key = 'rest' then 'rest' else cast({artist} as text) || '|' || payee_id end"
    sums = ", ".join(f"cast(sum({column}) as numeric(38, 0)) as {column}" for column in METHODS.values())
    project.write({
        "int_royalty_pool_runs.sql": table + runs,
        "every_claim.sql": table + claims,
        "int_royalty_claims.sql": table
        + f"select of.*, cast(case runs.method {by_method} end as numeric(38, 0)) as method_weight"
        " from {{ ref('every_claim') }} as of"
        " inner join {{ ref('int_royalty_pool_runs') }} as runs on of.run_key = runs.run_key",
        "int_royalty_alternatives.sql": table
        + f"select run_key, booking_month, cast({artist} as bigint) as artist_id, payee_id,"
        f" {recipient} as recipient_key, {sums} from {{{{ ref('every_claim') }}}} group by 1, 2, 3, 4, 5",
        "int_song_versions.sql": table
        + "select distinct song_id, cast(song_id % 5 as bigint) as main_artist_id from {{ ref('every_claim') }}",
    })  # fmt: skip


def test_every_method_shares_every_pool_whole(tmp_path: Path) -> None:
    pools = extremes() | drawn(seed=7, number=60)
    runs, claims = [], []
    sizes: dict[str, tuple[int, str]] = {}
    for source, methods in SOURCES.items():
        for method in methods:
            for name, (pool, of_pool) in pools.items():
                run = f"{name}, {source} by {method}"
                sizes[run] = pool, source
                runs.append(f"('{run}', '{source}', '{method}', {pool})")
                claims += [
                    f"('{run}', '{key}', {song}, {work}, {payee}, {override}, "
                    + ", ".join(str(weights[each]) for each in METHODS) + ")"
                    for key, song, work, payee, weights, override in of_pool
                ]  # fmt: skip
    ids = ", ".join(f"cast({name} as bigint) as {name}" for name in ("song_id", "work_id", "payee_id"))
    weights = ", ".join(f"cast({column} as numeric(38, 0)) as {column}" for column in METHODS.values())
    project = SmallProject.lay(tmp_path, {})
    lay(
        project,
        f"select run_key, {MONTH}, source, method, cast(pool_micro as bigint) as pool_micro from (values "
        f"{', '.join(runs)}) as of (run_key, source, method, pool_micro)",
        f"select run_key, {MONTH}, claim_key, {ids}, cast(override_micro as bigint) as override_micro, {weights} "
        f"from (values {', '.join(claims)}) as of (run_key, claim_key, song_id, work_id, payee_id, override_micro, "
        f"{', '.join(METHODS.values())})",
    )
    assert {status for status, _ in project.dbt("run").values()} == {"success"}

    booked = {run: micro for run, micro in project.rows(
        "select run_key, sum(amount_micro) from int_royalty_allocations group by 1"
    )}  # fmt: skip
    assert {run: booked.get(run, 0) for run in sizes} == {run: pool for run, (pool, _) in sizes.items()}
    told: dict[str, dict[str, int]] = defaultdict(dict)
    for told_of, by, micro in project.rows(
        "select run_key, method, sum(amount_micro) from int_royalty_scenarios group by 1, 2"
    ):
        told[str(told_of)][str(by)] = int(str(micro))
    for run, (pool, source) in sizes.items():
        others = [method for method in SOURCES[source] if not run.endswith(f"by {method}")]
        assert {method: told[run].get(method, 0) for method in others} == dict.fromkeys(others, pool), run
        assert told[run].keys() <= set(others), run
    for mart in ("int_royalty_allocations", "int_royalty_scenarios"):
        assert project.rows(f"select * from {mart} where amount_micro < 0") == []


def test_equal_claims_differ_by_one_unit_at_most(project: SmallProject, database: Postgres) -> None:
    """On PostgreSQL; the amount leaves as many units over as it can."""
    equal = int(os.environ.get(SHARES, FEW))
    amount = 12_345 * equal - 1
    others = ", ".join(f"cast(0 as numeric(38, 0)) as {column}" for column in [*METHODS.values()][1:])
    lay(
        project,
        f"select 'run' as run_key, {MONTH}, 'subscription' as source, 'pro_rata' as method, "
        f"cast({amount} as bigint) as pool_micro",
        f"select 'run' as run_key, {MONTH}, cast(song.song_id as text) || '|-2|7' as claim_key, "
        "cast(song.song_id as bigint) as song_id, cast(-2 as bigint) as work_id, cast(7 as bigint) as payee_id, "
        f"cast(1000000 as numeric(38, 0)) as weight, {others}, cast(0 as bigint) as override_micro "
        f"from generate_series(1, {equal}) as song (song_id)",
    )
    told = project.dbt("run", "--exclude", "int_royalty_scenarios", "int_royalty_alternatives", "int_song_versions")
    assert {status for status, _ in told.values()} == {"success"}
    _, found = database.query(
        "select kind, sum(amount_micro), count(*), count(distinct song_id), min(amount_micro), max(amount_micro),"
        " count(case when amount_micro = 12344 then 1 end) from small.int_royalty_allocations group by kind"
    )
    assert [tuple(row) for row in found] == [("allocation", amount, equal, equal, 12_344, 12_345, 1)]
