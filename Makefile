# The Docker course. `make` alone prints help; `make start` begins.

PYTHON ?= python3
PORT ?= 8888
LAB := .venv/bin/python -m dockerlab
UV = $(shell command -v uv || echo .venv/bin/uv)
PIN = $(UV) pip compile --quiet --upgrade --universal --generate-hashes \
	--no-header --no-emit-index-url
AS_ROOT = $(if $(filter-out 0,$(shell id -u)),sudo --preserve-env)
WHEELS := dockerlab/engine/wheels
SITE := tools/site

# With this variable, every kernel and command compiles all its modules at
# its start, which takes a second or two each time.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help env env-tests env-start start check test test-all test-engines \
	test-offline rehearsal doctor stop clean kit kit-load vm notebooks \
	format bench site notes handouts slides board board-clear requirements

help: ## Show this help
	@echo "A Docker course in notebooks, proven on a real engine."
	@echo
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' \
		$(MAKEFILE_LIST)

env:
	@$(PYTHON) dockerlab/base/bootstrap.py

env-tests:
	@$(PYTHON) dockerlab/base/bootstrap.py --tests

env-start:
	@$(PYTHON) dockerlab/base/bootstrap.py --start

start: env-start ## Prepare everything, then JupyterLab on the first notebook (PORT=8888)
	@$(LAB) start --port $(PORT) --board "$(BOARD)" --room "$(ROOM)" \
		--nick "$(NICK)"

check: env-tests ## Check everything that needs no engine, in seconds (PARTS=types)
	@.venv/bin/python -m tools.check $(PARTS)

test: check ## Run the checks, every notebook and every test
	@$(LAB) engine up --tests
	@.venv/bin/python -m pytest $(or $(TESTS),-m engine)
	@$(if $(TESTS),,$(LAB) engine trim)

test-all: check ## Run everything that `make test` tries samples of: takes hours
	@$(LAB) engine up --tests
	@.venv/bin/python -m pytest --long --table docs/robustness.md $(TESTS)
	@$(MAKE) test-engines test-offline

test-engines: env-tests ## Every notebook on other engines, rootless ones and Podman (ONLY=rootless)
	@.venv/bin/python -m tools.on_engines $(ONLY)

test-offline: env-tests ## Run `make test` with no network but loopback
	@$(LAB) stop
	@$(AS_ROOT) unshare --net sh -c 'ip link set lo up && exec make test'

rehearsal: env ## Hold a class of ten without a network: kit, board, records
	@DOCKERLAB_ENGINE=box $(LAB) engine up --tests
	@.venv/bin/python -m tools.rehearsal

doctor: env ## Check machine and engine, and show how to fix problems
	@$(LAB) doctor --port $(PORT)

stop: env ## End JupyterLab and the lab's own engine
	@$(LAB) stop

clean: env ## Remove what the course created on the engine (ALL=1: the box too)
	@$(LAB) clean $(if $(ALL),--all)

kit: env ## Write the whole preparation into one FILE for other machines
	@DOCKERLAB_ENGINE=box $(LAB) engine up --tests
	@$(LAB) kit save $(or $(FILE),$(error name a file: make kit FILE=course.kit))

kit-load: ## Prepare this machine from a FILE, without a network
	@$(PYTHON) dockerlab/base/bootstrap.py \
		$(or $(FILE),$(error name a file: make kit-load FILE=course.kit))
	@$(LAB) kit load $(FILE)

vm: env ## Prepare the small virtual machine of namespaces_and_vms
	@$(LAB) vm

notebooks: env ## Execute the notebooks and store their outputs (ONLY=flask_app)
	@$(LAB) engine up
	@$(LAB) notebooks $(ONLY)

format: env-tests ## Rename and normalize notebooks, format code, write generated tables
	@$(LAB) format
	@.venv/bin/ruff check --fix --quiet .
	@.venv/bin/ruff format --quiet .

site: env ## Write the course as a static site into build/site (a book to read)
	@.venv/bin/python -m tools.site

board: env ## For instructors: a live board of the class (ADDRESS=192.168.1.5)
	@$(LAB) board --address $(or $(ADDRESS),127.0.0.1) \
		--port $(or $(BOARD_PORT),8800) --room "$(ROOM)"

board-clear: env ## For instructors: end the board and delete all its data
	@$(LAB) board-clear

notes: env ## For instructors: notes on each notebook, answer key
	@.venv/bin/python -m tools.teaching notes

handouts: env-tests ## For instructors: pages to print (BOARD=http://... ROOM=code)
	@.venv/bin/python -m tools.teaching handouts --board "$(BOARD)" --room "$(ROOM)"

slides: env ## For instructors: slides of each notebook, in build/slides
	@.venv/bin/python -m tools.teaching slides

bench: env-tests ## Measure the speed and size of the course (ONLY=images)
	@$(LAB) engine up --tests
	@.venv/bin/python -m benchmarks $(ONLY)

requirements: env ## Pin the newest versions of all packages
	@$(PIN) --python-version 3.11 --extra test pyproject.toml \
		--output-file tests/requirements.txt
	@$(PIN) --python-version 3.11 --constraint tests/requirements.txt \
		pyproject.toml --output-file requirements.txt
	@.venv/bin/python -m tools.site requirements | \
		$(PIN) --python-version 3.11 - --output-file $(SITE)/requirements.txt
	@$(PIN) --python-version 3.13 sample_app/requirements.in \
		--output-file sample_app/requirements.txt
	@$(PIN) --python-version 3.13 $(WHEELS)/lessons.in \
		--output-file $(WHEELS)/lessons.txt
	@$(PIN) --python-version 3.13 $(WHEELS)/outdated.in \
		--output-file $(WHEELS)/outdated.txt
	@sed -i '1i # Compiled from pyproject.toml by `make requirements`.' \
		requirements.txt tests/requirements.txt $(SITE)/requirements.txt
	@sed -i '1i # Compiled from requirements.in by `make requirements`.' \
		sample_app/requirements.txt
	@sed -i '1i # Compiled from lessons.in by `make requirements`.' \
		$(WHEELS)/lessons.txt
	@sed -i '1i # Compiled from outdated.in by `make requirements`.' \
		$(WHEELS)/outdated.txt
