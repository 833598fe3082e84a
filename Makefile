# Two commands do everything on a machine with Python 3.11 or newer: `make serve` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= 2

UI := $(shell find dashboard-ui \( -name node_modules -o -name generated \) -prune -o -type f -print)
API := $(shell find inpoint/dialects inpoint/web -name '*.py' -o -name '*.json')
DASHBOARD := inpoint/dashboard/built/index.html
UI_TYPES := dashboard-ui/generated/openapi.d.ts

.PHONY: serve test test-all lint types ui pictures bench lock clean

serve: $(VENV)/.run $(DASHBOARD)  ## run the product with its embedded defaults
	$(BIN)/inpoint serve

test: $(VENV)/.dev  ## everything that a change must pass
	$(MAKE) -j $(JOBS) lint types ui
	$(BIN)/python -m pytest -n $(JOBS) $(ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

ui: $(VENV)/.dev $(DASHBOARD) $(UI_TYPES)  ## the dashboard's own checks
	cd dashboard-ui && ../$(BIN)/python ../tests/npm.py run check
	cd dashboard-ui && ../$(BIN)/python ../tests/npm.py run test

pictures: $(VENV)/.dev $(DASHBOARD)  ## make the documentation's pictures anew
	$(BIN)/python -m tests.dashboard.pictures

bench: $(VENV)/.dev  ## measure, beside ffmpeg and smartcut; SHORT=1 for a small run
	$(BIN)/python -m benchmarks $(if $(SHORT),--short)

test-all: test bench  ## with ten times as many random clips, others every day
test-all: export INPOINT_CLIPS = 10
test-all: export INPOINT_SEED = $(shell date +%F)

lock:  ## pin the newest allowed versions, by hash
	uv lock --quiet
	uv export --quiet --no-dev --group build --no-emit-project --no-header --no-annotate > requirements.txt
	uv export --quiet --group build --no-emit-project --no-header --no-annotate > requirements-dev.txt
	rm -f uv.lock

$(VENV)/.run: requirements.txt pyproject.toml dashboard-ui/package-lock.json
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes -r requirements.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.txt tests/cloudflare4/requirements.txt tests/clients/requirements.txt tests/browser/package-lock.json
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.txt
	$(PYTHON) -m venv $(VENV)/cloudflare4
	$(VENV)/cloudflare4/bin/pip install --quiet --require-hashes -r tests/cloudflare4/requirements.txt
	$(PYTHON) -m venv $(VENV)/clients
	$(VENV)/clients/bin/pip install --quiet --require-hashes -r tests/clients/requirements.txt
	cd tests/browser && ../../$(BIN)/python ../npm.py ci
	touch $@

$(DASHBOARD): $(VENV)/.run $(UI)
	$(BIN)/python hatch_build.py

$(UI_TYPES): $(DASHBOARD) $(API)  # what the dashboard is told, from the API's own description
	mkdir -p $(@D)
	$(BIN)/inpoint openapi > $(@D)/openapi.json
	cd dashboard-ui && ../$(BIN)/python ../tests/npm.py run types

clean:
	rm -rf $(VENV) tests/browser/node_modules dashboard-ui/node_modules dashboard-ui/generated inpoint/delivery/player/hls.min.js inpoint/delivery/player/media-chrome.js inpoint/web/docs inpoint/dashboard/built
