PYTHON ?= python3

.PHONY: demo test lint bench clean

demo: .venv/demo
	.venv/bin/capdrop check demo/ || true

test: .venv/dev
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/pytest

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/demo: .venv/bin/python pyproject.toml
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

.venv/dev: .venv/bin/python pyproject.toml
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch .venv/demo $@

bench: .venv/demo
	.venv/bin/python benchmarks/compare.py

clean:
	rm -rf .venv build dist
