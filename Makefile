# traceapp: what a person types. `make help` lists it. PORT=… chooses the port of demo and run.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BASE := $(VENV)/.installed-base
DEV := $(VENV)/.installed-dev
PYTEST_ARGS ?= -n 3

.DEFAULT_GOAL := help
.PHONY: help setup demo run test stacks check crash bench fmt migrations schema requirements

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 22

setup: $(DEV) ## Install everything into .venv, for using and for developing; starts nothing

demo: $(BASE) ## Start with an invented world to look around in
	@exec $(BIN)/python manage.py up --demo

run: $(BASE) ## Start; the first time it prints a link to set up the installation
	@exec $(BIN)/python manage.py up

test: $(DEV) ## Run all tests
	$(BIN)/python -m pytest $(PYTEST_ARGS)

stacks: $(DEV) ## Run programs with the published SDKs of all stacks; installs them outside of here
	$(BIN)/python -m pytest -m stacks tests/stacks $(STACKS_ARGS)

check: $(DEV) ## Check format, lint, types, layers, migrations and the OpenAPI file
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	git ls-files 'templates/*.html' | xargs -r $(BIN)/djade --check --target-version 5.2
	$(BIN)/djangofmt --check templates
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py check
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py spectacular --fail-on-warn --validate | diff -u docs/api/openapi.yaml -

crash: $(DEV) ## Kill and starve every part of an installation under load, and count; CRASH_ARGS=--long takes its time
	$(BIN)/python -m tests.crash $(CRASH_ARGS)

bench: $(DEV) ## Measure
	$(BIN)/python -m bench

fmt: $(DEV) ## Format code and templates
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only --exit-zero .
	git ls-files 'templates/*.html' | xargs -r $(BIN)/djade --target-version 5.2 || true
	$(BIN)/djangofmt templates

migrations: $(DEV) ## Write the migrations that changed models need
	$(BIN)/python manage.py makemigrations

schema: $(DEV) ## Write docs/api/openapi.yaml
	@mkdir -p docs/api
	$(BIN)/python manage.py spectacular --fail-on-warn --validate --file docs/api/openapi.yaml

requirements: $(DEV) ## Lock the newest allowed versions of all packages
	$(BIN)/uv pip compile --upgrade $(LOCK) pyproject.toml -o requirements/base.txt
	$(BIN)/uv pip compile --upgrade $(LOCK) --group dev pyproject.toml -o requirements/dev.txt

LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

$(VENV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "traceapp needs Python 3.11 or newer; name one: make setup PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

# The development set contains the base set, in the same versions. The lock files name every package, so pip has nothing
# to resolve (--no-deps): left to it, an extra such as coverage[toml] is taken in its newest release and then refused.
$(BASE): requirements/base.txt | $(VENV)
	@echo "Installing packages into $(VENV), which takes a minute or so the first time"
	@test -f $(DEV) && test $(DEV) -nt requirements/dev.txt \
	  || $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/base.txt
	@touch $@

$(DEV): requirements/dev.txt | $(VENV)
	@echo "Installing packages into $(VENV), which takes a minute or so the first time"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/dev.txt
	@touch $@
