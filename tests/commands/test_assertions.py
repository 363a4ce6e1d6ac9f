"""What an assertion that fails says about the values it compared."""

import ast
import copy
import types

import pytest

from dockerlab.commands.assertions import LONGEST, Shown

STEP = types.SimpleNamespace(name="COPY", cached=False, all=[1, 2])
KNOWN = {"step": STEP, "steps": [STEP.name], "n": 0, "long": "x" * 9_000}


def message(source: str) -> str:
    """What a failing statement says, as a cell of a notebook."""
    tree = Shown().visit(ast.parse(source))
    with pytest.raises(AssertionError) as failed:
        exec(compile(tree, "cell", "exec"), copy.deepcopy(KNOWN))
    return str(failed.value)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("assert step.all == []", "step.all is [1, 2]"),
        ("assert steps[n] == 'RUN'", "steps[n] is 'COPY'"),
        ("assert not step.name", "step.name is 'COPY'"),
        ("assert n > 0 and step.cached", "n is 0, step.cached is False"),
        ("assert step.name in step.all", "step.name is 'COPY', step.all is"),
        ("def f():\n    assert n\nf()", "n is 0"),
    ],
)
def test_says_the_values(source, said):
    assert message(source).startswith(said)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("assert n, 'my reason'", "my reason"),
        ("assert steps.pop() == 'RUN'", ""),
        ("assert steps[steps.index('COPY')] == 'RUN'", ""),
        ("assert all(one == 1 for one in steps)", ""),
    ],
)
def test_keeps_a_reason_and_calls_nothing_again(source, said):
    assert message(source) == said


def test_a_long_value_is_shortened():
    assert len(message("assert long == 1")) < LONGEST + 20


def test_one_that_holds_says_nothing():
    tree = Shown().visit(ast.parse("assert step.name == 'COPY'"))
    exec(compile(tree, "cell", "exec"), copy.deepcopy(KNOWN))
