# Pitrix: `make demo` runs the main job on real parts, `make test` checks everything. `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help install build generate lint test unit demo up down status reset map simulate faults guarantees bench clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

node_modules/.installed: package.json package-lock.json
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

install: node_modules/.installed ## npm packages

build: install ## compile into dist/
	@rm -rf dist && node_modules/.bin/tsc

generate: install ## types and ids from schemas/
	node schemas/generate.mjs

lint: build ## format, lint; layers, circles and purity of imports
	node_modules/.bin/biome check --error-on-warnings .
	node dist/infra/lint/main.js

test: install ## lint, types, freshness, compatibility, unit, simulation and integration tests
	@node tests/runner/main.mjs

unit: install ## the unit tests only (MATCH=text for some)
	@node tests/runner/main.mjs --only unit $(if $(MATCH),--match $(MATCH))

demo: build ## the main job on real parts (ONCE=1: end after the last step)
	@node dist/infra/demo/main.js $(if $(ONCE),--once)

up: build ## the platform for daily use, in the background (PORT=9100)
	@node dist/infra/platform/main.js up $(if $(PORT),--port $(PORT))

down: ## stop it; its state is kept
	@node dist/infra/platform/main.js down

status: ## what runs
	@node dist/infra/platform/main.js status

reset: ## stop it and delete its state
	@node dist/infra/platform/main.js reset

map: build ## draws who reacts to what, from the tables that run, into docs/
	node dist/services/cli/map.js

simulate: build ## the choreography in virtual time under faults (SEEDS=1000, or SEED=4711 to repeat one)
	@node dist/tests/simulation/main.js $(if $(SEED),--seed $(SEED),--seeds $(or $(SEEDS),100) --from $(or $(FROM),1)) $(if $(COMMANDS),--commands $(COMMANDS)) $(if $(FAULTS),--faults $(FAULTS)) $(if $(WITHOUT),--without $(WITHOUT)) $(if $(JSON),--json)

faults: build ## kills of real processes, the real broker and the real store, 20 minutes (ROWS=1,2 FACTOR=0.02)
	@node dist/tests/faults/main.js $(if $(ROWS),--rows $(ROWS)) $(if $(FACTOR),--factor $(FACTOR))

resilience: build ## kills services under load, rolls all of them, takes the broker and the store away (ROWS=1 RATE=20)
	@node dist/tests/resilience/main.js $(if $(ROWS),--rows $(ROWS)) $(if $(RATE),--rate $(RATE))

bounds: build ## services within their memory: a million events, thousands of requests
	@node dist/tests/bounds/main.js

guarantees: build ## docs/guarantees.md: each promise with its proofs, as the last `make test` and `make faults` found them
	@node dist/tests/guarantees/main.js

bench: build ## Pitrix, the floor and what one would pick instead, measured in one run (ROWS=projection SCALE=0.05 RUNS=1 for less)
	@node dist/tests/bench/main.js $(if $(ROWS),--rows $(ROWS)) $(if $(SCALE),--scale $(SCALE)) $(if $(RUNS),--runs $(RUNS)) $(if $(ROLES),--roles $(ROLES)) $(if $(FOREIGN),--foreign $(FOREIGN)) $(if $(JSON),--json $(JSON)) $(if $(PROFILE),--profile $(PROFILE))

clean: ## compiled files
	rm -rf dist
