"""The macros on random pools and on loads in any order, against the same rules written in plain Python."""

from __future__ import annotations

import random
from collections import defaultdict
from hashlib import md5
from pathlib import Path

from tests.python.macros.small_project import SmallProject

Shares = dict[tuple[int, int], int]


def largest_remainder(pool: int, amount: int, weights: dict[int, int]) -> Shares:
    """Whole parts of `amount` by weight, by the definition; nothing to anybody if all weights are 0."""
    total = sum(weights.values())
    if total == 0:
        return {(pool, recipient): 0 for recipient in weights}
    size, sign = abs(amount), (amount > 0) - (amount < 0)
    parts = {recipient: divmod(size * weight, total) for recipient, weight in weights.items()}
    left = size - sum(whole for whole, _ in parts.values())
    by_rank = sorted(weights, key=lambda one: (-parts[one][1], md5(f"{pool}|{one}".encode()).hexdigest()))
    extra = set(by_rank[:left])
    return {(pool, one): sign * (parts[one][0] + (one in extra)) for one in weights}


def random_pools(seed: int, pools: int) -> list[tuple[int, int, int, int]]:
    """Rows (pool, recipient, amount, weight): few or many recipients, equal, skewed and zero weights."""
    draw = random.Random(seed)
    rows = []
    for pool in range(pools):
        amount = draw.choice([0, 1, 2, 7, 100, 10**6, 10**12 + 7, 10**15 + 3]) * draw.choice([1, 1, -1])
        weights = draw.choice([[1], [0, 1, 1], [1, 2, 3, 5, 8], [10**9, 1], [0], list(range(50))])
        for recipient in range(1, draw.choice([1, 2, 3, 10, 40]) + 1):
            rows.append((pool, recipient, amount, draw.choice(weights)))
    return rows


def test_allocate_equals_the_definition(tmp_path: Path) -> None:
    rows = random_pools(seed=7, pools=400)
    values = ", ".join(str(row) for row in rows)
    cases = (
        "select cast(pool as bigint) as pool_id, cast(recipient as bigint) as recipient_id, "
        "cast(amount as bigint) as amount_micro, cast(weight as bigint) as weighted_streams "
        f"from (values {values}) as cases (pool, recipient, amount, weight)"
    )
    model = "{{ config(materialized='table') }} {{ allocate('{{ref}}', 'pool_id', 'recipient_id', "
    model = model.replace("'{{ref}}'", "ref('cases')") + "'amount_micro', 'weighted_streams') }}"
    project = SmallProject.lay(
        tmp_path, {"cases.sql": "{{ config(materialized='table') }} " + cases, "shares.sql": model}
    )
    assert {status for status, _ in project.dbt("run").values()} == {"success"}
    found = {(pool, one): share for pool, one, share in project.rows("select * from shares")}

    weights: dict[int, dict[int, int]] = defaultdict(dict)
    amounts: dict[int, int] = {}
    for pool, recipient, amount, weight in rows:
        weights[pool][recipient] = weight
        amounts[pool] = amount
    expected: Shares = {}
    for pool, of_pool in weights.items():
        expected |= largest_remainder(pool, amounts[pool], of_pool)
    assert found == expected
    for pool, amount in amounts.items():
        shared = sum(share for (of_pool, _), share in expected.items() if of_pool == pool)
        assert shared == (amount if any(weights[pool].values()) else 0)


def test_extreme_pools_are_shared_out_whole(tmp_path: Path) -> None:
    """One claim on all, a million equal claims, a claim beside a giant, a debt, and a pool of less than its claims."""
    equal, amount = 1_000_000, 10**13 + 7
    cases = f"""
    {{{{ config(materialized='table') }}}}
    select 1 as pool_id, 1 as recipient_id, cast({amount} as bigint) as amount_micro, cast(1 as bigint) as weight
    union all select 2, claim.range, {amount}, 3 from range({equal}) as claim
    union all select 3, 1, {amount}, 1
    union all select 3, 2, {amount}, {10**18}
    union all select 4, claim.range, -{amount}, 1 from range(7) as claim
    union all select 5, claim.range, 2, 1 from range(7) as claim
    """
    shares = """
    {{ config(materialized='table') }}
    {{ allocate(ref('cases'), 'pool_id', 'recipient_id', 'amount_micro', 'weight') }}
    """
    project = SmallProject.lay(tmp_path, {"cases.sql": cases, "shares.sql": shares})
    assert {status for status, _ in project.dbt("run").values()} == {"success"}
    sizes = "sum(allocated), min(allocated), max(allocated), count(*)"
    found = project.rows(f"select pool_id, {sizes} from shares group by 1 order by 1")
    assert found == [
        (1, amount, amount, amount, 1),
        (2, amount, amount // equal, amount // equal + 1, equal),
        (3, amount, 0, amount, 2),
        (4, -amount, -(amount // 7) - 1, -(amount // 7), 7),
        (5, 2, 0, 1, 7),
    ]
    larger = project.rows(f"select count(*) from shares where pool_id = 2 and allocated > {amount // equal}")
    assert larger == [(amount % equal,)]
