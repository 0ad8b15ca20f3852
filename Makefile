# Two commands: `make run` (the whole way once, on a made-up county) and `make test`.
# Both set the environment up first; nothing outside this folder is touched.
PYTHON ?= python3
BIN := .venv/bin
PYTEST_ARGS ?= -n 2 --dist loadfile -q
export DO_NOT_TRACK := 1
export DAGSTER_DISABLE_TELEMETRY := 1
export GX_ANALYTICS_ENABLED := false

.PHONY: setup run dev test soak clean

setup: .venv/.ready

# uv installs in seconds what pip needs a minute for; it lives in the environment itself.
.venv/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11, 3.12 or 3.13 is needed, this is " + sys.version.split()[0] + ". Give another one: make $(MAKECMDGOALS) PYTHON=python3.12") if not (3, 11) <= sys.version_info[:2] < (3, 14) else 0'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check uv==0.13.9
	$(BIN)/uv pip install --quiet --python $(BIN)/python --constraint constraints.txt --editable '.[test]'
	$(BIN)/python -m pipelines.dbt_manifest
	@touch $@

run: setup
	@$(BIN)/junheng sandbox serve --make -- $(BIN)/junheng run

dev: setup
	@$(BIN)/junheng dev

test: setup
	$(BIN)/python -m pytest $(PYTEST_ARGS)

# What takes hours: hundreds of kills, and whatever else is marked `soak`. Not part of `make test`.
SOAK_ARGS ?= -n 2 --dist loadfile -q
soak: setup
	$(BIN)/python -m pytest -m soak $(SOAK_ARGS)

clean:
	rm -rf .venv build *.egg-info dbt_project/target dbt_project/logs sandbox/data
