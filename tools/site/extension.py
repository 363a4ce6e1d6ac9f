"""What Sphinx does not do by itself: stable anchors, links to the glossary,
the records of the search. It runs in the environment of the site."""

import html
import json
import pathlib
import posixpath
import re
from collections.abc import Iterator

from docutils import nodes
from sphinx.application import Sphinx

from tools.site import anchors

_TAG = re.compile(
    r"<(?:style|script).*?</(?:style|script)>|<[^>]+>", re.DOTALL
)
_ANCHOR = re.compile(rf'id="({anchors.CELL}\w+)"')
_SCROLLS = re.compile(r'<pre>|<div class="table-wrapper[^"]*">')
# Words in code that have the colour of plain text: a quarter of a page.
_PLAIN = re.compile(r'<span class="(?:n|nn|nx|p|w)">([^<]*)</span>')
# Inside these no word becomes a link.
_NO_LINKS = (
    nodes.reference,
    nodes.literal,
    nodes.literal_block,
    nodes.title,
    nodes.raw,
)
OUTPUT = 400  # letters of an output that the search knows
Record = tuple[str, str, str, str]


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("builder-inited", _no_other_search)
    # Before Sphinx collects titles and tables of contents, at 500.
    app.connect("doctree-read", _stable_anchors, priority=100)
    app.connect("doctree-read", _link_terms, priority=200)
    app.connect("build-finished", _finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _no_other_search(app: Sphinx) -> None:
    """Let Sphinx write no index of its own: it lists pages, not sections."""
    app.builder.search = False


def _stable_anchors(app: Sphinx, doctree: nodes.document) -> None:
    """Name headings by their words and code cells by their ids.

    Where two headings of a page have the same words, the later ones also
    have the id of their cell.
    """
    taken: set[str] = set()
    for section in doctree.findall(nodes.section):
        wanted = anchors.of_heading(section.next_node(nodes.title).astext())
        if wanted in taken:
            wanted = f"{wanted}-{_cell_of(section)}"
        while wanted in taken:
            wanted += "-again"
        taken.add(wanted)
        section["ids"] = [wanted]
    for cell in doctree.findall(nodes.container):
        anchor = cell.get("cell_metadata", {}).get("anchor")
        if anchor:
            cell["ids"] = [anchor]


def _cell_of(section: nodes.section) -> str:
    """The anchor of the cell that has a section's heading."""
    for raw in section.findall(nodes.raw):
        found = _ANCHOR.search(raw.astext())
        if found:
            return found[1]
    return "again"


def _link_terms(app: Sphinx, doctree: nodes.document) -> None:
    """Link each term of the glossary where a page uses it first."""
    page = app.env.docname
    terms = json.loads((pathlib.Path(app.srcdir) / "terms.json").read_text())
    places = {form.lower(): term for term in terms for form in term["forms"]}
    if page == "docs/glossary" or not places:
        return
    longest = sorted(places, key=len, reverse=True)
    pattern = re.compile(
        rf"\b({'|'.join(map(re.escape, longest))})(?:s|es)?\b", re.IGNORECASE
    )
    glossary = posixpath.relpath(
        "docs/glossary.html", posixpath.dirname(page) or "."
    )
    done: set[str] = set()
    for text in list(doctree.findall(nodes.Text)):
        if _may_link(text):
            parts = list(_linked(text, pattern, places, done, glossary))
            if len(parts) > 1:
                text.parent.replace(text, parts)


def _may_link(text: nodes.Text) -> bool:
    """Whether a text is prose of the page: no code, heading, link, output."""
    node = text.parent
    while node is not None:
        if isinstance(node, _NO_LINKS):
            return False
        if "cell" in node.get("classes", ()):
            return False
        node = node.parent
    return True


def _linked(
    text: nodes.Text,
    pattern: re.Pattern[str],
    places: dict[str, dict[str, str]],
    done: set[str],
    glossary: str,
) -> Iterator[nodes.Node]:
    """A text in parts; terms that are not done yet are links."""
    whole, start = text.astext(), 0
    for found in pattern.finditer(whole):
        term = places[found[1].lower()]
        if term["anchor"] in done:
            continue
        done.add(term["anchor"])
        yield nodes.Text(whole[start : found.start()])
        link = nodes.reference(
            "",
            found[0],
            refuri=f"{glossary}#{term['anchor']}",
            internal=True,
            classes=["term"],
            reftitle=term["means"],
        )
        yield link
        start = found.end()
    yield nodes.Text(whole[start:])


def _finish(app: Sphinx, error: Exception | None) -> None:
    """Write the records of the search; complete the written pages."""
    if error:
        return
    folder = pathlib.Path(app.outdir)
    records = [
        record
        for page in _in_order(app)
        for record in _records(page, app.env.get_doctree(page))
    ]
    content = json.dumps(records, ensure_ascii=False, separators=(",", ":"))
    (folder / "_static" / "sections.js").write_text(
        f"window.SECTIONS = {content};\n", "utf-8"
    )
    for path in folder.rglob("*.html"):
        path.write_text(_completed(path.read_text("utf-8")), "utf-8")
    # GitHub Pages would drop folders that begin with an underscore.
    (folder / ".nojekyll").touch()


def _in_order(app: Sphinx) -> list[str]:
    """Every page, in the order of the course: equal results of a search keep
    it."""
    first = app.config.root_doc
    return [first, *app.env.toctree_includes[first]]


def _completed(text: str) -> str:
    """A written page; what scrolls can be reached with the keyboard, and
    headings beside the text have a level."""
    text = _PLAIN.sub(r"\1", text)
    text = text.replace('role="heading">', 'role="heading" aria-level="2">')
    return _SCROLLS.sub(lambda tag: f'{tag[0][:-1]} tabindex="0">', text)


def _records(page: str, doctree: nodes.document) -> Iterator[Record]:
    """For each section of a page its address, the page's title, its own
    title, and its text without that of the sections inside."""
    heading = doctree.next_node(nodes.title)
    title = heading.astext() if heading else page
    for section in doctree.findall(nodes.section):
        own = section.next_node(nodes.title).astext()
        text = " ".join(" ".join(_texts(section)).split())
        address = f"{page}.html#{section['ids'][0]}"
        yield address, title, own, text


def _texts(node: nodes.Node) -> Iterator[str]:
    """The texts under a node, without titles and the sections inside."""
    for child in node.children:
        if isinstance(child, nodes.section | nodes.title):
            continue
        if isinstance(child, nodes.raw):
            yield html.unescape(_TAG.sub(" ", child.astext()))[:OUTPUT]
        elif isinstance(child, nodes.literal_block):
            yield child.astext()[:OUTPUT]
        elif isinstance(child, nodes.Text | nodes.paragraph):
            yield child.astext()
        else:
            yield from _texts(child)
