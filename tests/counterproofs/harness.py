"""Counter-proofs: one change to a notebook, and its proof must fail.

A proof cell shows that a claim is true. A counter-proof shows that the proof
can fail: it changes one cell so that the claim becomes false, runs the
notebook up to the proof, and expects an AssertionError from the proof and
from no other cell. `tests/counterproofs/<slug>.py` holds the changes of one
notebook:

    NEEDS = {"own-filesystem": "e530427a 9eb7425f fd07061b"}
    CHANGES = {
        "own-filesystem": [
            Change(
                cell="fd07061b",
                old="touch /only-in-a",
                new="true",
                because="A file that nobody wrote is in no container.",
            ),
        ],
    }
"""

import ast
import dataclasses
import importlib.util
import pathlib
import re
from collections.abc import Iterable

import nbformat

from dockerlab.course import cells, table
from dockerlab.course.running import CellError, Run

HERE = pathlib.Path(__file__).parent
# Removes what the changed notebook created; its own last cell did not run.
CLOSING = "lab.close()"


class BadChangeError(Exception):
    """A change that does not fit the notebook."""


class CounterProofError(AssertionError):
    """A run that did not end as it must."""


@dataclasses.dataclass(frozen=True)
class Change:
    """One change to a notebook that makes a claim false.

    Everything that a changed cell creates must have the course's label, or
    the notebook's next run does not start: use anonymous volumes, and names
    with the notebook's prefix.

    Attributes:
        cell: id of the cell that is changed.
        old: text in that cell, which is there exactly once.
        new: the text in its place.
        because: one sentence: why the claim is false with this change.
        also: further edits that belong to the change, each as the cell's id,
            the old and the new text.
        proof: id of the proof cell, where a claim has several; the first one
            by default.
        skip: ids of cells that need not run before the proof.
        sample: whether `make test` runs it; `make test-all` runs all.
    """

    cell: str
    old: str
    new: str
    because: str
    also: tuple[tuple[str, str, str], ...] = ()
    proof: str = ""
    skip: tuple[str, ...] = ()
    sample: bool = False

    @property
    def edits(self) -> list[tuple[str, str, str]]:
        """Every edit: the cell's id, the old and the new text."""
        return [(self.cell, self.old, self.new), *self.also]


@dataclasses.dataclass(frozen=True)
class Book:
    """The counter-proofs of one notebook.

    Attributes:
        path: the notebook's file.
        changes: for each claim its changes.
        needs: for a claim, or for the id of a proof cell where a claim has
            several, the ids of the cells that the proof needs, with spaces
            between them. Only these run, the cells tagged `setup` before
            the proof, and the proof. A proof that is missing here needs
            every cell before it.
    """

    path: pathlib.Path
    changes: dict[str, list[Change]]
    needs: dict[str, str] = dataclasses.field(default_factory=dict)

    @property
    def slug(self) -> str:
        """The notebook's slug."""
        return self.path.stem.partition("_")[2]

    def proof(self, claim: str, change: Change | None = None) -> str:
        """The id of the cell that proves a claim.

        Raises:
            BadChangeError: there is none, or not the one that is wanted.
        """
        found = [
            cell.id
            for cell in cells.code(self.path)
            if claim in cell.tagged("claim:") and asserts(cell.source)
        ]
        if not found:
            raise BadChangeError(f"No cell of {self.slug} proves {claim}.")
        wanted = change.proof if change and change.proof else found[0]
        if wanted not in found:
            raise BadChangeError(
                f"Cell {wanted} of {self.slug} does not prove {claim};"
                f" these cells do: {', '.join(found)}."
            )
        return wanted

    def plan(self, claim: str, change: Change | None = None) -> list[str]:
        """The ids of the code cells that run, in order; the proof is last.

        Raises:
            BadChangeError: a cell that is named is not there, or comes after
                the proof, or is left out although it is changed.
        """
        code = cells.code(self.path)
        proof = self.proof(claim, change)
        needed = self.needed(claim, proof)
        before = code[: [cell.id for cell in code].index(proof)]
        edited = {cell for cell, _, _ in change.edits} if change else set()
        skipped = set(change.skip) if change else set()
        named = {*(needed or ()), *skipped, *(edited - {proof})}
        missing = named - {cell.id for cell in before}
        if missing:
            raise BadChangeError(
                f"{self.slug} has no code cell {', '.join(sorted(missing))}"
                f" before {proof}, the proof of {claim}."
            )
        plan = [
            cell.id
            for cell in before
            if cell.id not in skipped
            and (needed is None or "setup" in cell.tags or cell.id in needed)
        ]
        plan.append(proof)
        idle = edited - set(plan)
        if idle:
            raise BadChangeError(
                f"Cell {', '.join(sorted(idle))} of {self.slug} is changed but"
                f" does not run: add it to NEEDS[{claim!r}]."
            )
        return plan

    def needed(self, claim: str, proof: str) -> list[str] | None:
        """The ids of the cells that a proof needs, None for every cell."""
        ids = self.needs.get(proof, self.needs.get(claim))
        return None if ids is None else ids.split()

    def changed(self, claim: str, change: Change) -> dict[str, str]:
        """The sources of the changed cells by their ids, with the change.

        Raises:
            BadChangeError: a cell is not there, its old text is not there
                exactly once, nothing is changed, or an assertion of the
                proof is.
        """
        before = {cell.id: cell.source for cell in cells.code(self.path)}
        after: dict[str, str] = {}
        for cell, old, new in change.edits:
            where = f"Cell {cell} of {self.slug}"
            if cell not in before:
                raise BadChangeError(f"{where} is not there.")
            source = after.get(cell, before[cell])
            count = source.count(old) if old else 0
            if count != 1:
                raise BadChangeError(
                    f"{where} has this text {count} times, not once: {old!r}"
                )
            if new == old:
                raise BadChangeError(f"{where} is not changed.")
            after[cell] = source.replace(old, new)
        proof = self.proof(claim, change)
        if proof in after and asserts(after[proof]) != asserts(before[proof]):
            raise BadChangeError(
                f"Cell {proof} of {self.slug} is the proof, and its assertions"
                " are changed."
            )
        return after


def asserts(source: str) -> list[str]:
    """The assertions in a cell's code; empty for a cell of another language.

    Raises:
        SyntaxError: it is not Python.
    """
    if source.startswith("%%"):
        return []
    return [
        ast.unparse(node)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Assert)
    ]


def slugs() -> list[str]:
    """The notebooks that have counter-proofs, in the course's order."""
    return [s for s in table.course().slugs if (HERE / f"{s}.py").exists()]


def load(slug: str) -> Book:
    """The counter-proofs of a notebook; none where there is no file."""
    notebook = table.course().notebook(slug).path
    path = HERE / f"{slug}.py"
    if not path.exists():
        return Book(notebook, {})
    spec = importlib.util.spec_from_file_location(f"counter_{slug}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return Book(notebook, module.CHANGES, getattr(module, "NEEDS", {}))


def check(book: Book) -> list[str]:
    """What is wrong with the changes of a notebook, a sentence each."""
    used = {
        key
        for claim, changes in book.changes.items()
        for key in [claim, *(change.proof for change in changes)]
    }
    wrong = [
        f"No change of {book.slug} uses NEEDS[{key!r}]."
        for key in book.needs
        if key not in used
    ]
    for claim, changes in book.changes.items():
        for change in changes:
            try:
                book.plan(claim, change)
                book.changed(claim, change)
            except (BadChangeError, SyntaxError) as error:
                wrong.append(str(error))
    return wrong


def control(book: Book, claim: str, change: Change) -> None:
    """Run a proof without the change, with the cells that it needs.

    Raises:
        CounterProofError: a cell failed.
    """
    try:
        _run(book, book.plan(claim, change), {})
    except _FailedAt as failed:
        raise CounterProofError(
            f"{book.slug}, claim {claim}: cell {failed.cell} fails without"
            f" any change. Does NEEDS name every cell that the proof needs?\n"
            f"{failed.error.why[-2000:]}"
        ) from None


def refute(book: Book, claim: str, change: Change) -> str:
    """Run a proof with a change that makes its claim false.

    Returns:
        The line of the proof that failed.

    Raises:
        CounterProofError: the proof passed, or it failed in another way, or a
            cell before it failed.
        BadChangeError: the change does not fit the notebook.
    """
    plan = book.plan(claim, change)
    sources = book.changed(claim, change)
    where = f"{book.slug}, claim {claim}, cell {change.cell} changed"
    try:
        _run(book, plan, sources)
    except _FailedAt as failed:
        why = str(failed.error.why or failed.error)[-2000:]
        if failed.cell != plan[-1]:
            raise CounterProofError(
                f"{where}: cell {failed.cell} failed before the proof.\n{why}"
            ) from None
        if failed.error.kind != "AssertionError":
            kind = failed.error.kind or "no exception"
            raise CounterProofError(
                f"{where}: the proof raised {kind}, not AssertionError.\n{why}"
            ) from None
        return _failed_line(why)
    raise CounterProofError(
        f"{where}: the proof {plan[-1]} still passes, although:"
        f" {change.because}"
    )


def _failed_line(traceback: str) -> str:
    """The line that a traceback of IPython points at."""
    plain = re.sub(r"\x1b\[[\d;]*m", "", traceback)
    found = re.search(r"^-+> *\d+ +(.*)$", plain, re.MULTILINE)
    return found[1] if found else ""


class _FailedAt(Exception):
    """The cell that failed, and how."""

    def __init__(self, cell: str, error: CellError) -> None:
        super().__init__(f"Cell {cell} failed.\n{error}")
        self.cell, self.error = cell, error


def _run(book: Book, plan: Iterable[str], sources: dict[str, str]) -> None:
    """Run these cells in a fresh kernel, some with another source.

    Raises:
        _FailedAt: one failed; the cells after it did not run.
    """
    with Run(book.path) as run:
        numbers = {cell.id: number for number, cell in enumerate(run.cells)}
        closing = nbformat.v4.new_code_cell(CLOSING)
        run.book.cells.append(closing)
        run.cells.append(closing)
        try:
            for id in plan:
                number = numbers[id]
                run.cells[number].source = sources.get(
                    id, run.cells[number].source
                )
                try:
                    run.cell(number)
                except CellError as error:
                    raise _FailedAt(id, error) from None
        finally:
            run.fails(len(run.cells) - 1)
