# Everything needs Go and a shell; what else a target needs, it fetches or names.

TOOLS := .cache/tools
GOTESTSUM := $(TOOLS)/gotestsum
# Further flags for `go test`, as in: make test TESTFLAGS='-race -run Webhook'
TESTFLAGS ?=
# The packages that make test and make check look at.
PACKAGES ?= ./...

.DEFAULT_GOAL := help

.PHONY: help
help: ## say what there is
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##  run

.PHONY: build
build: bin/certflow bin/temporald ## build bin/certflow and bin/temporald

.PHONY: demo
demo: build stack-packages ## send sample certificates through the whole stack, print the verdicts, stop
	bin/certflow demo

.PHONY: dev
dev: build stack-packages ## keep the whole stack up: API on 8080, Temporal's UI on 8233, until Ctrl-C
	bin/certflow dev

# Go's own cache knows best what is up to date.
.PHONY: bin/certflow
bin/certflow:
	go build -o bin/certflow ./cmd/certflow

.PHONY: bin/temporald
bin/temporald:
	@tools/build-temporald.sh

.PHONY: stack-packages
stack-packages:
	@tools/system-packages.sh postgresql poppler tesseract

##  judge

.PHONY: test
test: bin/temporald stack-packages $(GOTESTSUM) ## run every test on real servers; the last line counts them
	@tools/system-packages.sh curl python
	@$(GOTESTSUM) --format pkgname --format-hide-empty-pkg --jsonfile .cache/tests.json --post-run-command tools/count-tests.sh -- \
		-count=1 -timeout 20m $(TESTFLAGS) $(PACKAGES)

.PHONY: test-upgrade
test-upgrade: bin/temporald stack-packages ## run the last release's binary on the present schema, beside the present build; needs a tag
	@go test -count=1 -timeout 10m -v -run TheLastRelease ./internal/deploytest

.PHONY: check
check: check-format check-vet check-static check-workflows check-spec check-alerts check-generated check-console ## all that can be judged without running: format, vet, staticcheck, workflowcheck, spec, alerts, generated files

.PHONY: check-format
check-format:
	@echo "gofmt"
	@unformatted=$$(gofmt -l .); [ -z "$$unformatted" ] || { echo "not formatted (gofmt -w mends it):"; echo "$$unformatted"; exit 1; }

.PHONY: check-vet
check-vet:
	@echo "go vet"
	@go vet $(PACKAGES)
	@cd tools && go vet ./...

.PHONY: check-static
check-static: $(TOOLS)/staticcheck
	@echo "staticcheck"
	@$(TOOLS)/staticcheck $(PACKAGES)
	@cd tools && ../$(TOOLS)/staticcheck ./...

.PHONY: check-workflows
check-workflows: $(TOOLS)/workflowcheck
	@echo "workflowcheck"
	@$(TOOLS)/workflowcheck ./workflows/...

.PHONY: check-spec
check-spec: $(TOOLS)/speclint
	@echo "speclint"
	@cd tools && go test ./...
	@$(TOOLS)/speclint api/openapi.yaml

.PHONY: check-alerts
check-alerts:
	@echo "promtool"
	@tools/system-packages.sh promtool
	@go test -count=1 -run 'Prometheus|Alert|Dashboard|Metric' ./deploy

.PHONY: check-generated
check-generated:
	@echo "go generate"
	@tools/check-generated.sh

.PHONY: check-console
check-console:
	@tools/check-console.sh

.PHONY: test-browser
test-browser: build stack-packages console/web/node_modules ## drive the console with Chromium as an operator would, and have axe judge every page
	@tools/system-packages.sh chromium
	@cd console/web && npm run --silent e2e

.PHONY: screenshots
screenshots: build stack-packages console/web/node_modules ## keep a picture of every page of the console in .cache/screenshots, and those of README.md in docs/pictures
	@tools/system-packages.sh chromium
	@cd console/web && SCREENSHOTS=../../.cache/screenshots PICTURES=../../docs/pictures npm run --silent e2e

console/web/node_modules: console/web/package-lock.json
	@command -v npm >/dev/null || { echo "npm is missing: install Node 20 or later" >&2; exit 1; }
	@cd console/web && npm ci --no-audit --no-fund --silent && touch node_modules

.PHONY: chaos
chaos: build stack-packages ## kill, pause and cut off every part under load for 3 minutes and prove that nothing is lost; CHAOSFLAGS='--for 30m --seed 7' chooses; on Linux
	@bin/certflow chaos $(CHAOSFLAGS)

.PHONY: vuln
vuln: $(TOOLS)/govulncheck ## ask vuln.go.dev for known faults in what is called; GOVULNDB=URL asks another database
	@tools/vuln.sh $(TOOLS)/govulncheck $(PACKAGES)

##  measure

.PHONY: eval
eval: bin/certflow ## measure reading against transcribed certificates in ../shared/acord, where that folder is there
	@[ -d ../shared/acord ] || { echo "../shared/acord is absent: make eval has nothing to measure (certflow eval --generated 500 --scans 20 draws its own)"; exit 0; }; \
	tools/system-packages.sh poppler tesseract && \
	bin/certflow eval --min-form 0.995 --min-text 0.99 --min-scan 0.95 --max-sure 0 --max-mistaken 0 --max-overconfident 0.02 ../shared/acord

.PHONY: bench
bench: build stack-packages ## measure speed, memory and fairness against their targets; takes about 8 minutes, on Linux, alone on the machine
	@mkdir -p .cache
	@bin/certflow bench --json .cache/bench.json

##  change

.PHONY: generate
generate: ## write the generated files anew
	go generate ./...

.PHONY: clean
clean: ## remove what make built; the state in .certflow/ stays
	rm -rf bin .cache

# The tools' versions stand in tools/go.mod.
$(TOOLS)/%: tools/go.mod tools/go.sum
	@echo "building $(@F)"
	@mkdir -p $(TOOLS)
	@GOBIN=$(CURDIR)/$(TOOLS) go -C tools install $(tool-$(@F))
	@touch $@

tool-gotestsum := gotest.tools/gotestsum
tool-govulncheck := golang.org/x/vuln/cmd/govulncheck
tool-speclint := ./speclint
tool-staticcheck := honnef.co/go/tools/cmd/staticcheck
tool-workflowcheck := go.temporal.io/sdk/contrib/tools/workflowcheck

$(TOOLS)/speclint: $(wildcard tools/speclint/*.go)
