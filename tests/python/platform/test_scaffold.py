"""`sonic scaffold` writes what a person wrote before it, and never over it."""

import shutil
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from generators.ddl import TABLES
from generators.ddl.table import table
from sonic.cli.app import app
from sonic.errors import SonicError
from sonic.paths import PROJECT
from sonic.project.scaffold import scaffold
from sonic.project.scaffold.rules import rules


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty project."""
    (tmp_path / "macros" / "quarantine").mkdir(parents=True)
    return tmp_path


@pytest.mark.parametrize(
    "name", ["reactions", "ad_clicks", "playlist_items", "live_recordings", "shares", "live_events"]
)
def test_staging_is_as_it_stands(root: Path, name: str) -> None:
    """Models of the core, which were there first, and of others; each source entry says what the domain's file says."""
    written = scaffold([TABLES[name]], root)
    models = [path for path in written if "__sources" not in path.name and path.parts[0] == "models"]
    assert len(models) in (2, 4)
    for path in models:
        assert (root / path).read_text(encoding="utf-8") == (PROJECT / path).read_text(encoding="utf-8"), path
    (sources,) = [path for path in written if "__sources" in path.name]
    (entry,) = yaml.safe_load((root / sources).read_text(encoding="utf-8"))["sources"]
    (ours,) = entry["tables"]
    (domain,) = yaml.safe_load((PROJECT / sources).read_text(encoding="utf-8"))["sources"]
    (theirs,) = [known for known in domain["tables"] if known["name"] == name]
    assert ours | {"config": None} == theirs | {"config": None}


def test_a_second_source_stands_behind_the_first(root: Path) -> None:
    scaffold([TABLES["support_agents"]], root)
    path, *_ = (root / "models" / "staging" / "support").glob("_*.yml")
    before = path.read_text(encoding="utf-8")
    scaffold([TABLES["support_tickets"], TABLES["support_ticket_events"]], root)
    assert path.read_text(encoding="utf-8").startswith(before)
    (entry,) = yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]
    assert [known["name"] for known in entry["tables"]] == [
        "support_agents", "support_tickets", "support_ticket_events",
    ]  # fmt: skip


def test_nothing_is_written_over(root: Path) -> None:
    scaffold([TABLES["tips"]], root)
    kept = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    with pytest.raises(SonicError, match="there already"):
        scaffold([TABLES["refunds"], TABLES["tips"]], root)
    shutil.rmtree(root / "models" / "staging" / "billing" / "base")
    for path in (root / "models").rglob("stg_*"):
        path.unlink()
    with pytest.raises(SonicError, match="declared already"):
        scaffold([TABLES["refunds"], TABLES["tips"]], root)
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}.items() <= kept.items()


def test_unknown_table_is_refused_with_those_like_it() -> None:
    result = CliRunner().invoke(app, ["scaffold", "tips", "stream"])
    assert result.exit_code == 2
    text = " ".join(result.output.replace("│", " ").split())
    assert "No raw table 'stream' is declared" in text
    assert "Is it streams" in text


def test_checks_become_rules() -> None:
    """What breaks a check is its opposite; a check of several parts is several rules, one of a credential none."""
    declared = table(
        name="prints",
        kind="event",
        domain="engagement",
        about="One print.",
        key="print_id",
        columns="""
        print_id       bigint       | Id.
        paper          text         | Kind of paper.
        price_minor    bigint       | Price.
        discount_minor bigint       | Discount.
        pages          integer?     | Pages.
        printer_token  text?        | Token of the printer.
        ordered_at     timestamptz  | Ordered.
        started_at     timestamptz? | Began.
        ended_at       timestamptz? | Ended.
        is_gift        boolean      | For somebody else.
        recipient      text?        | For whom.
        """,
        checks={
            "paper_known": "paper in ('a4', 'letter')",
            "amounts_fit": "price_minor > 0 and discount_minor >= 0 and pages between 1 and 9",
            "paper_form": "paper ~ '^[a-z0-9]+$'",
            "period_not_reversed": "ended_at > started_at",
            "started_after_order": "started_at >= ordered_at",
            "gift_has_recipient": "is_gift = (recipient is not null)",
            "small_is_free": "pages is null or (pages > 1 and price_minor > 0)",
            "token_of_gift": "printer_token is null or is_gift",
        },
    )
    assert rules(declared) == {
        "missing_value": [
            "print_id is null", "paper is null", "price_minor is null", "discount_minor is null",
            "ordered_at is null", "is_gift is null",
        ],
        "unknown_code": ["paper not in ('a4', 'letter')"],
        "malformed_value": ["not {{ regexp_like('paper', '^[a-z0-9]+$') }}"],
        "amount_not_positive": ["price_minor <= 0"],
        "negative_amount": ["discount_minor < 0"],
        "out_of_range": ["pages < 1", "pages > 9"],
        "ended_before_start": ["ended_at <= started_at"],
        "wrong_order": ["started_at < ordered_at"],
        "contradiction": [
            "is_gift <> (recipient is not null)", "not (pages is null or (pages > 1 and price_minor > 0))",
        ],
        "started_after_arrival": ["{{ after_arrival('ordered_at') }}"],
    }  # fmt: skip
