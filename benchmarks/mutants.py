"""Change one thing in a module, run the tests nearest to it, and see whether they notice.

Each mutant is one node of the syntax tree changed: a condition negated, a comparison or
arithmetic turned round, ``and`` for ``or``, a number one higher, a statement left out. It
lives in a copy of the checkout. A sample is drawn with a seed, so that a run can be had again.

    python -m benchmarks.mutants --sample 20 --seed 1
"""

from __future__ import annotations

import argparse
import ast
import copy
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_TIMELINE = "tests/storage/test_timeline.py tests/storage/test_derived_anew.py"
#: Modules, and the tests that ought to notice.
NEAREST = {
    "storage/record/timeline.py": _TIMELINE,
    "storage/record/revisions.py": _TIMELINE,
    "storage/record/lifecycle.py": "tests/storage/test_lifecycle.py",
    "storage/record/payloads.py": "tests/storage/test_payloads.py",
    "storage/file/pace.py": "tests/storage/test_pace.py",
    "corrigenda/verdicts.py": "tests/test_verdicts.py",
    "corrigenda/documents.py": "tests/documents tests/properties/test_documents_properties.py",
}
_OTHER: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE,
    ast.GtE: ast.Gt, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.And: ast.Or, ast.Or: ast.And, ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add,
}  # fmt: skip


def mutants(source: str) -> Iterator[tuple[int, str, str]]:
    """Yield line, what was changed, and the module with the change."""
    whole = ast.parse(source)
    for number, node in enumerate(ast.walk(whole)):
        for what in _changes(node):
            tree = copy.deepcopy(whole)
            target = next(n for i, n in enumerate(ast.walk(tree)) if i == number)
            _apply(target, what)
            yield getattr(node, "lineno", 0), what, ast.unparse(ast.fix_missing_locations(tree))


def _changes(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        yield "condition negated"
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in _OTHER:
        yield "comparison turned"
    elif isinstance(node, ast.BoolOp | ast.BinOp) and type(node.op) in _OTHER:
        yield "operator turned"
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield "one more"
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield "statement left out"


def _apply(node: ast.AST, what: str) -> None:
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        node.test = ast.UnaryOp(ast.Not(), node.test)
    elif isinstance(node, ast.Compare):
        node.ops[0] = _OTHER[type(node.ops[0])]()  # type: ignore[assignment]
    elif isinstance(node, ast.BoolOp | ast.BinOp):
        node.op = _OTHER[type(node.op)]()  # type: ignore[assignment]
    elif isinstance(node, ast.Constant):
        node.value += 1  # type: ignore[operator]
    elif isinstance(node, ast.Expr):
        node.value = ast.Constant(None)


def notices(folder: Path, tests: str) -> bool:
    """Tell whether the tests fail, or hang, in a checkout."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests.split()]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=300)
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0


def main() -> None:
    """Try a sample of each module's mutants and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=20, help="Mutants of each module.")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--only", default="", help="Modules whose path holds this.")
    asked = parser.parse_args()
    print(f"seed {asked.seed}")
    survivors, rows = [], []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "checkout"
        kept = shutil.ignore_patterns(".*", "__pycache__")
        shutil.copytree(ROOT, folder, ignore=kept)
        for name, tests in NEAREST.items():
            if asked.only not in name:
                continue
            source = (ROOT / name).read_text("utf-8")
            if notices(folder, tests):
                raise SystemExit(f"{tests}: fails without any change; nothing can be learnt")
            found = list(mutants(source))
            sample = random.Random(asked.seed).sample(found, min(asked.sample, len(found)))
            killed = 0
            for line, what, text in sample:
                (folder / name).write_text(text, "utf-8")
                if notices(folder, tests):
                    killed += 1
                else:
                    survivors.append(f"{name}:{line}: {what}")
                    print(f"lived: {survivors[-1]}", flush=True)
            (folder / name).write_text(source, "utf-8")
            rows.append(f"{name:<32} {killed:>4} of {len(sample):>3} killed, of {len(found)}")
            print(rows[-1], flush=True)
    print(f"\n{len(survivors)} lived.")


if __name__ == "__main__":
    main()
