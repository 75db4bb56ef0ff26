# The project's door. Everything is installed into .venv, nothing outside this folder is written.

PYTHON ?= python3
PYTHON310 ?= python3.10
PYTHON313 ?= python3.13
BIN := .venv/bin
READY := .venv/.ready
PROJECTS := $(wildcard pyproject.toml */pyproject.toml integrations/*/pyproject.toml integrations/*/*/pyproject.toml)
SECONDS ?= 600
ADAPTERS ?= sql tools extract
# On all processors, file by file.
PARALLEL := --numprocesses auto --dist loadfile --no-loadscope-reorder
export UV_CACHE_DIR := $(CURDIR)/.venv/cache
export PYTHONPYCACHEPREFIX := $(CURDIR)/.venv/bytecode

.PHONY: demo example test test-oldest test-browser test-matrix test-wheels soak soak-devserver fuzz bench bench-devserver grammar embeddings check format train lock picture picture-playground clean

demo: $(READY)  ## A local server with a real model, and a chain, a RAG query and SQL through it
	@$(BIN)/python -m examples.demo

example: $(READY)  ## One of the programs in examples/, as RUN=langchain.sql_agent
	@$(BIN)/python -m examples.$(RUN)

test: $(READY)  ## All tests, on the real model
	$(BIN)/python -m pytest $(PARALLEL)

test-browser: $(READY)  ## The pages in Chromium (Debian's packages chromium and chromium-driver)
	@for command in chromium chromedriver; do command -v $$command >/dev/null || { \
		echo "there is no $$command: apt-get install chromium chromium-driver" >&2; exit 1; }; done
	$(BIN)/uv pip install --quiet --python $(BIN)/python --constraint constraints.txt --group browser
	$(BIN)/python -m pytest tests/browser

test-oldest: $(READY)  ## All tests with the oldest versions that the packages allow
	$(PYTHON) -m venv .venv/oldest
	$(BIN)/uv pip install --quiet --python .venv/oldest/bin/python --resolution lowest-direct --group dev
	.venv/oldest/bin/python -m pytest $(PARALLEL)

test-matrix: $(READY)  ## The frameworks' tests with their lowest and newest core, on Python 3.10 and 3.13
	@$(BIN)/python -m tests.matrix $(PYTHON310) $(PYTHON313)

test-wheels: $(READY)  ## The built packages, each in an empty environment
	$(BIN)/python -m pytest tests/wheels.py

soak-devserver: $(READY)  ## Five minutes of 64 streams at once on the real model
	$(BIN)/python -m soak.devserver

bench: $(READY)  ## What the client costs beside its peers; ten minutes
	$(BIN)/python -m benchmarks.client

soak: $(READY)  ## Ten minutes of a thousand streams at once through faults; writes the table in docs
	$(BIN)/python -m soak.client --minutes 10

fuzz: $(READY)  ## Damaged answers for the client's parsers, for SECONDS=600; writes the table in docs
	$(BIN)/python -m fuzz.parsers --seconds $(SECONDS)

bench-devserver: $(READY)  ## What the local server's start and its HTTP side cost
	$(BIN)/python -m benchmarks.devserver

grammar: $(READY)  ## Compile every schema of the tests as a LoRAX server does; writes the table in docs
	$(BIN)/python -m tests.grammar.measure

embeddings: $(READY)  ## The local server's vectors beside those of sentence-transformers (installs torch: 5 GB)
	$(PYTHON) -m venv .venv/reference
	$(BIN)/uv pip install --quiet --python .venv/reference/bin/python --constraint constraints.txt \
		sentence-transformers==6.2.0
	$(BIN)/python -m tests.embeddings.compare .venv/reference/bin/python

check: $(READY)  ## Format, lint, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy --config-file= --strict tests/langchain/users_lines.py
	$(BIN)/pyright

format: $(READY)  ## Bring the code into form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

train: $(READY)  ## Train the shipped adapters anew, or ADAPTERS="sql" alone (installs torch: 5 GB)
	$(BIN)/uv pip install --python $(BIN)/python --constraint constraints.txt --group training
	cd devserver && for adapter in $(ADAPTERS); do ../$(BIN)/python -m training.$$adapter || exit 1; done

lock: $(READY)  ## Pin the newest versions that fit
	$(BIN)/uv pip compile --quiet --universal --python-version 3.10 --no-header --no-annotate \
		--upgrade --group dev --group browser --group training --no-emit-package lorax-client \
		--no-emit-package langchain-lorax --no-emit-package llama-index-llms-lorax \
		--no-emit-package llama-index-embeddings-lorax \
		--no-emit-package lorax-devserver --no-emit-index-url --output-file constraints.txt

picture: $(READY)  ## Record the demo for the README
	$(BIN)/python -m examples.demo --picture docs/demo.svg

picture-playground: $(READY)  ## Photograph the playground for the README; needs what test-browser needs
	$(BIN)/uv pip install --quiet --python $(BIN)/python --constraint constraints.txt --group browser
	$(BIN)/python -m tests.browser.picture docs/playground.png

clean:  ## Remove what was installed
	rm -rf .venv

$(READY): $(PROJECTS) constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 10) else "Python 3.10 or newer is needed; name one by `make PYTHON=python3.12`")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --no-cache-dir --disable-pip-version-check --constraint constraints.txt uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --constraint constraints.txt --group dev
	@touch $(READY)
