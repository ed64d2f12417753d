"""Airflow has an environment of its own, which `make test-airflow` makes and names; without it nothing is collected."""

import os

collect_ignore = [] if os.environ.get("SONIC_AIRFLOW") else ["test_dags.py"]
