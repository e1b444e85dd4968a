"""The rules of the house: what `rag` exports, what importing it costs, which way imports run."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from setuptools import find_packages

import rag

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "rag").rglob("*.py"))

# A module may import from its own layer and from those before it, never from a later one.
LAYERS = [
    "errors",
    "types",
    "config",
    "tracing",
    "serialize",
    "models",
    "ingest",
    "analysis",
    "store",
    "retrieval",
    "indexing",
    "answering",
    "archive",
    "terminal",
    "evaluation",
    "web",
    "cli",
]

PUBLIC = [
    "Answer",
    "Archive",
    "Article",
    "ArticleError",
    "BackendError",
    "Citation",
    "ConfigError",
    "Copy",
    "Coverage",
    "Day",
    "Event",
    "Filters",
    "Hit",
    "IndexLocked",
    "IndexMismatch",
    "IndexNotFound",
    "IngestReport",
    "MissingDependency",
    "Passage",
    "Position",
    "Progress",
    "RagError",
    "SavedAnswer",
    "SavedCitation",
    "Settings",
    "Skipped",
    "Span",
    "Statement",
    "Status",
    "Version",
]

HEAVY = {"faiss", "gradio", "numpy", "onnxruntime", "sentence_transformers", "spacy", "tantivy"}
HEAVY |= {"dateparser", "matplotlib", "torch", "trafilatura", "transformers"}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in SOURCES}


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imported(node: ast.AST, importer: str) -> Iterator[str]:
    """The modules that an import statement names, as full dotted names."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            is_package = MODULES[importer].name == "__init__.py"
            parts = importer.split(".")
            parts = parts[: len(parts) - node.level + is_package]
            base = ".".join([*parts, base] if base else parts)
        for alias in node.names:
            whole = f"{base}.{alias.name}"
            yield whole if whole in MODULES else base


def for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def imports_on_loading(node: ast.AST, importer: str) -> Iterator[str]:
    """What loading the module imports: nothing inside functions or for type checkers alone."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if for_types_only(child):
            continue
        yield from imported(child, importer)
        yield from imports_on_loading(child, importer)


def all_imports(importer: str) -> Iterator[str]:
    for node in ast.walk(parse(MODULES[importer])):
        yield from imported(node, importer)


def layer(module: str) -> int:
    return LAYERS.index(module.split(".")[1])


def test_the_public_names_are_these_and_each_is_there():
    assert rag.__all__ == PUBLIC
    assert set(PUBLIC) <= set(dir(rag))
    for name in PUBLIC:
        assert getattr(rag, name).__name__ == name
    with pytest.raises(AttributeError, match="has no attribute 'Oracle'"):
        rag.Oracle  # noqa: B018


@pytest.mark.parametrize("statement", ["import rag", "from rag import Article, Filters, RagError"])
def test_importing_rag_loads_nothing_heavy(statement):
    code = f"{statement}; import sys; print(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert HEAVY.isdisjoint(done.stdout.split())


def test_asking_for_help_loads_nothing_heavy():
    code = "import sys; from rag.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
    code += "print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("usage: dateline")
    assert HEAVY.isdisjoint(done.stdout.split())


@pytest.mark.parametrize("module", sorted(MODULES.keys() - {"rag"}))
def test_imports_run_upwards_only(module):
    below = {
        name
        for name in all_imports(module)
        if name.startswith("rag.") and layer(name) > layer(module)
    }
    assert not below, f"{module} imports from a later layer"


def test_no_circle_of_imports():
    graph = {
        module: {
            name
            for name in imports_on_loading(parse(path), module)
            if name in MODULES and name != module
        }
        for module, path in MODULES.items()
        if module != "rag"
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"these modules import one another: {' -> '.join(error.args[1])}")


def test_nothing_imports_the_index_folder():
    for module in MODULES:
        assert "index" not in {name.split(".")[0] for name in all_imports(module)}


def test_only_the_package_is_installed():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    include = project["tool"]["setuptools"]["packages"]["find"]["include"]
    assert include == ["rag*"]
    packages = find_packages(str(ROOT), include=include)
    folders = {module_name(path) for path in SOURCES if path.name == "__init__.py"}
    assert set(packages) == folders
    assert {path.parent for path in SOURCES} == {MODULES[name].parent for name in folders}


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_modules_stay_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 450


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_nothing_turns_data_into_code(path):
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called not in {"eval", "exec", "compile", "os.system", "os.popen"}, called
            for keyword in node.keywords:
                if keyword.arg == "shell":
                    assert ast.unparse(keyword.value) == "False"
                if keyword.arg == "allow_pickle":
                    assert ast.unparse(keyword.value) == "False"
        if isinstance(node, ast.Import | ast.ImportFrom):
            roots = {name.split(".")[0] for name in imported(node, module_name(path))}
            assert roots.isdisjoint({"pickle", "cPickle", "dill", "marshal", "shelve"})
