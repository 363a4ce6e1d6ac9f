"""Figures of the code's structure: `python -m tools.figures [FOLDER]`.

Prints how many modules of the package have more than 400 lines, how many
functions more than 50, and how many imports lead to a higher floor.
"""

import ast
import pathlib
import sys
from collections.abc import Iterator

from dockerlab import paths
from tools import floors

MODULE_LINES = 400
FUNCTION_LINES = 50


def long_modules(project: pathlib.Path) -> dict[str, int]:
    """The lines of each module of the package that is too long."""
    found = {}
    for path in sorted((project / floors.PACKAGE).rglob("*.py")):
        lines = len(path.read_text("utf-8").splitlines())
        if lines > MODULE_LINES:
            found[path.relative_to(project).as_posix()] = lines
    return found


def long_functions(project: pathlib.Path) -> dict[str, int]:
    """The lines of each function of the package that is too long."""
    found = {}
    for path in sorted((project / floors.PACKAGE).rglob("*.py")):
        for function in _functions(ast.parse(path.read_text("utf-8"))):
            lines = (function.end_lineno or 0) - function.lineno + 1
            if lines > FUNCTION_LINES:
                place = path.relative_to(project).as_posix()
                found[f"{place}: {function.name}"] = lines
    return found


def _functions(
    tree: ast.AST,
) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node


def main() -> None:
    """Print the figures of a project, and what is behind them."""
    named = sys.argv[1:]
    project = pathlib.Path(named[0]).resolve() if named else paths.PROJECT
    modules, functions = long_modules(project), long_functions(project)
    upward = floors.upward(floors.imports(project))
    print(f"modules over {MODULE_LINES} lines: {len(modules)}")
    for name, lines in modules.items():
        print(f"  {lines} {name}")
    print(f"functions over {FUNCTION_LINES} lines: {len(functions)}")
    for name, lines in functions.items():
        print(f"  {lines} {name}")
    print(f"imports upward: {len(upward)}")
    for sentence in upward:
        print(f"  {sentence}")


if __name__ == "__main__":
    main()
