"""`sonic statements`: files that say what the marts say, whole or not at all, and a reader that believes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from sonic.errors import SonicError, UsageError
from sonic.publishing import reports, statements
from sonic.publishing.statements import name_of, parse_month, write_statements
from sonic.warehouse.duck import DuckDB

JANUARY, FEBRUARY, MARCH = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)
MARTS = """
create schema marts;
create table marts.dim_payee as select * from (values
    (-1, 'unknown'), (7, 'Chico\tdos Santos\n'), (8, 'Nadie')) as of (payee_id, name);
create table marts.dim_currency as select * from (values
    ('BRL', 2), ('JPY', 0)) as of (currency_code, minor_units);
create table marts.dim_song as select * from (values
    (10000, 'BRABC2600001', 'Água 🎧'), (-2, null, 'not applicable')) as of (song_key, isrc, title);
create table marts.dim_geography as select * from (values
    (2000006, 'BR'), (2000003, 'IN')) as of (geography_id, country_code);
create table marts.fct_royalty_statements as select payee_id, cast(month as date) as statement_month, currency_code,
    status, opening as opening_balance_minor, gross as gross_minor, 10 as deducted_minor, 20 as recouped_minor,
    3 as withheld_minor, 2 as penalised_minor, opening + gross - 35 as payable_minor, 100 as minimum_payment_minor,
    due as due_minor,
    opening + gross - 35 - due as carried_forward_minor, 50 as opening_unrecouped_minor, 5 as advanced_minor,
    35 as unrecouped_minor, 150000 as withholding_ppm
from (values
    (7, '2026-01-01', 'BRL', 'due', 42, 12345, 12352),
    (7, '2026-01-01', 'JPY', 'carried_forward', 0, 90, 0),
    (8, '2026-01-01', 'BRL', 'carried_forward', -7, 0, 0),
    (-1, '2026-01-01', 'BRL', 'suspense', 0, 777, 0),
    (7, '2026-02-01', 'BRL', 'carried_forward', 0, 33, 0)
) as of (payee_id, month, currency_code, status, opening, gross, due);
create table marts.fct_royalty_statement_lines as select payee_id, statement_month, currency_code, line.contract_id,
    'recording' as right_type, line.kind,
    case line.kind
        when 'royalty' then gross_minor when 'deduction' then -10 when 'recoupment' then -20 when 'penalty' then -2
        else -3
    end as amount_minor
from marts.fct_royalty_statements, (values
    (4, 'royalty'), (4, 'deduction'), (-2, 'recoupment'), (-2, 'withholding'), (4, 'penalty')
) as line (contract_id, kind);
create table marts.fct_royalties as select payee_id, song_id, song_key, cast(service as date) as service_month,
    cast(booked as date) as booking_month, geography_id as payment_geography_id, 'pro' as tier,
    'subscription' as source, 'recording' as right_type, kind, is_booked, 'BRL' as currency_code,
    cast(streams as numeric(18, 6)) as weighted_streams, micro as amount_micro
from (values
    (7, 1, 10000, '2026-01-01', '2026-01-01', 2000006, 'allocation', true, 12.5, 123450001),
    (7, 1, 10000, '2026-01-01', '2026-01-01', 2000006, 'allocation', true, 1, 1),
    (7, 1, 10000, '2026-01-01', '2026-01-01', 2000006, 'allocation', false, 9, 900),
    (7, 1, 10000, '2025-12-01', '2026-01-01', 2000003, 'correction', true, -2, -1500000),
    (7, 2, -2, '2026-01-01', '2026-01-01', 2000003, 'override', true, 0, 5),
    (-1, 1, 10000, '2026-01-01', '2026-01-01', 2000003, 'allocation', true, 4, 77),
    (7, 1, 10000, '2026-01-01', '2026-02-01', 2000003, 'correction', true, 0, 13)
) as of (payee_id, song_id, song_key, service, booked, geography_id, kind, is_booked, streams, micro)
"""


@pytest.fixture
def marts(tmp_path: Path) -> DuckDB:
    """The marts that statements are written from: two closed months, two payees and what waits in suspense."""
    database = DuckDB("duckdb", tmp_path / "small.duckdb")
    for statement in MARTS.split(";\n"):
        database.execute(statement)
    return database


@pytest.fixture
def written(marts: DuckDB, tmp_path: Path) -> Path:
    """January's statements."""
    folder = tmp_path / "out" / "january"
    made = write_statements(marts, JANUARY, folder)
    assert (made.payees, made.statements, made.due) == (2, 3, {"BRL": Decimal("123.52")})
    return folder


def test_a_file_says_what_the_marts_say(written: Path) -> None:
    assert sorted(path.name for path in written.glob("*.tsv")) == [name_of(7, JANUARY), name_of(8, JANUARY)]
    report = reports.read(written / name_of(7, JANUARY))
    assert report.head["RecipientName"] == "Chico dos Santos "
    assert (report.head["UsageStartDate"], report.head["UsageEndDate"]) == (JANUARY, date(2026, 1, 31))
    assert f"{report.head['MessageCreatedDateTime']}" == "2026-02-11 00:00:00+00:00"
    reais, yen = report.summaries
    assert (reais["OpeningBalance"], reais["Gross"], reais["Due"]) == (
        Decimal("0.42"), Decimal("123.45"), Decimal("123.52"),
    )  # fmt: skip
    assert (yen["Gross"], yen["CarriedForward"], yen["WithholdingRate"]) == (90, 55, Decimal("0.15"))
    told = [
        (usage["ServiceMonth"], usage["Territory"], usage["WeightedStreams"], usage["Royalty"])
        for usage in report.usages
    ]
    assert told == [
        (date(2025, 12, 1), "IN", -2, Decimal("-1.5")),
        (JANUARY, "BR", Decimal("13.5"), Decimal("123.450002")),
        (JANUARY, "IN", 0, Decimal("0.000005")),
    ]
    nobody = reports.read(written / name_of(8, JANUARY))
    assert [summary["OpeningBalance"] for summary in nobody.summaries] == [Decimal("-0.07")]
    assert nobody.usages == ()


def test_lines_are_shaped_like_a_sales_report(written: Path) -> None:
    lines = (written / name_of(7, JANUARY)).read_text(encoding="utf-8").splitlines()
    kinds = [line.split("\t")[0] for line in lines]
    assert kinds == [
        "#HEAD", "HEAD", "#SY", "SY", "#SL", *["SL"] * 5, "SY", *["SL"] * 5,
        "#AS", "AS", "#SU", "SU", "SU", "AS", "SU", "FOOT",
    ]  # fmt: skip
    assert lines[6] == "SL\t1\t\trecording\twithholding\t-0.03"
    assert lines[-1] == f"FOOT\t{len(lines)}\t2\t2"


def test_the_same_statement_is_the_same_file(marts: DuckDB, written: Path, tmp_path: Path) -> None:
    """Whenever it is written; a folder of statements may be written again, with some payees alone, too."""
    before = (written / name_of(8, JANUARY)).read_bytes()
    made = write_statements(marts, JANUARY, written, payees=[8])
    assert (made.payees, made.due) == (1, {})
    assert [path.name for path in written.glob("*.tsv")] == [name_of(8, JANUARY)]
    assert (written / name_of(8, JANUARY)).read_bytes() == before


@pytest.mark.parametrize("text", ["2026", "2026-13", "2026-1", "january", "2026-01-01", "0000-01"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is no month"):
        parse_month(text)


@pytest.mark.parametrize(
    ("month", "payees", "what"),
    [
        (MARCH, (), "2026-03 has not closed .*The last that has is 2026-02"),
        (date(2025, 12, 1), (), "no statements of 2025-12 .*begin with 2026-01"),
        (JANUARY, (7, 9), "no statement of payee 9"),
        (FEBRUARY, (8,), "no statement of payee 8"),
    ],
)
def test_a_wrong_request_writes_nothing(
    marts: DuckDB, tmp_path: Path, month: date, payees: tuple[int, ...], what: str
) -> None:
    with pytest.raises(UsageError, match=what):
        write_statements(marts, month, tmp_path / "out", payees)
    assert not (tmp_path / "out").exists()


def test_a_folder_with_other_files_is_left_as_it_is(marts: DuckDB, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "to_mother.txt").write_text("Dear", encoding="utf-8")
    with pytest.raises(UsageError, match="holds other files"):
        write_statements(marts, JANUARY, tmp_path / "letters")
    assert [path.name for path in (tmp_path / "letters").iterdir()] == ["to_mother.txt"]


def test_marts_that_are_not_built_are_told(tmp_path: Path) -> None:
    empty = DuckDB("duckdb", tmp_path / "empty.duckdb")
    empty.execute("create schema marts")
    with pytest.raises(SonicError, match="Run `sonic build`"):
        write_statements(empty, JANUARY, tmp_path / "out")


def test_before_the_first_close_there_is_nothing(marts: DuckDB, tmp_path: Path) -> None:
    marts.execute("delete from marts.fct_royalty_statements")
    with pytest.raises(UsageError, match="No month has closed yet"):
        write_statements(marts, JANUARY, tmp_path / "out")


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        ("update marts.fct_royalty_statements set payable_minor = payable_minor + 1", "Payable is .*adds up to"),
        ("delete from marts.fct_royalty_statement_lines where kind = 'recoupment'", "miss its sum by -0.20"),
        ("delete from marts.dim_song where song_key = -2", "Royalty in BRL is"),
        ("delete from marts.dim_payee where payee_id = 8", "there are 2 statements, not 3"),
        ("delete from marts.fct_royalty_statements where payee_id = 7 and statement_month = date '2026-01-01'",
         "a payee has royalties and no statement"),
    ],
)  # fmt: skip
def test_files_that_are_not_what_the_marts_say_do_not_appear(
    marts: DuckDB, written: Path, spoil: str, what: str
) -> None:
    before = {path.name: path.read_bytes() for path in written.iterdir()}
    marts.execute(spoil)
    with pytest.raises(SonicError, match=what):
        write_statements(marts, JANUARY, written)
    assert {path.name: path.read_bytes() for path in written.iterdir()} == before
    assert [path.name for path in written.parent.iterdir()] == [written.name]


def _cell(line: int, cell: int, text: str) -> Callable[[list[str]], None]:
    def change(lines: list[str]) -> None:
        cells = lines[line - 1].split("\t")
        cells[cell] = text
        lines[line - 1] = "\t".join(cells)

    return change


@pytest.mark.parametrize(
    ("change", "line", "what"),
    [
        (lambda lines: lines.pop(1), 3, "SY does not come after nothing"),
        (lambda lines: lines.pop(), 23, "ends without FOOT"),
        (lambda lines: lines.append(lines[-1]), 25, "FOOT does not come after FOOT"),
        (lambda lines: lines.insert(4, lines[1]), 5, "HEAD does not come after SY"),
        (_cell(2, 4, "yesterday"), 2, "MessageCreatedDateTime is 'yesterday', not an instant"),
        (_cell(2, 5, "2026-02-30"), 2, "UsageStartDate is '2026-02-30', not a day"),
        (_cell(4, 1, "2"), 4, "SummaryRecordId is 2, not 1"),
        (_cell(4, 2, "brl"), 4, "CurrencyOfReporting is 'brl', not a currency"),
        (_cell(4, 5, "123,45"), 4, "Gross is '123,45', not an amount"),
        (_cell(4, 13, "999.00"), 4, "CarriedForward is 999.00, but adds up to 0.00"),
        (_cell(4, 16, "1"), 4, "Unrecouped is 1, but adds up to 0.35"),
        (_cell(6, 5, "1.00"), 24, "lines of summary 1 miss its sum by"),
        (_cell(8, 1, "2"), 8, "SummaryRecordId is 2, not 1"),
        (_cell(20, 1, "2"), 20, "BlockId is 2, not 1"),
        (_cell(20, 0, "SX"), 20, "no record of type 'SX'"),
        (lambda lines: lines.pop(20), 23, "NumberOfLinesInFile is 24, but there are 23"),
        (_cell(24, 2, "3"), 24, "NumberOfSummaryRecords is 3, but there are 2"),
        (_cell(24, 3, "3"), 24, "NumberOfBlocksInFile is 3, but there are 2"),
        (_cell(20, 2, "2026-01-01\tIN"), 20, "SU has 11 cells behind its type, not 10"),
    ],
)
def test_a_bad_file_is_refused_by_its_line(
    written: Path, change: Callable[[list[str]], object], line: int, what: str
) -> None:
    path = written / name_of(7, JANUARY)
    lines = path.read_text(encoding="utf-8").splitlines()
    change(lines)
    path.write_text("".join(f"{each}\n" for each in lines), encoding="utf-8")
    with pytest.raises(SonicError, match=what) as refused:
        reports.read(path)
    assert refused.value.where == f"{path}, line {line}"


def test_a_file_that_was_cut_off_is_refused(written: Path) -> None:
    path = written / name_of(7, JANUARY)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(SonicError, match="the last line has no end"):
        reports.read(path)
    path.write_bytes(b"HEAD\t\xff\n")
    with pytest.raises(SonicError, match="cannot be read"):
        reports.read(path)


def test_files_and_marts_are_compared_by_currency() -> None:
    said, told = statements.Totals(1), statements.Totals(1)
    said.amounts["Due", "BRL"] = Decimal(2)
    told.amounts["Due", "INR"] = Decimal(2)
    assert said.differences(told) == ["Due in BRL is 2, not 0", "Due in INR is 0, not 2"]
