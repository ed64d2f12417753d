"""The warehouse day by day, as Airflow 3 schedules it.

A run takes in what arrived on one day and builds. Loads happen once however often a task is tried, and a build goes on
from where the last good one was, so every task may be retried or cleared. Missed days are caught up with one by one.

`SONIC` names the program (`sonic` by default) and `SONIC_HOME`, `SONIC_TARGET` and the `SONIC_EXTERNAL_...` variables
say what it works on, as ever; give them to Airflow's workers.
"""

import os
from datetime import datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

SONIC = os.environ.get("SONIC", "sonic")
FIRST_RUN = datetime(2026, 1, 2)
# The last day that is whole when a run begins.
YESTERDAY = "{{ macros.ds_add(ds, -1) }}"

with DAG(
    dag_id="sonic_daily",
    schedule="0 3 * * *",
    start_date=FIRST_RUN,
    catchup=True,
    # The warehouse has one writer at a time, and days are loaded in their order.
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=10), "depends_on_past": True},
    tags=["sonic"],
    doc_md=__doc__,
) as dag:
    load = BashOperator(
        task_id="load",
        bash_command=f"{SONIC} load --until {YESTERDAY}",
        doc_md="Holds the day's files against what is expected of them, and loads them in one transaction.",
    )
    build = BashOperator(
        task_id="build",
        bash_command=f"{SONIC} build",
        doc_md="Models, snapshots and tests. A test that fails fails the task, and what is published stays as it was.",
    )
    export = BashOperator(
        task_id="export",
        bash_command=f"{SONIC} export --all --to ${{SONIC_EXPORTS:-exports}}/{YESTERDAY}",
        doc_md="Marts as Parquet, each checked before it appears.",
    )
    purge = BashOperator(
        task_id="purge",
        bash_command=f"{SONIC} purge",
        doc_md="Logs older than 30 days, once their hourly sums are filed.",
    )
    load >> build >> [export, purge]
