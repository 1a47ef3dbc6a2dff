# People and CI run the same targets. Everything lives in .venv; nothing else is touched.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: battery rank demo review screenshots bench-review test check format clean

demo: .venv/installed
	$(BIN)/corrigenda demo

# The pages on the demo's database, made the first time.
review: .venv/installed
	test -f demo-data/corrigenda.db || $(BIN)/corrigenda demo --keep demo-data
	$(BIN)/corrigenda review --db demo-data/corrigenda.db

# The pictures in docs/images; needs a Chromium.
screenshots: .venv/installed
	$(BIN)/python -m tests.browser.screenshots

# How fast the pages answer with 55,000 releases; takes some minutes.
bench-review: .venv/installed
	$(BIN)/python -m benchmarks.review

# Each row of edits on real documents, and how many get the rank they ought to; a minute.
battery: .venv/installed
	$(BIN)/python -m benchmarks.ranking.battery

# The weights of significance learnt again from labelled pairs; refused where they are worse.
rank: .venv/installed
	$(BIN)/python -m benchmarks.ranking.learn --write --explain

test: .venv/installed
	$(BIN)/pytest -n 2 --dist worksteal

check: .venv/installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/installed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Corrigenda needs Python 3.11 or newer: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@
