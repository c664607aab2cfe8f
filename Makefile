# The verbs of this repository. `make` alone lists them.
SHELL := bash
PYTHON ?= python3
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/.slipway/uv/bin:$(PATH)
# Compiled Python is kept, in one folder: a program that imports the cloud SDKs starts in 3 s instead of 8.
export PYTHONDONTWRITEBYTECODE :=
export PYTHONPYCACHEPREFIX := $(CURDIR)/.slipway/pycache

.PHONY: help setup demo demo-release test unit sandbox integration examples check format bench clean

help: ## list the verbs
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

setup: ## install everything the repository needs (minutes the first time, seconds after)
	@command -v $(PYTHON) >/dev/null || { echo "error: $(PYTHON) is missing"; echo "  remedy: install Python 3.11 or 3.12, or name one: make setup PYTHON=python3.12"; exit 3; } >&2
	@$(PYTHON) toolchain/install.py

demo: setup ## bring four stacks up on this machine and change one of them
	@python examples/demo

demo-release: setup ## ship a good change to prod, stop a bad one, roll back, ask who changed the table
	@python examples/demo/release.py

test: unit sandbox integration examples ## every test

unit: setup ## the fast tests of the platform
	@.ci/suite unit pytest -q -n 2 --dist loadfile -m "not integration"

sandbox: setup ## the tests of the sandbox
	@.ci/suite sandbox env -C sandbox ./.venv/bin/python -m pytest -q -n 2 --dist loadfile

# By file, because files share what is up (pytest-xdist's groups mean nothing to pytest 9); in their own order, because
# otherwise files of one test begin last, and these are the longest.
integration: setup ## tests on the running sandbox with the real Pulumi CLI
	@.ci/suite integration pytest -q -n 2 --dist loadfile --no-loadscope-reorder -p no:randomly --timeout 1500 --durations 25 -m integration

examples: setup ## the example's own tests, each in its tool's environment
	@.ci/suite examples python3 examples/finedge/tests/run.py

check: setup ## lint, format, types, directions, generated files
	@.ci/suite check .ci/check

format: setup ## write what the formatter and the fixable rules want, and the generated reference
	@ruff format . && ruff check --fix .
	@python -m slipway.cli.reference && python -m policies.taggable && python -m stacks.environments_page
	@sandbox/.venv/bin/python sandbox/tools/github_reference.py

bench: setup ## figures of the docs, each side by side with its yardstick
	@python -m bench

clean: ## stop the sandbox and remove everything that setup and the sandbox made
	@if [ -x .venv/bin/slipway ] && [ -x sandbox/.venv/bin/slipway-sandbox ]; then slipway sandbox down; fi
	@rm -rf .slipway .venv sandbox/.venv toolchain/envs/*/.venv .import_linter_cache
	@rm -rf {.,sandbox}/{.mypy_cache,.ruff_cache,.pytest_cache,.hypothesis}
