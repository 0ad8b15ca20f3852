"""The sandbox knows nothing of the product: neither its code nor its seeds."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SANDBOX = Path(__file__).parents[2] / "sandbox"
ROOMS = {"sources", "warehouse", "dbt_project", "expectations", "pipelines", "reports", "bench", "tests"}
MODULES = sorted(SANDBOX.rglob("*.py"))


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "absolute imports only, so that this test sees them"
            found.add(node.module)
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_imports_no_other_room(path):
    assert not {name.split(".")[0] for name in imported(path)} & ROOMS


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_names_no_place_of_the_product(path):
    """No path into another room, and no import by name, which `imported` could not see."""
    texts = {node.value for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert not [text for text in texts if "dbt_project" in text or "seeds/" in text]
    assert "importlib" not in imported(path) and "__import__" not in path.read_text(encoding="utf-8")


def test_the_truth_uses_no_binary_fractions():
    """Neither float(...) nor a decimal point may stand where the truth is computed."""
    names = [path.name for path in MODULES if "truth" in path.name]
    assert len(names) == 8
    for name in (*names, "indicator_row.py", "standard.py"):
        for node in ast.walk(ast.parse((SANDBOX / name).read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), f"{name}:{node.lineno}"
            assert not (isinstance(node, ast.Name) and node.id == "float"), f"{name}:{node.lineno}"


def test_importing_makes_nothing_heavy():
    """The command line imports make and serve: no numpy, Arrow, server or workbook writer with them."""
    code = "import sys, sandbox.make, sandbox.serve; print(*{m.split('.')[0] for m in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"numpy", "pyarrow", "starlette", "uvicorn", "xlsxwriter"} & set(loaded)
