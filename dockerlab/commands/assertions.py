"""Assertions in a notebook that fail show the values that they compared.

A plain `assert` gives no reason, and a cell that failed on another machine
cannot be looked at. IPython changes the tree of each cell with `Shown`.
"""

import ast

LONGEST = 400  # characters of one value


class Shown(ast.NodeTransformer):
    """Give each `assert` without a message one: its parts and their values.

    A part is a name, an attribute or an element. Calls are left out, because
    a second call can have another result.
    """

    def visit_Assert(self, node: ast.Assert) -> ast.Assert:
        """Return the statement with its message."""
        parts = {ast.unparse(part): part for part in _parts(node.test)}
        if node.msg is None and parts:
            texts: list[ast.expr] = []
            for text, part in parts.items():
                start = f"{', ' if texts else ''}{text} is "
                texts += [ast.Constant(start), _shortened(part)]
            node.msg = ast.JoinedStr(texts)
            ast.copy_location(node.msg, node.test)
            ast.fix_missing_locations(node)
        return node


def _parts(test: ast.expr) -> list[ast.expr]:
    """The parts of a test whose values can be read once more."""
    if isinstance(test, ast.Compare):
        sides = [test.left, *test.comparators]
    elif isinstance(test, ast.BoolOp):
        return [part for value in test.values for part in _parts(value)]
    elif isinstance(test, ast.UnaryOp):
        return _parts(test.operand)
    else:
        sides = [test]
    return [side for side in sides if _can_be_read(side)]


def _can_be_read(side: ast.expr) -> bool:
    while isinstance(side, (ast.Attribute, ast.Subscript)):
        if isinstance(side, ast.Subscript) and any(
            isinstance(node, (ast.Call, ast.NamedExpr))
            for node in ast.walk(side.slice)
        ):
            return False
        side = side.value
    return isinstance(side, ast.Name)


def _shortened(part: ast.expr) -> ast.FormattedValue:
    """The value as `repr` writes it, up to some length."""
    length = ast.JoinedStr([ast.Constant(f".{LONGEST}")])
    return ast.FormattedValue(part, ord("r"), length)
