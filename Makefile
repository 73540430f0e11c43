PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO ?= framing-demo

.DEFAULT_GOAL := help
.PHONY: help demo test prove model check clean

help:
	@echo "make demo   run the main job on seeds/ with an embedded Label Studio"
	@echo "make test   install what the tests need and run all of them"
	@echo "make model  make the shipped model from labels/ alone"
	@echo "make prove  run the long proofs whole"

NATIVE := $(wildcard framing/*/native*.pyx)

$(BIN)/framing: pyproject.toml framing/__init__.py constraints.txt tools/build_core.py $(NATIVE)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.dev: $(BIN)/framing
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[dev]"
	@touch $@

demo: $(BIN)/framing
	$(BIN)/framing demo $(DEMO)

model: $(BIN)/framing
	rm -rf framing/_model/frame
	$(BIN)/framing train labels/starter.csv labels/lines.csv -o framing/_model/frame

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: check
	$(BIN)/python tests/install_chromium.py
	$(BIN)/python tests/install_postgresql.py
	$(BIN)/python tests/install_nginx.py
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

prove: $(VENV)/.dev
	$(BIN)/python tests/install_chromium.py
	$(BIN)/python tests/install_postgresql.py
	$(BIN)/python tests/install_nginx.py
	$(BIN)/python -m pytest -m "prove or not prove" --hypothesis-profile searching

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
