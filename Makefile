# Everything a person runs. Each target installs what it needs into .venv first.
PYTHON ?= python3
BIN := .venv/bin
# Two for each core: many tests wait for processes that they started, killed or let sleep.
WORKERS ?= $(shell echo $$((2 * $$(getconf _NPROCESSORS_ONLN))))

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint fix bench bench-peers serve lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/.runtime: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tenon needs Python 3.11 or newer: make PYTHON=python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "installing Tenon into .venv (once; about a minute)"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: .venv/.runtime requirements-dev.lock
	@echo "installing the development tools into .venv"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-compile --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

.venv/provider/.installed: .venv/.dev tests/provider/package.json tests/provider/package-lock.json
	@echo "installing the identity provider that tests sign in with into .venv"
	@mkdir -p $(@D) && cp tests/provider/package.json tests/provider/package-lock.json $(@D)
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --prefix $(@D) --ignore-scripts --no-audit --no-fund --silent
	@touch $@

setup: .venv/provider/.installed ## install Tenon and its development tools into .venv

demo: .venv/.runtime ## one webhook becomes one verified pull request, on this machine only
	@$(BIN)/tenon demo $(ARGS)

serve: .venv/.runtime ## start the webhook service (see docs/operations.md for its settings)
	@$(BIN)/tenon serve $(ARGS)

test: .venv/provider/.installed ## run all tests
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

lint: .venv/.dev ## ruff and mypy, both strict
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

fix: .venv/.dev ## let ruff repair what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: .venv/.dev ## measure speed; prints ratios taken in one run
	@$(BIN)/python -m tests.bench $(ARGS)

bench-peers: .venv/.dev ## the same beside bandit and semgrep; secrets beside detect-secrets and kingfisher (CORPUS=, LABELS=)
	@test -x .venv-peers/bin/kingfisher || { $(PYTHON) -m venv .venv-peers && .venv-peers/bin/pip install --quiet bandit semgrep detect-secrets kingfisher-bin; }
	@$(BIN)/python -m tests.bench --peers .venv-peers/bin $(ARGS)
	@test -z "$(CORPUS)" || $(BIN)/python -m tests.bench.secret_peers $(CORPUS) $(LABELS) --peers .venv-peers/bin

lock: ## resolve the requirements again (needs uv); the files hold versions and hashes, no addresses
	uv pip compile pyproject.toml --extra serve --extra llm --extra build --extra dev --universal --python-version 3.11 \
	  --generate-hashes --no-header --no-emit-index-url --no-annotate -o requirements-dev.lock
	uv pip compile pyproject.toml --extra serve --extra llm --extra build --universal --python-version 3.11 \
	  --constraint requirements-dev.lock --generate-hashes --no-header --no-emit-index-url --no-annotate -o requirements.lock

clean: ## remove what the targets made
	rm -rf .venv .venv-peers .mypy_cache .ruff_cache
