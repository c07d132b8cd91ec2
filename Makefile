# Each target sets up what it needs on a machine that has only Python 3.11+ and make.
PYTHON ?= python3
BIN := .venv/bin
export PYTHONDONTWRITEBYTECODE :=
.DEFAULT_GOAL := help

.PHONY: help setup lock demo tour test proofs check format bench reads size screenshots answers consents others workloads mutants clean

help: ## say what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: .venv/ready ## the environment, in .venv

.venv/ready: requirements/dev.txt requirements/uv.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv pip sync --quiet --require-hashes requirements/dev.txt requirements/uv.txt
	VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

lock: setup ## pin the requirements anew, by hash and with no index address in them
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 pyproject.toml -o requirements/runtime.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 pyproject.toml --group dev -o requirements/dev.txt

demo: setup ## both simulators and the bot, at one printed address
	$(BIN)/python -m bot demo

tour: setup ## play the tutorial as a person would, and check each step in the cluster
	$(BIN)/python -m tests.tour

screenshots: setup ## pictures of each step of the story, in screenshots/
	$(BIN)/python -m tests.browser.screenshots

answers: setup ## pictures of typical answers at the size of a desk and of a phone, in screenshots/
	$(BIN)/python -m tests.browser.answers

consents: setup ## pictures of what a yes, a no or a refusal looks like, at the same sizes, in screenshots/
	$(BIN)/python -m tests.browser.consents

others: setup ## pictures of what others are asked to do, to agree to or to sign, at the same sizes, in screenshots/
	$(BIN)/python -m tests.browser.others

workloads: setup ## pictures of sets that are changed and of nodes that are drained, at the same sizes, in screenshots/
	$(BIN)/python -m tests.browser.workloads

bench: setup ## how fast an answer is, beside kubectl and beside the floor
	$(BIN)/python benchmarks/answers.py

reads: setup ## what reads cost as the cluster grows, beside kubectl and beside the floor
	$(BIN)/python benchmarks/reads.py

size: setup ## how large a simulated cluster may grow
	$(BIN)/python benchmarks/size.py

mutants: setup ## change the domain and the services, one small thing at a time: does a test mind?
	$(BIN)/python -m tests.mutants

test: setup ## the tests of the bot
	$(BIN)/python -m tests

proofs: setup ## the simulators against the recordings and kubectl, their page in Chromium, every verb all the way
	$(BIN)/python -m tests --proofs

check: setup ## format, lint, types, imports
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## format and mend what can be mended
	$(BIN)/ruff check --quiet --fix .
	$(BIN)/ruff format --quiet .

clean: ## remove what was made
	rm -rf .venv .mypy_cache .ruff_cache .hypothesis screenshots
