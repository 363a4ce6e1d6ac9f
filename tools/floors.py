"""The floors of the package: who may import whom.

A module imports modules of its own floor and of the floors below it, never
of a floor above. The imports inside functions count too. No module imports a
private name (one that begins with an underscore) of another module.
"""

import ast
import dataclasses
import functools
import pathlib
from collections.abc import Iterator

from dockerlab import paths

PACKAGE = "dockerlab"
# The lowest floor first. A package stands for all its modules.
FLOORS = (
    ("base", "paths"),
    ("engine",),
    (
        "archives",
        "buildlog",
        "builds",
        "compose",
        "debian",
        "elf",
        "faults",
        "handmade",
        "health",
        "host_file",
        "host_view",
        "https_index",
        "hub",
        "images",
        "instructions",
        "leaks",
        "linters",
        "packages",
        "pages",
        "pipelines",
        "programs",
        "registries",
        "rights",
        "scan",
        "services",
        "signing",
        "symptoms",
        "terminal",
        "timing",
        "traffic",
        "usage",
        "vm",
        "wheels",
    ),
    ("course",),
    ("workspace", "lab"),
    ("pictures", "checks", "quizzes"),
    ("commands",),
    ("__main__",),
)
# Their code uses the package, and nothing in the package may import them.
OUTSIDE = ("tools", "benchmarks")


@dataclasses.dataclass(frozen=True)
class Import:
    """One imported name: who imports it, where, and what it is.

    Attributes:
        importer: the dotted name of the module that imports.
        module: the dotted name of the imported module.
        name: the name taken from that module, empty for the module itself.
    """

    importer: str
    line: int
    module: str
    name: str = ""


def modules(project: pathlib.Path) -> dict[str, pathlib.Path]:
    """The files of the project's own modules, by dotted name."""
    found = {}
    for top in (PACKAGE, *OUTSIDE):
        for path in sorted((project / top).rglob("*.py")):
            parts = path.relative_to(project).with_suffix("").parts
            if parts[-1] == "__init__":
                parts = parts[:-1]
            found[".".join(parts)] = path
    return found


def imports(project: pathlib.Path = paths.PROJECT) -> list[Import]:
    """Every import of a module of ours by another one."""
    files = modules(project)
    return [
        one
        for importer, path in files.items()
        for one in _imports_of(importer, path, files)
        if one.module != importer
    ]


def _imports_of(
    importer: str, path: pathlib.Path, files: dict[str, pathlib.Path]
) -> Iterator[Import]:
    tree = ast.parse(path.read_text("utf-8"), str(path))
    bound: dict[str, str] = {}  # name in this file -> module that it is
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name in files:
                    yield Import(importer, node.lineno, alias.name)
                    if alias.asname:
                        bound[alias.asname] = alias.name
        elif isinstance(node, ast.ImportFrom):
            source = _source(importer, path, node)
            for alias in node.names:
                module = f"{source}.{alias.name}"
                if module in files:
                    yield Import(importer, node.lineno, module)
                    bound[alias.asname or alias.name] = module
                elif source in files:
                    yield Import(importer, node.lineno, source, alias.name)
        elif isinstance(node, ast.Call):
            module = _loaded(node)
            if module in files:
                yield Import(importer, node.lineno, module)
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in bound
        ):
            module = bound[node.value.id]
            yield Import(importer, node.lineno, module, node.attr)


def _source(importer: str, path: pathlib.Path, node: ast.ImportFrom) -> str:
    """The module after `from`, with a relative one made absolute."""
    if not node.level:
        return node.module or ""
    parts = importer.split(".")
    if path.name == "__init__.py":
        parts.append("")
    return ".".join([*parts[: -node.level], *filter(None, [node.module])])


def _loaded(node: ast.Call) -> str:
    """The module that an `import_module("...")` call loads, else empty.

    Of an f-string the fixed beginning counts, without its last dot.
    """
    called = node.func
    name = getattr(called, "attr", getattr(called, "id", ""))
    if name != "import_module" or not node.args:
        return ""
    first = node.args[0]
    if isinstance(first, ast.JoinedStr) and first.values:
        first = first.values[0]
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        return first.value.rstrip(".")
    return ""


@functools.cache
def _heights() -> dict[str, int]:
    return {
        name: height for height, floor in enumerate(FLOORS) for name in floor
    }


def height(module: str) -> int | None:
    """The floor of a module of the package, from 0; None without one."""
    top, _, rest = module.partition(".")
    if top in OUTSIDE:
        return len(FLOORS)
    return _heights().get(rest.partition(".")[0])


def upward(found: list[Import]) -> list[str]:
    """The imports of a higher floor, a sentence each."""
    wrong = []
    for one in found:
        here, there = height(one.importer), height(one.module)
        if here is not None and there is not None and there > here:
            wrong.append(
                f"{one.importer} line {one.line} imports {one.module}, which"
                " is on a higher floor."
            )
    return sorted(set(wrong))


def private(found: list[Import]) -> list[str]:
    """The uses of another module's private names, a sentence each."""
    return sorted(
        {
            f"{one.importer} line {one.line} uses {one.module}.{one.name},"
            " which is private."
            for one in found
            if one.name.startswith("_") and not one.name.startswith("__")
        }
    )


def without_floor(project: pathlib.Path = paths.PROJECT) -> list[str]:
    """The modules that the table of floors does not have, a sentence each."""
    return [
        f"{name} is on no floor: add it to tools/floors.py."
        for name in modules(project)
        if name != PACKAGE and height(name) is None
    ]


def faults(project: pathlib.Path = paths.PROJECT) -> list[str]:
    """Everything that breaks the rules of the floors, a sentence each."""
    found = imports(project)
    return [*without_floor(project), *upward(found), *private(found)]
