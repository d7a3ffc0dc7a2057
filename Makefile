# Cross-account S3 access. `make` alone lists what can be done here.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory --no-builtin-rules
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
ROOMS := __main__.py components crossaccess sandbox tests bench
# A file's tests stay together, since they share what is deployed; each process has a sandbox of its own.
SIDE_BY_SIDE := --numprocesses auto --maxprocesses 4 --dist loadfile
# Unset where 0: any free port.
TLS_PORT ?= 0
HTTP_PORT ?= 0

.PHONY: help setup demo sandbox sandbox-env test test-fast lint lock bench clean

help: ## List these targets
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/\1\t\2/p' $(firstword $(MAKEFILE_LIST)) \
	    | while IFS=$$'\t' read -r target text; do printf '  make %-12s %s\n' "$$target" "$$text"; done

setup: $(READY) ## Make the virtual environment with all locked dependencies

$(READY): requirements-dev.txt pyproject.toml
	@.ci/environment $(VENV) requirements-dev.txt
	@touch $@

demo: $(READY) ## Deploy both stacks into the sandbox and show what Bob may do, by real calls
	@$(BIN)/python -m sandbox demo

sandbox: $(READY) ## Run two AWS accounts on this machine until Ctrl-C (TLS_PORT=, HTTP_PORT= choose ports)
	@$(BIN)/python -m sandbox start --tls-port $(TLS_PORT) --http-port $(HTTP_PORT)

sandbox-env: ## Print the running sandbox's environment: eval "$(make sandbox-env)"
	@test -x $(BIN)/python || { echo "error: no sandbox is running here. Start one: make sandbox" >&2; exit 1; }
	@$(BIN)/python -m sandbox env

# Properties are tried without coverage, which would make them three times as slow.
test: $(READY) ## Run all tests: the fast ones first, then those with the real engine
	@$(BIN)/python -m pytest -m "not sandbox and not hypothesis" $(SIDE_BY_SIDE) \
	    --cov --cov-report=term-missing:skip-covered
	@$(BIN)/python -m pytest -m "not sandbox and hypothesis" $(SIDE_BY_SIDE)
	@$(BIN)/python -m sandbox engine
	@$(BIN)/python -m pytest -m sandbox $(SIDE_BY_SIDE)

test-fast: $(READY) ## Run the tests that need neither engine nor sandbox nor browser
	@$(BIN)/python -m pytest -m "not sandbox and not browser" $(SIDE_BY_SIDE)

lint: $(READY) ## Check style (ruff), format (ruff format) and types (mypy --strict)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy --explicit-package-bases $(wildcard $(ROOMS))

lock: $(READY) ## Lock the dependencies anew after a change of pyproject.toml
	@$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url \
	    --no-annotate --no-header -q pyproject.toml -o requirements.txt
	@$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url \
	    --no-annotate --no-header -q --extra sandbox --extra dev -c requirements.txt pyproject.toml \
	    -o requirements-dev.txt
	@$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url \
	    --no-annotate --no-header -q bench/iamprover/requirements.in -o bench/iamprover/requirements.txt

bench: $(READY) ## Measure what is promised
	@$(BIN)/python -m bench

clean: ## Take away all that was made here: environment, sandbox, caches (not the engine in your cache folder)
	@rm -rf $(VENV) .axe .axe.* .sandbox .bench .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.* htmlcov dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
