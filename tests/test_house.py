"""The house rules a machine can hold: layers, SQL, metrics, requirements, documents."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import duckdb
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from queries.metrics import Metric, metric_definition, metric_names
from settings import SETTINGS

ROOT = Path(__file__).parent.parent

# Layers -------------------------------------------------------------------------------------

LAYERS = ["settings", "data", "queries", "display", "access", "pages", "app"]
MAY_IMPORT = {layer: LAYERS[: at + 1] for at, layer in enumerate(LAYERS)}
MAY_IMPORT["cli"] = LAYERS[: LAYERS.index("display") + 1]
LIBRARY_OF = {
    "streamlit": {"access", "pages", "app"},
    "duckdb": {"data", "queries"},
    "plotly": {"display"},
}


def sources(layer: str) -> list[Path]:
    folder = ROOT / layer
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]


def imported(path: Path) -> set[str]:
    """Top-level names a file imports, anywhere in it."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    modules = [alias.name for n in nodes if isinstance(n, ast.Import) for alias in n.names]
    modules += [n.module or "" for n in nodes if isinstance(n, ast.ImportFrom)]
    return {module.partition(".")[0] for module in modules}


@pytest.mark.parametrize("layer", MAY_IMPORT)
def test_imports_run_one_way_and_each_library_has_its_layer(layer):
    for path in sources(layer):
        names = imported(path)
        assert names & {*LAYERS, "cli", "tests"} <= set(MAY_IMPORT[layer]), path
        assert all(layer in LIBRARY_OF[name] for name in names & LIBRARY_OF.keys()), path


# SQL ----------------------------------------------------------------------------------------

SQL = sorted([*(ROOT / "queries").rglob("*.sql"), *(ROOT / "data").glob("*.sql")])
PORTABLE = [path for path in SQL if {"rollup", "data"} & set(path.relative_to(ROOT).parts)]
#: What at least one of DuckDB and Spark SQL lacks, or reads differently.
NOT_PORTABLE = (
    r"\bqualify\b|\bfilter\s*\(|within group|\blist\s*\(|\barray\w*\s*\(|\bapprox_|\bdate_diff|"
    r"\bnow\s*\(|\bcurrent_|group by all|\bpivot\b|\bunpivot\b|\bmode\s*\(|::|\bexclude\b|"
    r"\bstruct|\basof\b|\bpositional\b|\bsummarize\b|\bfirst\s*\(|\bmedian\b|\$|\bhugeint\b|//"
)


def ids(path: Path) -> str:
    return str(path.relative_to(ROOT))


def head(text: str) -> str:
    """The comment a file begins with."""
    return re.match(r"(--.*\n)*", text)[0]  # ty: ignore[not-subscriptable]


def code(text: str) -> str:
    """The text without comments and string literals."""
    return re.sub(r"--.*|'[^']*'", "", text)


@pytest.mark.parametrize("path", SQL, ids=ids)
def test_an_sql_file_is_one_statement_under_a_comment_that_names_its_parameters(path):
    text = path.read_text(encoding="utf-8")
    statements = duckdb.extract_statements(text)
    assert len(statements) == 1 or path.name == "views.sql"
    assert head(text).count("\n") >= 1
    named = set(re.findall(r"\$(\w+)", head(text)))
    assert named == set(re.findall(r"\$(\w+)", code(text)))


@pytest.mark.parametrize("path", SQL, ids=ids)
def test_sql_is_lower_case_indented_by_four_and_88_wide(path):
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    assert code(text) == code(text).lower()
    assert [n for n, line in enumerate(lines, 1) if len(line) > 88] == []
    indents = [len(line) - len(line.lstrip(" ")) for line in lines]
    assert [n for n, indent in enumerate(indents, 1) if indent % 4] == []
    assert "\t" not in text
    assert text.endswith("\n")


@pytest.mark.parametrize(
    "path", [p for p in SQL if p.name != "views.sql" and p.parent.name != "data"], ids=ids
)
def test_a_query_ends_in_a_total_order(path):
    clauses = [line for line in code(path.read_text(encoding="utf-8")).splitlines() if line]
    outermost = [line for line in clauses if not line.startswith((" ", ")"))]
    last = [line for line in outermost if not line.startswith("limit")][-1]
    assert last.startswith("order by")


@pytest.mark.parametrize("path", PORTABLE, ids=ids)
def test_a_rollup_is_written_in_what_both_engines_know(path):
    found = re.search(NOT_PORTABLE, code(path.read_text(encoding="utf-8")))
    assert found is None, found and found[0]


# Metrics ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", metric_names())
def test_a_metric_is_defined_in_words_with_an_owner_a_source_and_a_review(name):
    definition = metric_definition(name)
    texts = [value for value in definition if isinstance(value, str)]
    assert all(texts)
    assert definition.definition_version == f"v{definition.version}"
    assert definition.version >= 1
    days = (definition.review_by - definition.reviewed_on).days
    assert 0 < days <= 366 * 2


def test_every_metric_is_a_pair_of_files_with_a_specification_and_a_line_in_the_manual():
    folder = ROOT / "queries" / "metrics"
    manual = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    assert {path.stem for path in folder.glob("*.sql")} == set(metric_names())
    for name in metric_names():
        assert (ROOT / "tests" / "spec" / f"test_{name}.py").is_file()
        assert f"`{name}`" in manual


def test_a_definition_has_no_field_the_program_does_not_know():
    for name in metric_names():
        text = (ROOT / "queries" / "metrics" / f"{name}.toml").read_text(encoding="utf-8")
        assert {*tomllib.loads(text), "name"} == set(Metric._fields)


# Requirements -------------------------------------------------------------------------------

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUN = PROJECT["project"]["dependencies"]
DEV = [*RUN, *PROJECT["dependency-groups"]["dev"]]
FILES = [("requirements.txt", RUN), ("requirements-dev.txt", DEV)]


def pins(file: str) -> dict[str, str]:
    """Distribution -> version pinned in a requirements file."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): version.split(" ")[0] for name, version in pairs}


def closure(wanted: list[str]) -> set[str]:
    """Everything the wanted distributions need on this machine, by their installed metadata."""
    found: set[tuple[str, str]] = set()
    waiting = [(Requirement(text), "") for text in wanted]
    while waiting:
        requirement, extra = waiting.pop()
        applies = requirement.marker is None or requirement.marker.evaluate({"extra": extra})
        name = canonicalize_name(requirement.name)
        for own in ("", *requirement.extras) if applies else ():
            if (name, own) not in found:
                found.add((name, own))
                needs = metadata.requires(name) or []
                waiting += [(Requirement(text), own) for text in needs]
    return {name for name, _ in found}


@pytest.mark.parametrize("file, wanted", FILES)
def test_pins_are_all_that_the_project_needs_and_no_more(file, wanted):
    assert closure(wanted) == set(pins(file)), "make requirements"


@pytest.mark.parametrize("file, wanted", FILES)
def test_pins_lie_in_the_projects_ranges(file, wanted):
    for requirement in map(Requirement, wanted):
        assert pins(file)[canonicalize_name(requirement.name)] in requirement.specifier


def test_what_is_installed_is_what_is_pinned():
    installed = {name: metadata.version(name) for name in pins("requirements-dev.txt")}
    assert installed == pins("requirements-dev.txt")


def test_both_files_pin_the_same_versions():
    assert pins("requirements.txt").items() <= pins("requirements-dev.txt").items()


def test_this_python_is_one_the_project_admits():
    admitted = Requirement(f"python{PROJECT['project']['requires-python']}").specifier
    assert ".".join(map(str, sys.version_info[:3])) in admitted


# Documents ----------------------------------------------------------------------------------

MACHINE_PATH = re.compile(rf"/{'work'}/|/{'root'}/|/{'home'}/\w|[A-Z]:\\{'Users'}")
REGISTRY = re.compile(
    rf"--{'index'}-url|--extra-{'index'}|https?://[^\s\"']*/{'simple'}\b|:\d+/pypi"
)


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_no_file_names_a_machines_path_or_a_package_registry():
    for path in tracked():
        if path.is_file():
            text = path.read_bytes().decode("utf-8", errors="ignore")
            assert not MACHINE_PATH.search(text), path
            assert not REGISTRY.search(text), path


def test_no_file_carries_work_left_for_later():
    later = re.compile(rf"\b({'TO'}DO|{'FIX'}ME)\b")
    for path in tracked():
        if path.suffix in {".py", ".sql", ".toml"} and path.is_file():
            assert not later.search(path.read_text(encoding="utf-8")), path


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 80


def test_every_setting_is_in_the_manual():
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    manual = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    for entry in SETTINGS:
        assert f"TIENDO_{entry.name}" in manual
        assert entry.help.endswith(".")


@pytest.mark.parametrize("page", ["CHANGELOG.md", "docs/glossary.md", "docs/how-to.md"])
def test_the_documents_are_there(page):
    assert (ROOT / page).read_text(encoding="utf-8").strip()


def test_links_between_documents_lead_somewhere():
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        text = page.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page}: {target}"
