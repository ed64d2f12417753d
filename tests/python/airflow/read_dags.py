"""Writes what Airflow makes of a folder of DAGs as JSON; run by Airflow's own Python: DAGS DAY FILE."""

import json
import sys
from pathlib import Path

from airflow.dag_processing.dagbag import DagBag
from airflow.sdk.execution_time import macros

dags, day, file = sys.argv[1:]
bag = DagBag(dag_folder=dags, bundle_path=Path(dags))
told = {
    dag.dag_id: {
        "schedule": dag.schedule,
        "runs_at_once": dag.max_active_runs,
        "tasks": {
            task.task_id: {
                "after": sorted(task.upstream_task_ids),
                "retries": task.retries,
                "command": task.render_template(
                    task.bash_command, {"ds": day, "macros": macros}, dag.get_template_env()
                ),
            }
            for task in dag.tasks
        },
    }
    for dag in bag.dags.values()
}
Path(file).write_text(json.dumps({"errors": bag.import_errors, "dags": told}), encoding="utf-8")
