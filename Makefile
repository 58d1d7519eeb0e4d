# prodcheck: make run | test | test-slow | fuzz | bench | setup | clean
# Only Python (3.10 or later), git and make are needed; everything else goes into .venv.

PYTHON ?= python3
PROJECT ?= fixtures/lesson
SECONDS ?= 10
BIN := .venv/bin
STAMP := .venv/.prodcheck-set-up

.PHONY: run test test-slow fuzz bench lint setup clean

run: $(STAMP)
	@code=0; $(BIN)/prodcheck -- "$(PROJECT)" || code=$$?; \
	case $$code in \
	  0) words="nothing to stop a deploy" ;; \
	  1) words="findings that should stop a deploy" ;; \
	  2) words="wrong usage or settings, or nothing to check" ;; \
	  3) words="the analysis was incomplete in a way that could hide an error" ;; \
	  *) words="unexpected" ;; \
	esac; \
	echo; echo "prodcheck ended with exit code $$code: $$words."

test: lint
	$(BIN)/python -m pytest -m "not slow"

test-slow: $(STAMP)
	$(BIN)/python -m pytest -m slow

# SECONDS for each target. Crashing inputs are kept in fuzz/regressions, which the tests replay.
fuzz: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements/test.txt --editable '.[fuzz]'
	$(BIN)/python fuzz/run.py --seconds $(SECONDS)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Fetches ruff, bandit, semgrep and some public packages into .venv-bench first, and takes a quarter of an hour.
bench: $(STAMP)
	$(BIN)/python benchmarks/speed/compare.py set-up
	$(BIN)/python benchmarks/speed/compare.py packages
	$(BIN)/python benchmarks/speed/compare.py trees

setup: $(STAMP)

$(STAMP): pyproject.toml requirements/test.txt
	$(PYTHON) -c 'import sys; sys.exit("Python 3.10 or later is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 10) else None'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements/test.txt --editable '.[test]'
	@touch $@

clean:
	rm -rf .venv .venv-bench dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
