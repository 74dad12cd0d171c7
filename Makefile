.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
UV := $(shell command -v uv || echo .tools/bin/uv)
SYNC := VIRTUAL_ENV=.venv UV_COMPILE_BYTECODE=1 $(UV) pip
CODE := crawlers dags pipeline deploy tests benchmarks

.PHONY: help
help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.PHONY: setup
setup: .venv/.ready ## Make .venv with presswatch, and fetch the embedded engines

.PHONY: run
run: setup ## Monitor the outlets of crawlers/outlets.toml; Ctrl-C stops everything
	exec .venv/bin/presswatch run

.PHONY: demo
demo: setup ## The same system on a small newsroom of its own, without a network
	exec .venv/bin/python -m deploy.demo

.PHONY: test
test: .venv/.ready-dev ## The whole suite on real engines
	.venv/bin/python -m pytest --numprocesses 2 --dist loadfile $(PYTEST)

.PHONY: lint
lint: .venv/.ready-dev ## Ruff, mypy, and the rule that rooms import one way
	.venv/bin/ruff check $(CODE)
	.venv/bin/ruff format --check $(CODE)
	.venv/bin/mypy
	.venv/bin/lint-imports

.PHONY: fmt
fmt: .venv/.ready-dev ## Format the code
	.venv/bin/ruff check --fix-only $(CODE)
	.venv/bin/ruff format $(CODE)

.PHONY: bench
bench: .venv/.ready-dev ## Measure against the corpus (PRESSWATCH_CORPUS, default ../shared/corpus)
	.venv/bin/python benchmarks/extract.py
	.venv/bin/python -m benchmarks.recurring --gold
	.venv/bin/python -m benchmarks.sections
	.venv/bin/python benchmarks/compare.py
	.venv/bin/python -m benchmarks.replay
	.venv/bin/python -m benchmarks.crawl

.PHONY: lock
lock: $(UV) ## Resolve the locked versions anew
	$(UV) pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --no-header --no-annotate -q -o requirements.lock
	$(UV) pip compile pyproject.toml --extra dev -c requirements.lock --universal --generate-hashes --no-emit-index-url --no-header --no-annotate -q -o requirements-dev.lock

.PHONY: clean
clean: ## Remove what setup made here (state and engines stay)
	rm -rf .venv .tools artifacts

.tools/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "presswatch needs Python 3.11 or newer: set PYTHON=…" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv module is missing: install it (Debian: apt-get install python3-venv)" >&2; exit 1; }
	$(PYTHON) -m venv .tools
	.tools/bin/pip install --quiet --disable-pip-version-check uv

.venv/bin/python: | $(UV)
	$(UV) venv --quiet --python $(PYTHON) --allow-existing .venv

.venv/.ready: requirements.lock pyproject.toml pipeline/engine/jars.lock $(wildcard pipeline/engine/java/*.java) | .venv/bin/python
	$(SYNC) install --quiet --require-hashes -r requirements.lock
	$(SYNC) install --quiet --no-deps --no-build-isolation -e .
	.venv/bin/python -m pipeline.engine
	@touch $@

.venv/.ready-dev: requirements-dev.lock .venv/.ready
	$(SYNC) install --quiet --require-hashes -r requirements-dev.lock
	@test -x /usr/bin/chromium || echo "The browser tests need Chromium (Debian: apt-get install chromium)" >&2
	@touch $@
