# TVox Tables. `make` lists what there is.
PYTHON ?= python3
BIN := .venv/bin
WEB := addin/web
PAGES := $(WEB)/dist/done
PAGE_SOURCES := $(shell find $(WEB) \( -name node_modules -o -name dist -o -name .tests \) -prune -o -type f ! -name build.log -print)
.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.venv/run: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit("TVox Tables needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	@echo "Installing the service's packages into .venv ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/dev: .venv/run requirements-dev.txt
	@echo "Installing what checks and tests it ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

$(PAGES): addin/build.py $(PAGE_SOURCES) | .venv/run
	@$(BIN)/python addin/build.py

.PHONY: install
install: .venv/run $(PAGES) ## Set up what the service needs, its pages included

.PHONY: run
run: install ## Set up and serve on http://localhost:8000 with a demo contact centre
	$(BIN)/python main.py serve

.PHONY: test
test: .venv/dev $(PAGES) ## Set up and run every test
	@# The many processes that tests begin need their modules compiled once, whatever the shell says.
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -q -n 3 --dist worksteal -m "not prove"

.PHONY: check
check: .venv/dev ## Format, lint, types, floors, spelling, docs in step with the code
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python addin/build.py types lint
	PYTHONPATH=. $(BIN)/lint-imports --no-cache
	$(BIN)/codespell
	$(BIN)/cog --check -p 'import sys; sys.path.insert(0, ".")' README.md docs/*.md

.PHONY: docs
docs: .venv/dev ## Write the generated parts of the documentation anew
	$(BIN)/cog -r -p 'import sys; sys.path.insert(0, ".")' README.md docs/*.md

.PHONY: pictures
pictures: .venv/dev $(PAGES) ## Take the pictures of the documentation anew, in Chromium
	$(BIN)/python docs/pictures.py

.venv/peers/done: requirements-peers.txt | .venv/run
	@echo "Installing what the benchmarks measure beside ..."
	@test -x .venv/peers/bin/python || $(PYTHON) -m venv .venv/peers
	@.venv/peers/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-peers.txt
	@touch $@

.venv/peers/cap: bench/peer_cap/package-lock.json bench/peer_cap/.npmrc | .venv/run
	@mkdir -p $(@D)
	@$(BIN)/python -m bench.peer_odata && touch $@

.PHONY: bench
bench: .venv/dev .venv/peers/done .venv/peers/cap ## Measure, each figure beside a peer or a limit
	$(BIN)/python -m bench

.venv/proofs/done: requirements-proofs.txt | .venv/run
	@echo "Installing what the long proofs ask with ..."
	@test -x .venv/proofs/bin/python || $(PYTHON) -m venv .venv/proofs
	@.venv/proofs/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-proofs.txt
	@touch $@

.PHONY: prove
prove: .venv/dev .venv/proofs/done $(PAGES) ## The long proofs: kills and laws in earnest
	HYPOTHESIS_PROFILE=prove $(BIN)/python -m pytest -q -n 2 -m "prove or law"
