"""The dashboard in Apache Superset, as `make superset` shows it: `make test-superset`, a few minutes.

Superset has an environment of its own, which the make target installs into the folder that `SONIC_SUPERSET` names.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
import yaml
from playwright.sync_api import sync_playwright

from sonic.cli.options import opened
from sonic.paths import PROJECT
from sonic.publishing.superset import DASHBOARD
from tests.python.dashboard.browser import BROWSERS

START_SECONDS, WAIT_MS = 300, 90_000
PICTURES = os.environ.get("SONIC_PICTURES")
"""Folder for a picture of the dashboard, if there is to be one."""


@pytest.fixture(scope="module")
def superset() -> Iterator[tuple[str, str]]:
    """Superset at work: its address, and the password of its user."""
    place = Path(os.environ["SONIC_SUPERSET"])
    shutil.rmtree(place / "home", ignore_errors=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([str(PROJECT / "bi" / "superset" / "try"), str(place), str(port)], text=True)
    address = f"http://127.0.0.1:{port}"
    try:
        _await(f"{address}/health", process)
        yield address, (place / "home" / "password").read_text(encoding="utf-8").strip()
    finally:
        process.terminate()
        process.wait(30)


def _await(address: str, process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, "Superset did not start"
        try:
            with urlopen(address) as answer:
                assert answer.status == 200
                return
        except URLError:
            time.sleep(1)
    raise AssertionError("Superset does not answer")


@pytest.fixture(scope="module")
def shown(superset: tuple[str, str]) -> dict[str, list[dict[str, Any]]]:
    """Opens the dashboard as a person would; the rows that each chart was given, by its name."""
    address, password = superset
    answers: list[Any] = []
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1440, "height": 2600})
        tab.on("response", lambda answer: answers.append(answer) if "/api/v1/chart/data" in answer.url else None)
        tab.goto(f"{address}/login/")
        tab.fill("input#username", "admin")
        tab.fill("input#password", password)
        tab.click("button[type=submit]")
        tab.wait_for_load_state("networkidle")
        tab.goto(f"{address}/superset/dashboard/sonic-warehouse/")
        tab.wait_for_selector("text=Support by category", timeout=WAIT_MS)
        charts = [each for row in yaml.safe_load(DASHBOARD.read_text(encoding="utf-8"))["rows"] for each in row]
        end = time.monotonic() + WAIT_MS / 1e3
        while len(answers) < len(charts) and time.monotonic() < end:
            tab.wait_for_timeout(500)
        tab.wait_for_load_state("networkidle")
        tab.wait_for_timeout(2000)
        if PICTURES:
            Path(PICTURES).mkdir(parents=True, exist_ok=True)
            tab.screenshot(path=Path(PICTURES) / "superset.png", full_page=True)
        assert tab.locator("[role=alert] >> text=rror").count() == 0
        bodies = [(answer.request.post_data_json, answer.json()) for answer in answers]
        browser.close()
    shown_by = {tuple(each["metrics"]): each["name"] for each in charts}
    assert len(shown_by) == len(bodies) == len(charts)
    results = [(asked["queries"][0]["metrics"], body["result"][0]) for asked, body in bodies]
    assert [result["error"] for _, result in results if result["status"] != "success"] == []
    return {shown_by[tuple(metrics)]: result["data"] for metrics, result in results}


def test_each_chart_has_rows(shown: dict[str, list[dict[str, Any]]]) -> None:
    charts = [each for row in yaml.safe_load(DASHBOARD.read_text(encoding="utf-8"))["rows"] for each in row]
    assert shown.keys() == {each["name"] for each in charts}
    assert all(len(rows) > 1 for rows in shown.values())


def test_its_figures_are_those_of_the_marts(shown: dict[str, list[dict[str, Any]]]) -> None:
    database = opened(None, None)[1]
    revenue = sum(value for row in shown["services"] for name, value in row.items() if name == "recognised_revenue")
    assert revenue == pytest.approx(
        float(database.value("select sum(recognised_eur_micro) / 1e6 from marts.fct_revenue_daily"))
    )
    tickets = {row["category"]: row["tickets"] for row in shown["support"]}
    assert tickets == dict(
        database.query("select category, count(*) from marts.fct_support_tickets group by category")[1]
    )
