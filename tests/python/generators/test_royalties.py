"""Royalties: identifiers with their check digits, shares that sum to the whole on every day."""

from generators.domains import royalties
from tests.python.generators.tables_in_duckdb import clean_database, count, same_alone, violations

WHOLE = 1_000_000


def test_every_declared_constraint_holds() -> None:
    assert violations("royalties") == []


def test_days_are_the_same_alone_and_in_sequence() -> None:
    assert same_alone(royalties, (1, 23)) == []


def test_iswc_check_digits() -> None:
    codes = [row[0] for row in clean_database().execute("select iswc from works").fetchall()]
    for code in codes:
        digits = [int(c) for c in code[1:]]
        assert (1 + sum(place * digit for place, digit in enumerate(digits[:9], 1)) + digits[9]) % 10 == 0, code
    assert len(set(codes)) == len(codes) > 100


def test_works_of_a_recording_sum_to_the_whole() -> None:
    assert (
        count(f"select count(*) from (select song_id from song_works group by 1 having sum(share_ppm) <> {WHOLE})") == 0
    )
    assert count("select count(*) from songs where song_id not in (select song_id from song_works)") == 0
    assert count("select count(*) from (select song_id from song_works group by 1 having count(*) > 1)") > 0


def test_covers_share_the_work_of_the_original() -> None:
    other = """
        select count(*) from songs s join song_works a on a.song_id = s.song_id
        join song_works b on b.song_id = s.cover_of_song_id
        group by s.song_id having max((a.work_id = b.work_id)::int) = 0
    """
    assert clean_database().execute(other).fetchall() == []
    assert count("select count(*) from songs where cover_of_song_id is not null") > 0


def test_shares_sum_to_the_whole_on_every_day() -> None:
    # A sum can change only on the first day of a share or the day after its last.
    per_day = f"""
        with shares as (
            select right_type, coalesce(song_id, work_id) as item, share_ppm, valid_from, valid_to from revenue_splits
        ), days as (
            select right_type, item, valid_from as day from shares
            union select right_type, item, valid_to from shares where valid_to is not null
        )
        select count(*) from (
            select right_type, item, day,
                sum(share_ppm) filter (where valid_from <= day and (valid_to is null or valid_to > day)) as total
            from days join shares using (right_type, item) group by all having total is distinct from {WHOLE}
        )
    """
    assert count(per_day) == 0
    assert count("select count(*) from revenue_splits where valid_to is not null") > 0, "some change in the quarter"


def test_every_recording_and_work_has_shares_from_its_first_day() -> None:
    for item, table in (("song_id", "songs"), ("work_id", "works")):
        late = f"""
            select count(*) from (select {item}, min(changed_at) as since from {table}_all group by 1) as i
            left join (select {item}, min(valid_from) as shared from revenue_splits group by 1) as r using ({item})
            where r.shared is null or r.shared > cast(i.since as date)
        """
        assert count(late) == 0


def test_contracts_and_rates_come_in_every_kind() -> None:
    for condition in (
        "per_stream_override_micro is not null", "territory_country_id is not null", "advance_minor > 0",
        "recoupment_ppm > 0", "withholding_ppm > 0", "valid_to is not null", "right_type = 'publishing'",
    ):  # fmt: skip
        assert count(f"select count(*) from rights_contracts where {condition}") > 0, condition
    for condition in ("rate_type = 'relative'", "rate_type = 'absolute'", "valid_to is not null"):
        assert count(f"select count(*) from royalty_rates where {condition}") > 0, condition
    overlap = """
        select count(*) from royalty_rates a join royalty_rates b on a.artist_id = b.artist_id
        and a.country_id = b.country_id and a.right_type = b.right_type and a.royalty_rate_id < b.royalty_rate_id
        where a.valid_to is null or a.valid_to > b.valid_from
    """
    assert count(overlap) == 0


def test_every_pool_has_one_method() -> None:
    assert count("select count(*) from allocation_methods where method <> 'pro_rata'") == 0
    assert count("select count(*) from allocation_methods") == 3 * 3 * 2 * 2


def test_payees_stand_for_every_artist_and_label() -> None:
    assert (
        count("select count(*) from artists where artist_id not in (select artist_id from payees where artist_id > 0)")
        == 0
    )
    assert (
        count("select count(*) from labels where label_id not in (select label_id from payees where label_id > 0)") == 0
    )
    kinds = clean_database().execute("select distinct payee_type from payees").fetchall()
    assert {kind for (kind,) in kinds} == {"artist", "label", "distributor", "publisher", "producer", "writer"}


def test_advances_are_those_of_the_contracts() -> None:
    wrong = """
        select count(*) from rights_contracts as c left join (
            select contract_id, sum(amount_minor) filter (where advance_type = 'advance') as amount, count(*) as n,
                min(paid_at) as first_paid, any_value(payee_id) as payee_id, any_value(currency_code) as currency_code
            from advances group by 1
        ) as a using (contract_id) join payees as p on p.payee_id = c.payee_id
        where coalesce(a.amount, 0) <> c.advance_minor or a.payee_id <> c.payee_id
            or cast(a.first_paid as date) < c.valid_from or a.currency_code <> p.currency_code
    """
    assert count("select count(distinct advance_type) from advances") == 5
    assert count(wrong) == 0


def test_statements_add_up_and_follow_each_other() -> None:
    wrong = """
        select count(*) from (
            select s.*, lag(carried_forward_minor, 1, 0) over one as carried_before,
                -- micro-units in the least unit of a currency
                case when s.currency_code in ('JPY', 'KRW', 'VND') then 1000000 else 10000 end as unit,
                lag(unrecouped_minor) over one as unrecouped_before,
                coalesce((
                    select sum(amount_minor) from advances as a where a.payee_id = s.payee_id
                    and a.paid_at >= s.statement_month and a.paid_at < s.statement_month + interval 1 month
                ), 0) as fresh
            from payouts as s
            window one as (partition by s.payee_id order by s.statement_month)
        )
        where opening_balance_minor <> carried_before
            or net_minor + carried_forward_minor
                <> opening_balance_minor + gross_minor - recouped_minor - withheld_minor
            or gross_minor <> (qualified_streams_milli * rate_micro // 1000 + unit // 2) // unit
            or unrecouped_minor <> unrecouped_before + fresh - recouped_minor
            or (net_minor = 0) <> (status = 'carried_forward')
    """
    assert count("select count(distinct statement_month) from payouts") == 4
    assert count("select count(*) from payouts where recouped_minor > 0") > 5
    assert count("select count(*) from payouts where carried_forward_minor > 0") > 5
    assert count(wrong) == 0


def test_payees_are_paid_above_their_minimum_after_tax() -> None:
    wrong = """
        select count(*) from payouts_all as s asof join payees_all as p
            on p.payee_id = s.payee_id and p.changed_at <= s.issued_at
        where (s.change_no = 0 and (s.net_minor >= p.minimum_payment_minor) <> (s.net_minor > 0))
            or s.carried_forward_minor >= p.minimum_payment_minor or s.currency_code <> p.currency_code
    """
    assert count(wrong) == 0
    untaxed = """
        select count(*) from payouts as s join (
            select payee_id, max(withholding_ppm) as ppm from rights_contracts group by 1
        ) as c using (payee_id)
        where s.withheld_minor <> ((s.gross_minor - s.recouped_minor) * ppm + 500000) // 1000000
    """
    assert count(untaxed) == 0


def test_statements_settle_the_streams_of_the_opening() -> None:
    """Recordings at 80 % and works at 20 %, by the shares in force when the month ends, cut to a thousandth twice."""
    off = """
        with heard as (select song_id, month_start, qualified_streams as n from opening_song_streams),
        shares as (
            select payee_id, month_start, n * share_ppm * 0.8 / 1000 as milli from heard join revenue_splits as r
                on r.song_id = heard.song_id and r.valid_from < month_start + interval 1 month
                and coalesce(r.valid_to, date '9999-01-01') >= month_start + interval 1 month
            union all
            select payee_id, month_start, n * w.share_ppm / 1000000 * r.share_ppm * 0.2 / 1000 from heard
            join song_works as w using (song_id) join revenue_splits as r
                on r.work_id = w.work_id and r.valid_from < month_start + interval 1 month
                and coalesce(r.valid_to, date '9999-01-01') >= month_start + interval 1 month
        ), held as (select payee_id, month_start, sum(milli) as milli from shares group by all)
        select count(*) from payouts as p left join held as h
            on h.payee_id = p.payee_id and h.month_start = p.statement_month
        where abs(coalesce(h.milli, 0) - p.qualified_streams_milli) > 2
    """
    assert count(off) == 0
