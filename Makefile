# Belvedere: `make run` serves it, `make test` proves it. `make help` lists all targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SPREAD := -n auto --dist loadfile
# What depends on how a database answers; pages that only draw what services read do not.
STORED := tests/models tests/services tests/web tests/contract tests/importing tests/integration \
	tests/pages/test_administration.py tests/pages/test_folders.py tests/pages/test_kept.py tests/pages/test_people.py

.PHONY: help run test test-browser lint compare bench bench-page assets test-servers lock clean
help: ## explain every target
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

run: $(VENV)/.run static/dist/manifest.json ## install everything and serve on port 3000 (GF_SERVER_HTTP_PORT)
	@GF_BELVEDERE_SAMPLE_CONTENT=$${GF_BELVEDERE_SAMPLE_CONTENT:-true} $(BIN)/flask --app app serve

test: $(VENV)/.dev static/dist/manifest.json lint ## lint, types, import rules, unit and contract tests
	@$(BIN)/pytest $(SPREAD) -m "not browser" --ignore tests/integration

test-browser: $(VENV)/.dev static/dist/manifest.json ## tests in a real Chromium with a real Prometheus (apt: chromium nginx openssl prometheus prometheus-node-exporter)
	@$(BIN)/pytest -m browser tests/browser

test-servers: $(VENV)/.dev static/dist/manifest.json ## what depends on the database, on real servers (apt: postgresql mariadb-server)
	@for kind in postgres mysql; do $(BIN)/pytest $(SPREAD) -m "not browser and not once" --database $$kind $(STORED) || exit 1; done
	@$(BIN)/pytest $(SPREAD) tests/integration

lint: $(VENV)/.dev static/node_modules/.stamp ## ruff, mypy, import-linter, djlint, biome
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache | tail -n 14
	@$(BIN)/djlint --quiet --lint templates
	@$(BIN)/python static/build.py lint

compare: $(VENV)/.dev ## compare drawn panels with recorded ones: make compare DIR=folder
	@$(BIN)/python -m bench.compare_panels $(DIR)

bench: $(VENV)/.dev ## load comparison of two servers (apt: wrk): make bench OURS=url PEER=url ARGS=…
	@$(BIN)/python -m bench.load $(OURS) $(PEER) $(ARGS)

bench-page: $(VENV)/.dev ## time dashboard pages in Chromium: make bench-page OURS=url PATHS=…
	@$(BIN)/python -m bench.page $(OURS) $(PATHS) $(ARGS)

assets: $(VENV)/.run ## build the browser assets
	@$(BIN)/python static/build.py

lock: ## renew the lock files (needs uv)
	uv pip compile -q pyproject.toml --extra build --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -o requirements.lock
	uv pip compile -q pyproject.toml --extra build --extra dev --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -o requirements-dev.lock

clean: ## remove what was built (not the data)
	rm -rf $(VENV) static/dist static/node_modules

$(VENV)/.venv:
	@$(PYTHON) -m venv $(VENV) && touch $@

$(VENV)/.run: requirements.lock $(VENV)/.venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock && touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock && touch $@

static/node_modules/.stamp: static/package-lock.json | $(VENV)/.run
	@$(BIN)/python static/build.py install && touch $@

static/dist/manifest.json: static/node_modules/.stamp static/build.py $(wildcard static/src/*)
	@$(BIN)/python static/build.py
