# Everything a contributor needs: `make` lists it. Needs only make and Python 3.11 or newer.

VENV := .venv
RUN := $(VENV)/bin
# Set PYTHON to choose one; otherwise the first of these that is new enough.
PYTHON ?=
PYTHONS := $(or $(PYTHON),python3 python3.13 python3.12 python3.14 python3.11 python)
# Processes for the tests.
WORKERS ?= auto
# How long to fuzz, and which reader (all of them when empty).
MINUTES ?= 10
TARGET ?=
PYTEST_ARGS ?=
# How many letters the simulated day of the country has.
LETTERS ?= 200000

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test soak differential big fuzz check fmt bench national-day agreement clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.base ## Send one letter through four tiers, into demo-run/
	@rm -rf demo-run
	@$(RUN)/docexchange demo --dir demo-run

test: $(VENV)/.dev ## Run all tests (WORKERS=2 PYTEST_ARGS='-k receipt')
	$(RUN)/python -m pytest -n $(WORKERS) $(PYTEST_ARGS)

soak: $(VENV)/.dev ## Run the tests that take long: crashes and power cuts at every step, random exchanges
	$(RUN)/python -m pytest -n $(WORKERS) -m soak $(PYTEST_ARGS)

differential: $(VENV)/.dev ## Hold us, xmlsec and signxml to one verdict over 20,600 changed signatures
	$(RUN)/python -m pytest -n $(WORKERS) -m "soak or not soak" tests/differential $(PYTEST_ARGS)

big: $(VENV)/.dev ## Write, read and pass on 2 GB in 80 MB of memory: a minute, 6 GB of disk
	$(RUN)/python -m pytest -m soak -k two_gigabytes $(PYTEST_ARGS)

fuzz: $(VENV)/.fuzz ## Feed damaged input to every reader (MINUTES=10 TARGET=envelope)
	$(RUN)/python fuzz/run.py --minutes $(MINUTES) $(TARGET)

check: $(VENV)/.dev ## Check format, lint, types, import directions and documents
	$(RUN)/ruff format --check .
	$(RUN)/ruff check .
	$(RUN)/mypy
	$(RUN)/lint-imports
	$(RUN)/python docs/check.py
	$(RUN)/python docs/generate.py --check

fmt: $(VENV)/.dev ## Format the code and mend what the linter can
	$(RUN)/ruff check --fix-only --quiet .
	$(RUN)/ruff format .

bench: $(VENV)/.bench ## Measure beside peers; prints ratios
	$(RUN)/python benchmarks/run.py
	@$(MAKE) --no-print-directory $(VENV)-as4/.done || echo "make: as4 is left out." >&2
	$(RUN)/python benchmarks/exchange.py

national-day: $(VENV)/.dev ## Simulate a day of 11,764 agencies and 200,000 letters (LETTERS=10000)
	$(RUN)/python benchmarks/national_day.py --letters $(LETTERS)

agreement: $(VENV)/.dev ## Compare with the public corpora; prints every deviation and its reason
	$(RUN)/python benchmarks/agreement.py

clean: ## Remove what the other targets made, all but .venv and .venv-as4
	rm -rf demo-run build dist fuzz/work .coverage .coverage.* .hypothesis
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find . -name __pycache__ -type d -not -path './$(VENV)*' -prune -exec rm -rf {} +

# Each stamp says that something was installed from this pyproject.toml, so that it is done once.
$(VENV)/.base: pyproject.toml $(VENV)/.pip
	$(RUN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml $(VENV)/.pip
	$(RUN)/python -m pip install --quiet --editable . --group dev
	@touch $@

$(VENV)/.bench: pyproject.toml $(VENV)/.pip
	$(RUN)/python -m pip install --quiet --editable '.[server]' --group bench
	@touch $@

# A package to compare with needs an older cryptography than we do, so it has a place of its own.
$(VENV)-as4/.done: $(VENV)/.pip
	@$(RUN)/python -m venv $(VENV)-as4
	@$(VENV)-as4/bin/python -m pip install --quiet 'as4==0.2.0'
	@touch $@

$(VENV)/.fuzz: pyproject.toml $(VENV)/.pip
	@$(RUN)/python -m pip install --quiet --editable . --group fuzz --only-binary atheris || { \
	    echo "make: atheris could not be installed for $$($(RUN)/python --version); it has wheels" \
	         "for Python 3.11 to 3.13 on x86-64 Linux. With one of those:" \
	         "rm -rf $(VENV) && make fuzz PYTHON=python3.12" >&2; exit 1; }
	@touch $@

$(VENV)/.pip:
	@for python in $(PYTHONS); do \
	    "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	    "$$python" -c 'import ensurepip, venv' 2>/dev/null || { lame=$$python; continue; }; \
	    found=$$python; break; \
	done; \
	if [ -z "$$found" ] && [ -n "$$lame" ]; then \
	    echo "make: $$lame cannot make virtual environments; install its venv package" \
	         "(Debian, Ubuntu: apt-get install python3-venv)." >&2; exit 1; \
	elif [ -z "$$found" ]; then \
	    echo "make: expected Python 3.11 or newer among: $(PYTHONS); found none." \
	         "Install one, or name it: make PYTHON=/path/to/python3" >&2; exit 1; \
	fi; \
	echo "Making $(VENV) with $$("$$found" --version)"; \
	"$$found" -m venv $(VENV)
	$(RUN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	@touch $@
