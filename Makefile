# make run: everything from nothing to the app on 127.0.0.1:8501. make test: everything that must hold.
PYTHON := .venv/bin/python
STORE := store
# What the tests open DOCX and XLSX with, and a font like Times New Roman that has all of Vietnamese.
OFFICE := --no-install-recommends libreoffice-writer-nogui libreoffice-calc-nogui fonts-liberation2

.PHONY: run full test requirements bench

run: .venv/run-ready
	$(PYTHON) cli.py rebuild --stale
	$(PYTHON) cli.py sample --publish --if-empty --days 14
	@echo "Tỉnh mô phỏng đầy đủ (60 ngày, khoảng 6 phút, 2 GB): make full"
	$(PYTHON) cli.py serve --demo

full: .venv/run-ready
	$(PYTHON) cli.py sample --publish --days 60

test: .venv/test-ready
	@command -v chromium >/dev/null || $(MAKE) --no-print-directory debian PACKAGES=chromium
	@command -v soffice >/dev/null || $(MAKE) --no-print-directory debian PACKAGES="$(OFFICE)"
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/ty check
	$(PYTHON) -m pytest --numprocesses 2 --dist loadfile

bench: .venv/test-ready
	PYTHONPATH=. $(PYTHON) tests/bench/bench.py $(STORE)

# Pins both files anew from pyproject.toml.
requirements: .venv/test-ready
	.venv/bin/uv pip compile --quiet --no-header --no-annotate pyproject.toml -o requirements.txt
	.venv/bin/uv pip compile --quiet --no-header --no-annotate pyproject.toml --group dev \
		-c requirements.txt -o requirements-dev.txt

.venv/run-ready: requirements.txt | .venv/bin/python
	$(PYTHON) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/test-ready: requirements-dev.txt | .venv/bin/python
	$(PYTHON) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

.venv/bin/python:
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Cần Python 3.11 trở lên; máy này có: $$(python3 --version 2>&1)."; exit 1; }
	@python3 -c 'import ensurepip, venv' 2>/dev/null || $(MAKE) --no-print-directory debian PACKAGES=python3-venv
	python3 -m venv .venv

# Debian packages, when this user may install them; otherwise a sentence that names what is missing.
.PHONY: debian
debian:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(PACKAGES); \
	else \
		echo "Thiếu gói Debian: $(PACKAGES). Hãy cài bằng quyền quản trị: apt-get install $(PACKAGES)"; exit 1; \
	fi
