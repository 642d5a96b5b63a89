# Pitrix: `make demo` runs the main job on real parts, `make test` checks everything. `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help install build generate schemas-check lint test long-test third-party-test kubernetes-test unit demo up down status reset map simulate planted faults attack guarantees bench replay clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

node_modules/.installed: package.json package-lock.json
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

install: node_modules/.installed ## install npm packages

build: install ## compile into dist/
	@rm -rf dist && node_modules/.bin/tsc

generate: install ## generate types and ids from schemas/
	node schemas/generate.mjs

schemas-check: install ## check that every change of an event keeps all versions and consumers readable
	node schemas/generate.mjs --check

lint: build ## check format, lint rules, and layers, circles, purity and starts of processes
	node_modules/.bin/biome check --error-on-warnings .
	node dist/infra/lint/main.js

test: install ## run all checks: lint, types, freshness, compatibility, unit, simulation and integration tests
	@node tests/runner/main.mjs

long-test: install ## run the tests that are too long for `make test`: short fault, benchmark and operator runs, moves, kills (MATCH=text selects some)
	@node tests/runner/main.mjs --only long $(if $(MATCH),--match $(MATCH))

third-party-test: build ## let stock clients of other languages read every event (Go, Java, Confluent's for Node, another registry)
	@node --test --test-concurrency=1 dist/tests/third-party/*.clients.js

kubernetes-test: build ## run all tests of the Kubernetes provider on a real API, built once in 10 minutes, with both majors of helm; and a real registry (KILLS=30)
	@PITRIX_KUBERNETES_TEST=$(or $(KILLS),30) node --test --test-concurrency=1 dist/tests/services/providers/kubernetes/*.integration.js dist/tests/services/providers/kubernetes/*.long.js dist/tests/services/providers/kubernetes/*.real.js dist/tests/services/repo/*.real.js

unit: install ## run the unit tests only (MATCH=text selects some)
	@node tests/runner/main.mjs --only unit $(if $(MATCH),--match $(MATCH))

demo: build ## run the main job on real parts (ONCE=1: exit after the last step)
	@node dist/infra/demo/main.js $(if $(ONCE),--once)

up: build ## start the platform in the background (PORT=9100)
	@node dist/infra/platform/main.js up $(if $(PORT),--port $(PORT))

down: ## stop the platform; keep its state
	@node dist/infra/platform/main.js down

status: ## show the running services
	@node dist/infra/platform/main.js status

reset: ## stop the platform and delete its state
	@node dist/infra/platform/main.js reset

map: build ## draw which service reacts to which event into docs/, from the running tables
	node dist/services/cli/map.js

simulate: build ## run the choreography in virtual time under faults (SEEDS=1000, or SEED=4711 to repeat one seed)
	@node dist/tests/simulation/main.js $(if $(SEED),--seed $(SEED),--seeds $(or $(SEEDS),100) --from $(or $(FROM),1)) $(if $(COMMANDS),--commands $(COMMANDS)) $(if $(FAULTS),--faults $(FAULTS)) $(if $(WITHOUT),--without $(WITHOUT)) $(if $(JSON),--json)

planted: build ## plant every bug of docs/simulation.md again, and run its seed
	@node dist/tests/simulation/planted-main.js --known

faults: build ## kill real processes, the broker and the store for 20 minutes (ROWS=1,2 FACTOR=0.02 UPDATE=1)
	@node dist/tests/faults/main.js $(if $(ROWS),--rows $(ROWS)) $(if $(FACTOR),--factor $(FACTOR)) $(if $(UPDATE),--update)

resilience: build ## kill and roll services under load, stop the broker and the store (ROWS=1 RATE=20)
	@node dist/tests/resilience/main.js $(if $(ROWS),--rows $(ROWS)) $(if $(RATE),--rate $(RATE))

attack: build ## attack a platform of its own in every way that is known (ONLY=people,kafka URL= SEED= JSON=1)
	@node dist/tests/attack/main.js $(if $(ONLY),--only "$(ONLY)") $(if $(URL),--url $(URL)) $(if $(SEED),--seed $(SEED)) $(if $(JSON),--json)

bounds: build ## test memory limits with a million events and thousands of requests
	@node dist/tests/bounds/main.js

replay: build ## rebuild a read model of a million events while more are written (SCALE=0.05 UPDATE=1: docs/replay.md)
	@node dist/tests/replay/main.js $(if $(SCALE),--scale $(SCALE)) $(if $(UPDATE),--update)

guarantees: build ## write docs/guarantees.md: promises and proofs, from the results of the last `make test` and `make faults`
	@node dist/tests/guarantees/main.js

bench: build ## measure Pitrix, the floor and the alternatives in one run (ROWS=projection SCALE=0.05 RUNS=1 for less)
	@node dist/tests/bench/main.js $(if $(ROWS),--rows $(ROWS)) $(if $(SCALE),--scale $(SCALE)) $(if $(RUNS),--runs $(RUNS)) $(if $(ROLES),--roles $(ROLES)) $(if $(FOREIGN),--foreign $(FOREIGN)) $(if $(JSON),--json $(JSON)) $(if $(PROFILE),--profile $(PROFILE))

clean: ## delete compiled files
	rm -rf dist
