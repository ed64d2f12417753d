"""What runs the project elsewhere fits the project: workflow, container, compose file, dev container, templates."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from sonic.cli.app import app
from sonic.paths import PROJECT

PYTHON = re.search(r'requires-python = ">=([\d.]+)"', (PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
TEMPLATES = sorted((PROJECT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))


def read(name: str) -> Any:
    return yaml.safe_load((PROJECT / name).read_text(encoding="utf-8"))


def test_the_workflow_runs_what_runs_here() -> None:
    steps = read(".github/workflows/ci.yml")["jobs"]["test"]["steps"]
    assert [step["run"] for step in steps if "run" in step] == [".ci/run"]
    assert os.access(PROJECT / ".ci" / "run", os.X_OK)
    (versions,) = (step["with"] for step in steps if "setup-python" in step.get("uses", ""))
    assert PYTHON and versions["python-version"] == PYTHON[1]
    assert (PROJECT / versions["cache-dependency-path"]).exists()


def test_the_containers_have_the_project_s_python() -> None:
    assert PYTHON
    assert f"FROM python:{PYTHON[1]}-slim\n" in (PROJECT / "Dockerfile").read_text(encoding="utf-8")
    place = PROJECT / ".devcontainer"
    described = json.loads((place / "devcontainer.json").read_text(encoding="utf-8"))
    assert (place / described["build"]["dockerfile"]).resolve() == PROJECT / "Dockerfile"
    assert (place / described["build"]["context"]).resolve() == PROJECT


def test_the_compose_file_gives_the_job_what_its_profile_asks_for() -> None:
    services = read("compose.yaml")["services"]
    profile = (PROJECT / "profiles.example.yml").read_text(encoding="utf-8")
    asked = set(re.findall(r"env_var\('(SONIC_EXTERNAL_\w+)'\)", profile)) | {"SONIC_EXTERNAL_PASSWORD"}
    given = services["job"]["environment"]
    assert asked <= set(given) <= set(re.findall(r"SONIC_EXTERNAL_\w+", profile))
    assert given["SONIC_EXTERNAL_HOST"] in services
    made = services["postgres"]["environment"]
    assert (given["SONIC_EXTERNAL_USER"], given["SONIC_EXTERNAL_DBNAME"]) == (
        made["POSTGRES_USER"],
        made["POSTGRES_DB"],
    )
    # a password is asked for, never written down
    assert given["SONIC_EXTERNAL_PASSWORD"] == made["POSTGRES_PASSWORD"]
    assert made["POSTGRES_PASSWORD"].startswith("${SONIC_PASSWORD:?")
    program, command, *_ = services["job"]["command"]
    assert program == "sonic" and command in {each.name or each.callback.__name__ for each in app.registered_commands}


def test_an_image_takes_no_state_and_no_password_in() -> None:
    left_out = (PROJECT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {".sonic", ".venv", ".git", "profiles.yml"} <= set(left_out)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_an_issue_template_is_a_form(template: Path) -> None:
    form = yaml.safe_load(template.read_text(encoding="utf-8"))
    assert form["name"] and form["description"]
    asked = [field["id"] for field in form["body"]]
    assert len(set(asked)) == len(asked)
    assert all(field["type"] in ("input", "textarea") and field["attributes"]["label"] for field in form["body"])
    assert any(field.get("validations", {}).get("required") for field in form["body"])
