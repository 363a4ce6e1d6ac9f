"""The floors of the package, and how a broken rule is reported."""

import pytest

from tools import floors


@pytest.fixture
def project(tmp_path):
    """Write modules into a project; its folder."""

    def write(**modules: str):
        for name, text in modules.items():
            path = tmp_path / f"{name.replace('__', '/')}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    return write


@pytest.mark.parametrize(
    "line",
    [
        "from dockerlab.engine import find",
        "from dockerlab.engine.find import Engine",
        "import dockerlab.engine.find",
        "import dockerlab.engine.find as f",
        "from ..engine import find",
        "def later():\n    from dockerlab.engine import find",
        "if True:\n    import dockerlab.engine.find",
        "import importlib\nimportlib.import_module('dockerlab.engine.find')",
    ],
)
def test_an_import_of_a_higher_floor_is_found(project, line):
    folder = project(
        dockerlab__base__machine=line, dockerlab__engine__find="Engine = 1"
    )
    [fault] = floors.faults(folder)
    assert "imports dockerlab.engine.find, which is on a higher" in fault
    assert fault.startswith("dockerlab.base.machine line")


def test_an_import_of_the_same_or_a_lower_floor_is_allowed(project):
    folder = project(
        dockerlab__base__machine="import os\nfrom . import errors",
        dockerlab__base__errors="",
        dockerlab__engine__find="from dockerlab.base.machine import lock",
        tools__more="from dockerlab.engine import find\nfind.engine()",
    )
    assert floors.faults(folder) == []


@pytest.mark.parametrize(
    "line",
    [
        "from dockerlab.base.machine import _lock",
        "from dockerlab.base import machine\nmachine._lock()",
        "import dockerlab.base.machine as m\nm._lock()",
    ],
)
def test_a_private_name_of_another_module_is_found(project, line):
    folder = project(
        dockerlab__base__machine="_lock = 1", dockerlab__images=line
    )
    assert [x.partition(" uses ")[2] for x in floors.faults(folder)] == [
        "dockerlab.base.machine._lock, which is private."
    ]


def test_a_module_without_a_floor_is_found(project):
    folder = project(dockerlab__news="")
    assert floors.faults(folder) == [
        "dockerlab.news is on no floor: add it to tools/floors.py."
    ]


def test_the_package_does_not_import_tools(project):
    folder = project(dockerlab__lab="from tools import more", tools__more="")
    [fault] = floors.faults(folder)
    assert "imports tools.more, which is on a higher floor" in fault
