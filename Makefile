# What people and CI type. Everything is made under .venv and .build; nothing is installed elsewhere
# but packages of Debian or Ubuntu that are missing, and only where this user may.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
HOURS ?= 1
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -q

.PHONY: help setup demo check servers test slow test-all soak examples kills guarantees bench docs picture lock clean

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

$(VENV)/.locked: locks/dev.lock pyproject.toml
	$(PYTHON) -m scripts.make_venv $(VENV) locks/dev.lock
	@touch $@

setup: $(VENV)/.locked  ## Make the virtual environment and find or install PrusaSlicer
	@$(BIN)/python -m scripts.need_slicer

demo: setup  ## Run a virtual farm to its end in a new folder: real slicing, no hardware
	@$(BIN)/farmctl demo

check: $(VENV)/.locked  ## Lint, types, contracts, pure and property tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PYTEST) -m "pure and not slow"

servers: setup
	@$(BIN)/python -m scripts.need_servers
	$(BIN)/python -m tests.servers.install
	$(BIN)/python -m tests.browser.install

test: check servers  ## check, the virtual farm, and a real print on each real server
	$(PYTEST) -m "not pure and not slow"

slow: servers  ## What `make test` leaves out: longer runs of the same, crashes, mutants, the wheel
	$(PYTEST) -m "slow"

test-all: test slow  ## Every test there is

soak: $(VENV)/.locked  ## Play farms in a box for HOURS (1), from the seed where the last soak ended
	$(BIN)/python -m scripts.guarantees.soak $(HOURS)

examples: setup  ## Every property, with two thousand examples
	$(PYTEST) --hypothesis-profile=soak -m "not slow"

guarantees: $(VENV)/.locked  ## Put guarantees.json together from what was measured
	$(BIN)/python -m scripts.guarantees
	$(BIN)/python -m scripts.docs

bench: setup  ## Ratios against named peers, in one run
	$(BIN)/python scripts/bench.py

kills: servers  ## Kill controllers 500 times on virtual printers and 50 times before a real Klipper
	$(BIN)/python -m tests.kills.harness --virtual 500 --real 50

docs: $(VENV)/.locked  ## Write the pages that are made from the code
	$(BIN)/python -m scripts.docs

picture: setup  ## Draw the README's pictures again, from a real run
	$(BIN)/python -m scripts.picture

lock:  ## Resolve the dependencies again
	$(BIN)/python scripts/lock.py

clean:  ## Remove what the targets above made
	rm -rf $(VENV) .build
