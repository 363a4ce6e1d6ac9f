"""Every page that is not a notebook: start, pathways, claims, documents."""

import difflib
import html
import re

from dockerlab import paths
from dockerlab.course import claims
from dockerlab.course.table import Course, Notebook, Pathway
from tests.counterproofs import harness
from tools.site import anchors, glossary
from tools.site.source import HOW_TO_RUN, Source, relative

DOCS = paths.PROJECT / "docs"
README = paths.PROJECT / "README.md"
LEDGER, COUNTERPROOFS = "docs/claims", "docs/counterproofs"
# What readers look for first; the other documents follow by name.
FIRST = ("cheatsheet", "glossary", "claims", "counterproofs", "judge")
THEN = (
    "benchmarks",
    "teaching",
    "teaching/checklist",
    "teaching/agendas",
    "teaching/rooms",
)
# What a reader must know of some kinds of claims.
KINDS = {"corrected": "Often taught in half; the notebook shows both halves."}
_TITLE = re.compile(r"# (.+)")


def write(source: Source) -> None:
    """Write every page that is not a notebook."""
    _readme(source)
    for file in sorted(DOCS.rglob("*.md")):
        text = source.with_links(file.read_text("utf-8"), file)
        source.write(source.page_of(file), text)
    source.write("docs/glossary", glossary.page(glossary.terms()))
    source.write(LEDGER, ledger(source.course))
    source.write(COUNTERPROOFS, counterproofs(source.course))
    for pathway in source.course.pathways:
        page = f"pathways/{pathway.name}"
        source.write(page, pathway_page(source.course, pathway))
    source.write("index", start(source))


def _readme(source: Source) -> None:
    """The page that says how to run the course: the README."""
    text = source.with_links(README.read_text("utf-8"), README)
    source.write(HOW_TO_RUN, _TITLE.sub("# Run the course", text, count=1))


def title_of(markdown: str) -> str:
    """The text of the first heading of a document."""
    found = _TITLE.search(markdown)
    return found[1] if found else ""


def start(source: Source) -> str:
    """The start page: what the course is, the notebooks, the pathways."""
    course = source.course
    readme = source.with_links(README.read_text("utf-8"), README)
    head, _, rest = readme.partition("\n\n")
    first = course.notebooks[0]
    lines = [
        head,
        "",
        rest.partition("\n\n")[0],
        "",
        '<p class="doors">'
        f'<a class="door" href="notebooks/{first.slug}.html">Start reading'
        f'</a> <a class="door" href="{HOW_TO_RUN}.html">Run the course</a> <a'
        ' class="door" href="search.html">Search</a></p>',
        "",
        "## Pathways",
        "",
        "Choose a selection for your work, or read the notebooks in order.",
        "",
        *(
            f"- [{pathway.title}](pathways/{pathway.name}.html):"
            f" {len(pathway.notebooks)} notebooks,"
            f" {_minutes(course, pathway)} minutes"
            for pathway in course.pathways
        ),
        "",
    ]
    for part in course.sections:
        lines += [f"## {part.title}", "", *_rows(part.notebooks, "index"), ""]
    return "\n".join([*lines, *_trees(source)])


def _rows(books: tuple[Notebook, ...], page: str) -> list[str]:
    """A table of notebooks."""
    return [
        "| # | notebook | afterwards you can | minutes |",
        "|---|---|---|---:|",
        *(
            f"| {book.label} |"
            f" [{book.title}]({relative(f'notebooks/{book.slug}.html', page)})"
            f" | {book.outcome} | {book.minutes} |"
            for book in books
        ),
    ]


def _minutes(course: Course, pathway: Pathway) -> int:
    return sum(course.notebook(slug).minutes for slug in pathway.notebooks)


def _trees(source: Source) -> list[str]:
    """The order of all pages, from which previous and next follow."""
    parts = [
        (
            part.title,
            [
                f"{book.label}. {book.title} <notebooks/{book.slug}>"
                for book in part.notebooks
            ],
        )
        for part in source.course.sections
    ]
    pathways = [
        f"{pathway.title} <pathways/{pathway.name}>"
        for pathway in source.course.pathways
    ]
    docs = source.folder / "docs"
    here = {
        path.relative_to(docs).with_suffix("").as_posix()
        for path in docs.rglob("*.md")
    }
    rest = sorted(here - {*FIRST, *THEN})
    documents = [
        f"docs/{name}" for name in (*FIRST, *THEN, *rest) if name in here
    ]
    lines = []
    for caption, entries in (
        *parts,
        ("Pathways", pathways),
        ("Reference", [HOW_TO_RUN, *documents]),
    ):
        lines += [
            "```{toctree}",
            ":hidden:",
            f":caption: {caption}",
            "",
            *entries,
            "```",
            "",
        ]
    return lines


def pathway_page(course: Course, pathway: Pathway) -> str:
    """The entry page of a pathway."""
    page = f"pathways/{pathway.name}"
    books = tuple(course.notebook(slug) for slug in pathway.notebooks)
    to = relative(f"notebooks/{books[0].slug}.html", page)
    return "\n".join(
        [
            f"# {pathway.title}",
            "",
            f"{len(books)} notebooks, {_minutes(course, pathway)} minutes with"
            " exercises, in this order.",
            "",
            *_rows(books, page),
            "",
            f'<p class="doors"><a class="door" href="{to}">Start with'
            f" {html.escape(books[0].title)}</a></p>",
            "",
        ]
    )


def ledger(course: Course) -> str:
    """The claims, each with its proof cells and its counter-proofs."""
    proven = claims.proofs()
    countered = _countered()
    lines = [
        "# Claims and their proofs",
        "",
        "Every statement that the course makes about Docker is a claim. A cell"
        " of a notebook proves it on a real engine. A counter-proof changes"
        " one thing and sees exactly that proof fail.",
        "",
    ]
    for book in course.notebooks:
        if book.claims:
            lines += [f"## {book.title}", ""]
            lines += [
                _claim(course, claims.ledger()[id], proven, countered)
                for id in book.claims
            ]
    return "\n".join(lines)


def _claim(
    course: Course,
    claim: claims.Claim,
    proven: dict[str, list[claims.Proof]],
    countered: dict[str, int],
) -> str:
    """One claim of the ledger, as Markdown."""
    links = [
        f"[proof: cell {proof.number}](../notebooks/{proof.slug}.html"
        f"#{anchors.of_cell(proof.cell)})"
        for proof in proven.get(claim.id, ())
    ] or ["no proof yet"]
    count = countered.get(claim.id, 0)
    if count:
        plural = "counter-proof" if count == 1 else f"{count} counter-proofs"
        to = f"counterproofs.html#{anchors.of_claim(claim.id)}"
        links.append(f"[{plural}]({to})")
    kind = f" *{KINDS[claim.kind]}*" if claim.kind in KINDS else ""
    return (
        f'<div class="claim" id="{anchors.of_claim(claim.id)}">\n\n'
        f"**{claim.says}**{kind}\n\n"
        f"`{claim.id}` · {' · '.join(links)} · shown by: {claim.proof}\n\n"
        "</div>\n"
    )


def _countered() -> dict[str, int]:
    """For each claim with counter-proofs, how many."""
    return {
        claim: len(changes)
        for slug in harness.slugs()
        for claim, changes in harness.load(slug).changes.items()
    }


def counterproofs(course: Course) -> str:
    """The counter-proofs: what is changed, and why the claim is then false."""
    lines = [
        "# Counter-proofs",
        "",
        "A proof that cannot fail proves nothing. Each change below makes one"
        " claim false. A test runs the notebook with it: the proof of this"
        " claim must fail, and no cell before it.",
        "",
    ]
    for slug in harness.slugs():
        lines += [f"## {course.notebook(slug).title}", ""]
        for claim, changes in harness.load(slug).changes.items():
            says = claims.ledger()[claim].says
            lines += [
                f'<div class="anchor" id="{anchors.of_claim(claim)}"></div>',
                "",
                f"**{says}** ([{claim}](claims.html"
                f"#{anchors.of_claim(claim)}))",
                "",
            ]
            for change in changes:
                lines += _change(slug, change)
    return "\n".join(lines)


def _change(slug: str, change: harness.Change) -> list[str]:
    """One change, with a difference for each cell that it edits."""
    lines = [f"{change.because}", ""]
    for cell, old, new in change.edits:
        place = f"../notebooks/{slug}.html#{anchors.of_cell(cell)}"
        rows = difflib.ndiff(old.splitlines(), new.splitlines())
        lines += [
            f"In [this cell]({place}):",
            "",
            "````diff",
            *(row for row in rows if not row.startswith("?")),
            "````",
            "",
        ]
    return lines
