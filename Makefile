# Every target does its own set-up: a virtual environment from the hashed lock, then the work.
# Needed beforehand: Python 3.11 or newer, make, and a package index. Nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BENCH := .venv-bench
PIP_INSTALL = -m pip install --disable-pip-version-check --no-input --quiet
LOCKED = --require-hashes --only-binary :all: -r
CODE := verifier payers schemas tests bench wsgi.py

.DEFAULT_GOAL := help
.PHONY: help demo test check format serve bench fuzz lock clean

help: ## say what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-8s %s\n", $$1, $$2}'

demo: $(VENV)/.runtime ## verify invented patients over real HTTP and print what they will owe
	@$(BIN)/verifier demo

test: $(VENV)/.development ## run every test; those of the pages need Chromium
	@command -v $${CHROMIUM:-chromium} >/dev/null || echo "No Chromium here, so the pages are not tested in a browser: apt-get install chromium"
	$(BIN)/pytest -n auto

check: $(VENV)/.development ## format, lint, types, imports
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo

format: $(VENV)/.development ## let the formatter and the linter mend what they can
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

serve: $(VENV)/.runtime ## run the API on 127.0.0.1:8000, with the payer simulator unless payers are configured
	@$(BIN)/verifier serve

bench: $(VENV)/.development $(BENCH)/.peers ## measure reading and estimating beside other packages
	@PYTHONPATH=. $(BENCH)/bin/python bench/read_271.py
	@$(BIN)/python bench/estimate.py
	@$(BIN)/python bench/search.py
	@$(BIN)/python bench/isolation.py
	@PYTHONPATH=. $(BIN)/python bench/records.py
	@PYTHONPATH=. $(BIN)/python bench/pages.py

fuzz: $(VENV)/.development ## send 20,000 generated requests to the whole service and check every answer
	@$(BIN)/python -m tests.faults.fuzzing

lock: ## resolve the locks anew (needs uv)
	uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-header -q -o requirements/runtime.lock
	uv pip compile pyproject.toml --extra oidc --extra telemetry --group dev --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-header -q -c requirements/runtime.lock -o requirements/dev.lock
	uv pip compile --group peers --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-header -q -c requirements/runtime.lock -o requirements/peers.lock

clean: ## remove what the other targets made
	rm -rf $(VENV) $(BENCH) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 ..." >&2; exit 2; }
	@echo "Making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements/runtime.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing what the service runs on, as locked (once, about half a minute)"
	@$(BIN)/python $(PIP_INSTALL) $(LOCKED) requirements/runtime.lock
	@$(BIN)/python $(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.development: requirements/dev.lock $(VENV)/.runtime
	@echo "Installing the test and lint tools, as locked (once, about half a minute)"
	@$(BIN)/python $(PIP_INSTALL) $(LOCKED) requirements/dev.lock
	@touch $@

$(BENCH)/.peers: requirements/peers.lock requirements/runtime.lock
	@echo "Installing the packages to compare with, as locked (once)"
	@$(PYTHON) -m venv $(BENCH)
	@$(BENCH)/bin/python $(PIP_INSTALL) $(LOCKED) requirements/runtime.lock
	@$(BENCH)/bin/python $(PIP_INSTALL) $(LOCKED) requirements/peers.lock
	@touch $@
