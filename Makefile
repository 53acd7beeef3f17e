# Everything a checkout can do. Needs Python 3.11 or newer; the rest is fetched into .venv.
.PHONY: help run test check check-frontend check-python bench format lock
.DEFAULT_GOAL := help

PYTHON := .venv/bin/python
NPM = cd frontend && PATH="$(CURDIR)/.venv/bin:$$PATH" npm
FRONTEND_TESTS = $(shell find frontend -name node_modules -prune -o -name '*.test.ts*' -print 2>/dev/null)
LOCK = $(PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 \
  --generate-hashes --no-header --no-annotate --no-emit-index-url

help: ## Show this
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

run: ## Start Wasl with a company to look around in
	@tools/bootstrap.sh run
	@exec $(PYTHON) -m wasl.cli demo

test: ## Run every test
	@tools/bootstrap.sh test
	@$(PYTHON) -m pytest -n 2
	@if [ -n "$(FRONTEND_TESTS)" ]; then $(NPM) run test; fi

check: ## Check style, types, layers and house rules
	@tools/bootstrap.sh test
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target check-frontend check-python

check-frontend:
	@if [ -f frontend/package.json ]; then $(NPM) run check; fi

check-python:
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check --quiet .
	@$(PYTHON) -m mypy
	@PYTHONPATH=src $(PYTHON) -c 'from importlinter.cli import lint_imports_command as run; run()'
	@$(PYTHON) tools/house_lints.py

bench: ## Measure, and compare with what is to be reached
	@tools/bootstrap.sh test
	@$(PYTHON) -m wasl.cli bench

format: ## Put the Python sources in the house style
	@tools/bootstrap.sh test
	@$(PYTHON) -m ruff check --fix --quiet .
	@$(PYTHON) -m ruff format --quiet .

lock: ## Pin the newest allowed versions of all packages
	@tools/bootstrap.sh test
	@$(LOCK) --upgrade pyproject.toml -o requirements.lock
	@$(LOCK) --upgrade --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	@$(LOCK) --upgrade requirements-build.in -o requirements-build.lock
