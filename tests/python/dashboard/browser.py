"""The dashboards of the default warehouse in a browser without a window: `make test-dashboard`, a few minutes.

Each page is opened from disk, wide and narrow, light and dark; filters are set, and figures held against the marts.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Page as Tab

from sonic.cli.options import opened
from sonic.dashboard.pages import Page, pages
from sonic.dashboard.site import write
from sonic.warehouse.database import Database

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
WIDTHS = {"desktop": 1440, "phone": 390}
WAIT_MS = 20_000
PICTURES = os.environ.get("SONIC_PICTURES")
"""Folder for a picture of each page, if there is to be one."""


@pytest.fixture(scope="module")
def database() -> Database:
    """The default warehouse."""
    return opened(None, None)[1]


@pytest.fixture(scope="module")
def site(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its dashboards."""
    return write(database, tmp_path_factory.mktemp("site") / "dashboard", lambda *_: None).index.parent


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser that is installed here."""
    named = os.environ.get("SONIC_BROWSER")
    found = named or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.fail("No Chromium on PATH: install it, or name another by SONIC_BROWSER=/path/to/browser")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def tab(browser: Browser) -> Iterator[Tab]:
    """A new tab of desktop width; what it says on its console, or asks of any network, fails the test."""
    yield from _tab(browser, WIDTHS["desktop"], "light")


def _tab(browser: Browser, width: int, theme: Any) -> Iterator[Tab]:
    said: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
    opened_tab = context.new_page()
    opened_tab.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    opened_tab.on("pageerror", lambda error: said.append(f"error: {error}"))
    opened_tab.on(
        "request", lambda asked: said.append(asked.url) if not asked.url.startswith(("file:", "data:")) else None
    )
    yield opened_tab
    context.close()
    assert said == []


def show(tab: Tab, site: Path, file: str) -> None:
    """Opens a page from disk and waits until all is drawn."""
    tab.goto(f"{site.as_uri()}/{file}")
    drawn(tab)


def drawn(tab: Tab) -> None:
    """Waits until all charts are drawn."""
    tab.wait_for_function("document.documentElement.dataset.ready === 'yes'", timeout=WAIT_MS)


def choose(tab: Tab, **choice: str) -> None:
    """Sets filters as a reader would."""
    for name, value in choice.items():
        tab.select_option(f"#filters select[name={name}]", value)
    drawn(tab)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_a_page_is_drawn_and_can_be_used(page: Page, width: str, theme: str, browser: Browser, site: Path) -> None:
    for tab in _tab(browser, WIDTHS[width], theme):
        show(tab, site, page.file)
        for tile in page.tiles:
            shown = tab.locator(f"#{tile.name}")
            assert shown.locator("h2").inner_text() != tile.about, f"{tile.name} has no title of its own"
            assert shown.locator(".chart svg, .chart table, .chart ul").count() >= 1, tile.name
        text = tab.locator("main").inner_text()
        assert not [odd for odd in ("NaN", "undefined", "null", "Infinity", "[object") if odd in text]
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it scrolls sideways"
        # it would fetch style sheets to look into them, which a page from disk may not
        found = Axe().run(tab, options={"preload": False}).response["violations"]
        assert [(each["id"], [node["target"] for node in each["nodes"]][:3]) for each in found] == []
        if PICTURES:
            Path(PICTURES).mkdir(parents=True, exist_ok=True)
            tab.screenshot(path=Path(PICTURES) / f"{page.name}-{width}-{theme}.png", full_page=True)


def euro(micro: Any, digits: int = 2) -> str:
    """An amount in micro-units as pages write euro."""
    amount = (Decimal(micro or 0) / 1_000_000).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"€{amount.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP):,}"


def percent(part: Any, whole: Any) -> str:
    """A share as pages write it."""
    return f"{(100 * Decimal(part) / Decimal(whole)).quantize(Decimal('0.1'), ROUND_HALF_UP):,}\u00a0%"


_HERE = (
    "(select g.geography_id from marts.dim_geography as g"
    " where g.geography_level = 'country' and g.country_code = '{country}')"
)
_CHOSEN = f" where payment_geography_id = {_HERE} and tier = '{{tier}}'"
_BOOKED = " and booking_month = '{period}'"
_HAPPENED = (
    " and extract(month from {day}) = extract(month from date '{{period}}')"
    " and extract(year from {day}) = extract(year from date '{{period}}')"
)
FIGURES: list[tuple[str, str, str, Callable[..., str]]] = [
    (
        "index.html",
        "revenue",
        f"select sum(recognised_eur_micro) from marts.fct_revenue_daily{_CHOSEN}{_BOOKED}",
        lambda amount: euro(amount, 0),
    ),
    (
        "index.html",
        "mau",
        f"select mau from marts.mart_active_users{_CHOSEN} and is_month_end{_HAPPENED.format(day='date_day')}",
        "{:,}".format,
    ),
    ("index.html", "arpu", f"select arpu_eur_micro from marts.mart_arpu_monthly{_CHOSEN}{_BOOKED}", euro),
    (
        "listening.html",
        "plays",
        f"select count(*) from marts.fct_streams{_CHOSEN}{_HAPPENED.format(day='local_date')}",
        "{:,}".format,
    ),
    (
        "listening.html",
        "skips",
        "select count(case when skip_class <> 'not_skipped' then 1 end), count(*)"
        f" from marts.fct_streams{_CHOSEN}{_HAPPENED.format(day='local_date')}",
        percent,
    ),
    (
        "subscriptions.html",
        "mrr",
        f"select sum(mrr_end_minor) from marts.fct_subscription_monthly{_CHOSEN}{_BOOKED}",
        lambda minor: f"R${Decimal(minor) / 100:,.2f}",
    ),
    (
        "royalties.html",
        "booked",
        f"select sum(amount_micro) from marts.fct_royalties{_CHOSEN}{_BOOKED} and is_booked",
        lambda micro: "R$" + euro(micro).removeprefix("€"),
    ),
]


@pytest.fixture(scope="module")
def chosen(database: Database) -> dict[str, str]:
    """A market, a tier, and the last month that is closed."""
    month = database.value("select max(booking_month) from marts.mart_arpu_monthly where is_closed")
    assert month, "no month is closed yet: build 41 days or more"
    return {"country": "BR", "tier": "pro", "period": month.isoformat()}


@pytest.mark.parametrize(
    ("file", "figure", "sql", "written"), FIGURES, ids=lambda value: value if len(str(value)) < 20 else ""
)
def test_a_filter_changes_the_figures_to_those_of_the_marts(
    file: str,
    figure: str,
    sql: str,
    written: Callable[..., str],
    tab: Tab,
    site: Path,
    database: Database,
    chosen: dict[str, str],
) -> None:
    show(tab, site, file)
    before = tab.inner_text(f"#figure-{figure}")
    choose(tab, **chosen)
    after = tab.inner_text(f"#figure-{figure}")
    (row,) = database.query(sql.format(**chosen))[1]
    assert after == written(*row)
    assert after != before
    tab.click("#filters button[type=reset]")
    drawn(tab)
    assert tab.inner_text(f"#figure-{figure}") == before


def test_a_choice_goes_along_from_page_to_page(tab: Tab, site: Path) -> None:
    show(tab, site, "index.html")
    choose(tab, country="IN", tier="free")
    # a page without that filter keeps it for the next
    tab.click("nav >> text=Artists and labels")
    drawn(tab)
    assert tab.input_value("#filters select[name=country]") == "IN"
    tab.click("nav >> text=Listening")
    drawn(tab)
    assert tab.input_value("#filters select[name=tier]") == "free"
    assert "India" in tab.inner_text("#daily h2")


def test_all_can_be_done_with_the_keyboard(tab: Tab, site: Path) -> None:
    show(tab, site, "index.html")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    reached: list[str] = []
    for _ in range(40):
        tab.keyboard.press("Tab")
        reached.append(
            tab.evaluate("document.activeElement.name || document.activeElement.id || document.activeElement.tagName")
        )
        if reached[-1] == "SUMMARY":
            break
    assert [name for name in reached if name in ("theme", "country", "tier", "period", "SUMMARY")] == [
        "theme",
        "country",
        "tier",
        "period",
        "SUMMARY",
    ]
    tab.keyboard.press("Enter")
    rows = tab.locator("#listeners table tbody tr")
    rows.first.wait_for()
    assert rows.count() == tab.evaluate("sonic.whole(sonic.cell(sonic.data('active_users')), 'date_day').length")


def test_the_theme_can_be_changed(tab: Tab, site: Path) -> None:
    show(tab, site, "index.html")
    before = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    tab.click("#theme")
    drawn(tab)
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") != before
