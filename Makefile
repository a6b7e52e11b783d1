# Everything a person does with the project. `make help` lists it.
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 3000
SIZE ?= XS
ORDERS ?= 5000000
LIMIT ?= 1GB
BIN := .venv/bin
export CCR_HOME ?= $(CURDIR)/.ccr
# fixed for the sample market only; real buyers need a secret key of your own
export CCR_BUYER_KEY ?= sample-market-only
export DAGSTER_DISABLE_TELEMETRY := yes
export DAGSTER_EVENT_BATCH_SIZE ?= 500
export DO_NOT_TRACK := 1
export GX_ANALYTICS_ENABLED := false

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# installs with the extra named, if any; uv takes pip's index and a tenth of its time. Compiled, as pip would:
# where PYTHONDONTWRITEBYTECODE is set, each command would compile five thousand modules (20 s) itself
COMMA := ,
define installing
index="$$($(BIN)/python -m pip config get global.index-url 2>/dev/null)"; \
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python $${index:+--default-index "$$index"} --editable '.[dev$(1)]'
endef

.venv/installed: pyproject.toml
	@command -v $(PYTHON) > /dev/null || { echo "$(PYTHON) not found: install Python 3.11 or 3.12"; exit 1; }
	@echo "installing into .venv"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(call installing)
	@touch $@

.PHONY: install
install: .venv/installed ## make .venv and install the project

# Spark is 450 MB: only what runs it, or checks the code that does, installs it
.venv/installed-spark: .venv/installed
	@command -v java > /dev/null || test -n "$$JAVA_HOME" || { echo "java not found: Spark needs Java 17 or 21"; exit 1; }
	@echo "installing Spark into .venv"
	@$(call installing,$(COMMA)spark)
	@touch $@

# its days stand for days that were each run in time, so none is too long ago to be enforced
.PHONY: run
run: export CCR_ENFORCEMENT_HORIZON_DAYS := 60
run: install ## the sample market, 45 business days, from raw to the penalty list
	@$(BIN)/ccr sample
	@$(BIN)/ccr run --from 2026-09-01 --to 2026-10-15

.PHONY: ui
ui: install ## webserver and daemon on 127.0.0.1:3000, with the same home
	@mkdir -p $(CCR_HOME) && cp deploy/dagster.yaml $(CCR_HOME)/dagster.yaml
	@DAGSTER_HOME=$(CCR_HOME) $(BIN)/dagster dev --workspace workspace.yaml --host 127.0.0.1 --port $(PORT)

.PHONY: spark
spark: .venv/installed-spark ## the days of `make run` once more on Spark, and every table compared
	@$(BIN)/ccr spark

# half of the time goes to whole pipelines: they run beside the others, and are shown after them
.PHONY: test
test: .venv/installed-spark ## install and pass the tests
	@log=$$(mktemp); $(BIN)/python -m pytest -q tests/pipeline > $$log 2>&1 & pipelines=$$!; \
		trap 'kill $$pipelines; rm -f $$log; exit 130' INT TERM; \
		$(BIN)/python -m pytest -q --ignore=tests/pipeline; others=$$?; \
		wait $$pipelines; ended=$$?; cat $$log; rm -f $$log; \
		exit $$(( others > ended ? others : ended ))

.PHONY: lint
lint: install ## formatting, types, import directions, YAML
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .
	@$(BIN)/basedpyright
	@$(BIN)/lint-imports
	@$(BIN)/yamllint -s .

.PHONY: docs
docs: install ## write the generated pages again
	@$(BIN)/python -m orchestration.landing.documentation
	@$(BIN)/python -m orchestration.cli.data_dictionary

# what the pipeline is measured against, beside what it needs itself
.venv/bench: .venv/installed
	@$(call installing,$(COMMA)bench)
	@touch $@

# Spark is timed where there is a Java to run it
.PHONY: bench
bench: install .venv/bench $(if $(shell command -v java),.venv/installed-spark) ## time the pipeline, its counting and its reading against others; SIZE=XS, S, M or L
	@$(BIN)/python -m tests.bench.pipeline --size $(SIZE) --json tests/bench/results/pipeline_$(SIZE).json
	@$(BIN)/python -m tests.bench.words --json tests/bench/results/words.json
	@$(BIN)/python -m tests.bench.classification --json tests/bench/results/classification.json
	@$(BIN)/python -m tests.bench.page

.PHONY: memory
memory: install ## run ORDERS orders (5 million) as one range with LIMIT (1GB) for DuckDB
	@$(BIN)/python -m tests.bench.limit --orders $(ORDERS) --limit $(LIMIT) --json tests/bench/results/limit.json
	@$(BIN)/python -m tests.bench.page

.PHONY: evaluate
evaluate: install ## simulate false penalties; with DATA=folder also measure the classifier on labelled sets
	@$(BIN)/python -m tests.evaluation.false_penalties
	@test -z "$(DATA)" || $(BIN)/python -m tests.evaluation --data "$(DATA)"

.PHONY: clean
clean: ## delete the sample's home and whatever was built; never your own landing folder
	@rm -rf .ccr .pytest_cache .ruff_cache .hypothesis dbt_project/target build *.egg-info
