# Resguardo. `make` alone says what there is; `make run` and `make test` are what matters.

SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python

# As it was typed: texts with spaces, quotes and dollar signs pass make unharmed.
export RESGUARDO_ARGS := $(value ARGS)
unexport ARGS

.DEFAULT_GOAL := help
.PHONY: help run manage clean-run test check bench rooms pictures lock format \
        setup setup-dev packages translations \
        check-style check-types check-schema check-templates check-house

help:
	@echo "make run                   the whole system on this machine; Ctrl-C stops it"
	@echo "make test                  every test, the browser and crash tests too"
	@echo "make check                 format, lint, types, migrations, translations: fast"
	@echo "make manage ARGS='...'     a management command beside (or without) make run"
	@echo "make clean-run             forget var/: database, keys, logs"
	@echo "make bench                 the benchmarks"
	@echo "make rooms                 the ten longest modules"
	@echo "make pictures              take the pictures of the documentation again"
	@echo "make format                format and sort the code"
	@echo "make lock                  compile requirements*.in to requirements*.txt"

run: setup
	@exec $(PY) -m config.local run

manage: setup
	@exec $(PY) -m config.local manage

clean-run:
	@test ! -x $(PY) || exec $(PY) -m config.local clean

# --- setup: a virtual environment, and again whenever the lock files change ----------

install = $(PY) -m pip install -qq --disable-pip-version-check --no-input \
          --require-hashes -r $(1) >&2 && cp $(1) $(VENV)/$(1)

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed; PYTHON=... names one." >&2; exit 1; }
	@echo "Making $(VENV)." >&2
	@$(PYTHON) -m venv --clear $(VENV)

setup: $(PY)
	@cmp -s requirements.txt $(VENV)/requirements.txt || { \
	  echo "Installing requirements.txt (a minute or two, once)." >&2; \
	  $(call install,requirements.txt); }

setup-dev: setup
	@cmp -s requirements-dev.txt $(VENV)/requirements-dev.txt || { \
	  echo "Installing requirements-dev.txt (once)." >&2; \
	  $(call install,requirements-dev.txt); }

packages: setup
	@$(PY) -m config.local packages

translations: setup
	@$(PY) -m config.local translations

# --- tests and checks ----------------------------------------------------------------

test: setup-dev packages translations
	@exec $(PY) -m pytest

# `make -k check` goes on after the first finding.
check: check-style check-types check-schema check-templates check-house

check-style: setup-dev
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/ruff check .

check-types: setup-dev
	@$(PY) -m config.local with-settings $(VENV)/bin/mypy

check-schema: setup-dev
	@$(PY) -m config.local manage makemigrations --check --dry-run
	@$(PY) -m config.local manage spectacular --validate --fail-on-warn \
	  --file /dev/null

check-templates: setup-dev
	@$(VENV)/bin/djlint --lint --quiet templates protection alerts cases dashboards

check-house: setup-dev translations
	@$(PY) -m pytest -q tests/house

bench: setup-dev
	@exec $(PY) -m bench

pictures: setup-dev packages translations
	@exec $(PY) -m tests.acceptance.pictures

rooms:
	@git ls-files --cached --others --exclude-standard '*.py' \
	  | grep -v -e '^tests/' -e '/migrations/' | xargs wc -l \
	  | grep -v ' total$$' | sort -rn | head -n 10

format: setup-dev
	@$(VENV)/bin/ruff check --fix --quiet .
	@$(VENV)/bin/ruff format --quiet .

compile = $(VENV)/bin/uv pip compile -q --generate-hashes --no-header \
          --no-emit-index-url --no-emit-find-links --python-version 3.11

lock: setup-dev
	@$(compile) requirements.in -o requirements.txt
	@$(compile) requirements-dev.in -o requirements-dev.txt
