# What can be made of a fresh clone; `make help` lists it. Paths are relative, so that the
# clone may stand in a folder with spaces in its name.

PYTHON ?= python3 python3.13 python3.12 python3.11
TORCH_INDEX ?=
TEST_ARGS ?=

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
TORCH := $(shell grep '^torch==' constraints.txt)
TORCH_CPU := https://download.pytorch.org/whl/cpu

.DEFAULT_GOAL := help
.PHONY: help demo test lint check chromium clean

help:
	@echo 'make demo    install into .venv, index samples/ and open the chat in a browser'
	@echo 'make test    install what the tests need, Chromium too, and run every test'
	@echo 'make lint    ruff and mypy'
	@echo 'make check   lint, then test'
	@echo 'make clean   remove .venv and caches; your index stays'
	@echo
	@echo 'PYTHON=...       the Python to use (3.11 or later)'
	@echo 'TORCH_INDEX=...  the index to take PyTorch from (the CPU build is found without)'
	@echo 'TEST_ARGS=...    more arguments for pytest, as TEST_ARGS="-k citation"'

demo: .venv/.installed
	@echo 'Adding the sample articles to index/ (nothing changes when they are there) ...'
	@$(BIN)/dateline add samples/articles --index index
	@echo 'Opening the chat; Ctrl-C stops it.'
	@$(BIN)/dateline serve --open --index index

test: .venv/.tested chromium
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile $(TEST_ARGS)

lint: .venv/.tested
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

check: lint test

clean:
	rm -rf .venv build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find rag tests benchmarks -name __pycache__ -prune -exec rm -rf {} +

# Each stamp says that a step is done, and is older than what would make it necessary again.

.venv/.installed: .venv/.torch pyproject.toml constraints.txt
	@echo 'Installing Dateline into .venv (a minute or two the first time) ...'
	@$(PIP) install -qq -c constraints.txt -e .
	@touch $@

.venv/.tested: .venv/.torch pyproject.toml constraints.txt
	@echo 'Installing Dateline and its test tools into .venv (a minute or two the first time) ...'
	@$(PIP) install -qq -c constraints.txt -e '.[test]'
	@touch .venv/.installed $@

# PyTorch goes first: where the usual index offers a CUDA build of several gigabytes, the CPU
# build is taken from PyTorch's own index. pip 23.2 can tell without downloading it.
.venv/.torch: .venv/bin/python constraints.txt
	@echo 'Installing PyTorch ($(TORCH)) into .venv ...'
	@$(PIP) install -qq 'pip>=23.2'
	@index='$(TORCH_INDEX)'; \
	if [ -z "$$index" ] && $(PIP) install --dry-run '$(TORCH)' | grep -q '^Would install.* nvidia'; \
	then index='$(TORCH_CPU)'; fi; \
	$(PIP) install -qq $${index:+--index-url "$$index"} '$(TORCH)'
	@touch $@

.venv/bin/python:
	@found=''; for name in $(PYTHON); do \
	  if ! "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then continue; fi; \
	  found="$$name"; \
	  if "$$name" -c 'import ensurepip, venv' 2>/dev/null; then \
	    echo "Making .venv with $$("$$name" --version) ..."; \
	    exec "$$name" -m venv --clear .venv; \
	  fi; \
	done; \
	if [ -n "$$found" ]; then \
	  echo "$$found has no venv module; install it with: sudo apt-get install python3-venv" >&2; \
	else \
	  echo 'No Python 3.11 or later among: $(PYTHON). Install one, or name it: make PYTHON=...' >&2; \
	fi; exit 1

chromium:
	@if command -v chromium >/dev/null || command -v chromium-browser >/dev/null; then exit 0; fi; \
	if command -v apt-get >/dev/null; then \
	  if [ "$$(id -u)" = 0 ]; then sudo=''; \
	  elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then sudo=sudo; \
	  else sudo=none; fi; \
	  if [ "$$sudo" != none ]; then \
	    echo 'Installing Chromium for the browser tests ...'; \
	    $$sudo apt-get update -qq && \
	    $$sudo env DEBIAN_FRONTEND=noninteractive \
	      apt-get install -qq -y --no-install-recommends chromium >/dev/null && exit 0; \
	  fi; \
	fi; \
	echo 'Without Chromium the browser tests are skipped; install it with: apt-get install chromium'
