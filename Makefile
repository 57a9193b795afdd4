# The commands of this checkout; `make` alone lists them.
# They set up .venv by themselves, once; from then on nothing of them needs a network, but for `lock`.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup run demo test check lint types imports house locks contracts revision bench lock wheel clean
# Imports are three times slower where byte code is not kept.
unexport PYTHONDONTWRITEBYTECODE
unexport PYTHONPATH

PORT ?= 8000
DATA ?=
IN := $(if $(DATA),--data-dir $(DATA))
PY := .venv/bin/python
READY := .venv/ready
CODE := src tests $(wildcard bench)

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

setup: $(READY) ## make .venv with everything that is needed (the others do it by themselves)
	@echo "The environment is in .venv."

$(READY): pyproject.toml requirements-dev.txt requirements-embedding.txt requirements-setup.txt scripts/setup
	@scripts/setup

run: $(READY) ## run the server with its own database; PORT=8000, DATA=folder
	@$(PY) -m studyhall.entrypoints.cli serve --port $(PORT) $(IN)

demo: $(READY) ## fill the database with demo data, beside a running server or alone; DATA=folder
	@$(PY) -m studyhall.entrypoints.cli demo $(IN)

test: $(READY) ## run all tests on a throw-away database; ARGS="-k name" narrows
	$(PY) -m pytest $(ARGS)

check: lint types imports locks contracts house ## lint, types, house rules, lock files, contracts

lint: $(READY)
	$(PY) -m ruff check $(CODE)
	$(PY) -m ruff format --check $(CODE)

types: $(READY)
	$(PY) -m mypy

imports: $(READY)
	$(PY) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"

house: $(READY)
	$(PY) -m pytest -q tests/house

locks:
	@echo "lock files hold no address"
	@! grep -n "://" requirements*.txt

contracts: $(READY)
	$(PY) -m studyhall.entrypoints.cli openapi --check

revision: $(READY) ## write the next schema revision from the models; NAME="what changes"
	@$(PY) scripts/revision.py "$(NAME)"

bench: $(READY) ## measure the server and print the figures
	$(PY) -m bench

lock: $(READY) ## write the lock files anew from pyproject.toml (needs a network); UPGRADE=1 takes newer releases
	$(PY) -m uv lock $(if $(UPGRADE),--upgrade)
	$(PY) -m uv export -q --frozen --no-emit-project --no-dev --all-extras --no-header --no-annotate -o requirements.txt
	$(PY) -m uv export -q --frozen --no-emit-project --all-extras --no-header --no-annotate -o requirements-dev.txt

wheel: $(READY) ## build dist/studyhall-*.whl
	$(PY) -m uv build --wheel --no-build-isolation --out-dir dist

clean: ## remove what was built and cached, .venv too; the data folder stays
	rm -rf .venv dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
