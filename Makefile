# People and CI run the same targets. Everything lives in .venv; nothing else is touched.
# `make PYTHON=python3.13 VENV=.venv-3.13 test-quick` tries another Python beside it.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: audit lock mutants battery rank demo review screenshots bench-review bench-growth test test-quick check format clean

demo: $(VENV)/installed
	$(BIN)/corrigenda demo

# The pages on the demo's database, made the first time.
review: $(VENV)/installed
	test -f demo-data/corrigenda.db || $(BIN)/corrigenda demo --keep demo-data
	$(BIN)/corrigenda review --db demo-data/corrigenda.db

# The pictures in docs/images; needs a Chromium.
screenshots: $(VENV)/installed
	$(BIN)/python -m tests.browser.screenshots

# How fast the pages answer with 55,000 releases; takes some minutes.
bench-review: $(VENV)/installed
	$(BIN)/python -m benchmarks.review

# Each row of edits on real documents, and how many get the rank they ought to; a minute.
battery: $(VENV)/installed
	$(BIN)/python -m benchmarks.ranking.battery

# The weights of significance learnt again from labelled pairs; refused where they are worse.
rank: $(VENV)/installed
	$(BIN)/python -m benchmarks.ranking.learn --write --explain

test: $(VENV)/installed
	$(BIN)/pytest -n 2 --dist worksteal

# What a Python can do otherwise than another: all but what wants servers or browsers.
test-quick: $(VENV)/installed
	$(BIN)/pytest -n 2 --dist worksteal tests/documents tests/due tests/imports tests/pages \
		tests/storage tests/cli/test_files.py tests/cli/test_reading.py tests/evidence \
		tests/test_*.py --ignore=tests/test_wheel.py --ignore=tests/imports/test_kill.py \
		--deselect=tests/test_docs.py::test_every_block_of_the_readme_is_what_the_command_prints

check: $(VENV)/installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/installed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# One thing changed at a time, to see whether the nearest tests notice; some minutes a module.
mutants: $(VENV)/installed
	$(BIN)/python -m benchmarks.mutants

# The locked dependencies held against a list of known vulnerabilities.
audit:
	PYTHON=$(PYTHON) .ci/audit

# requirements.lock anew: what runs, of the versions in constraints.txt, every file by hash
# (for 3.11.5 and newer: soupsieve asks for that).
lock:
	$(PYTHON) -m venv .lock
	.lock/bin/pip install --quiet --disable-pip-version-check uv
	.lock/bin/uv pip compile pyproject.toml -c constraints.txt --universal --python-version 3.11.5 \
		--generate-hashes --no-header --no-annotate --quiet -o requirements.lock

clean:
	rm -rf .audit .lock .venv .venv-* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Corrigenda needs Python 3.11 or newer: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@
