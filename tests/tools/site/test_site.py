"""The site in a browser: complete, offline, readable by everybody."""

import contextlib
import functools
import html.parser
import http.server
import pathlib
import posixpath
import re
import threading
import urllib.parse

import axe_playwright_python
import pytest

from dockerlab import paths
from dockerlab.base.errors import LabError
from dockerlab.course import cells, claims, table
from tests import browsing
from tools.site import anchors, build, environment, glossary

pytestmark = pytest.mark.engine  # it needs a browser, and half a minute
MEGABYTES, PHONE = 12, 390
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"],
    "preload": False,  # it would read style sheets again, by other ways
}
AXE = pathlib.Path(axe_playwright_python.__file__).with_name("axe.min.js")
FIRST = f"notebooks/{table.course().slugs[0]}.html"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The site, built once, in a folder inside of the one that is served."""
    try:
        environment.make()
    except LabError as error:
        pytest.skip(str(error))
    return build.build(tmp_path_factory.mktemp("www") / "docs" / "course")


@pytest.fixture(scope="module")
def site(built):
    return built.folder


@pytest.fixture(scope="module")
def pages(site):
    """Every page, by its place in the site."""
    found = {
        path.relative_to(site).as_posix(): Page(path.read_text("utf-8"))
        for path in site.rglob("*.html")
    }
    return found


@pytest.fixture(scope="module")
def served(site):
    """The address of the site on a web server, in a subfolder."""
    handler = functools.partial(Quiet, directory=site.parent.parent)
    with Server(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/docs/course/"
        server.shutdown()


@pytest.fixture(scope="module")
def browser():
    with browsing.chromium() as browser:
        yield browser


class Server(http.server.ThreadingHTTPServer):
    """A web server that does not report what a browser no longer reads."""

    def handle_error(self, *_: object) -> None:
        pass


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A web server that writes no log."""

    def log_message(self, *_: object) -> None:
        pass


class Page(html.parser.HTMLParser):
    """The links, the loaded files and the anchors of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.anchors = {""}
        self.twice: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if found.get("id"):
            if found["id"] in self.anchors:
                self.twice.append(found["id"])
            self.anchors.add(found["id"])
        if tag == "a" and found.get("href"):
            self.links.append(found["href"])
        elif tag == "link" and "stylesheet" in found.get("rel", ""):
            self.loaded.append(found["href"])
        elif found.get("src"):
            self.loaded.append(found["src"])


@contextlib.contextmanager
def opened(browser, **settings):
    """A page of a browser that must neither ask others nor report errors."""
    context = browser.new_context(**settings)
    page = context.new_page()
    wrong: list[str] = []
    page.on(
        "request",
        lambda request: (
            re.match(browsing.HERE, request.url) or wrong.append(request.url)
        ),
    )
    page.on(
        "console",
        lambda message: message.type == "error" and wrong.append(message.text),
    )
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    context.close()
    assert wrong == []


def test_is_complete_and_small(built, pages):
    assert built.megabytes < MEGABYTES
    course = table.course()
    wanted = {f"notebooks/{slug}.html" for slug in course.slugs}
    wanted |= {f"pathways/{path.name}.html" for path in course.pathways}
    wanted |= {
        path.relative_to(paths.PROJECT).with_suffix(".html").as_posix()
        for path in _documents()
    }
    wanted |= {"docs/claims.html", "docs/counterproofs.html", "run.html"}
    assert wanted <= set(pages)
    assert (built.folder / ".nojekyll").exists()


def _documents():
    return build.pages.DOCS.rglob("*.md")


def test_every_link_and_anchor_resolves(site, pages):
    broken = []
    for place, page in pages.items():
        for link in [*page.links, *page.loaded]:
            address = urllib.parse.urlsplit(link)
            if address.scheme == "data":
                broken.append(f"{place} has an image inside")
                continue
            if address.scheme in ("http", "https", "mailto"):
                if link in page.loaded:
                    broken.append(f"{place} loads {link}")
                continue
            target = posixpath.normpath(
                posixpath.join(posixpath.dirname(place), address.path)
            )
            target = target if address.path else place
            anchor = urllib.parse.unquote(address.fragment)
            if not (site / target).is_file() or (
                anchor and anchor not in pages[target].anchors
            ):
                broken.append(f"{place}: {link}")
    assert broken == []


def test_anchors_depend_on_words_and_cells_alone(pages):
    """And each is there once, or a link would lead to the first of them."""
    for place, page in pages.items():
        assert page.twice == [], place
    for book in table.course().notebooks:
        found = pages[f"notebooks/{book.slug}.html"].anchors
        for cell in cells.read(book.path):
            assert anchors.of_cell(cell.id) in found
            if cell.is_prose and cell.source.startswith("#"):
                words = cell.source.splitlines()[0].lstrip("# ")
                assert anchors.of_heading(words) in found


def test_every_proof_is_linked(pages):
    links = set(pages["docs/claims.html"].links)
    for claim, proofs in claims.proofs().items():
        assert anchors.of_claim(claim) in pages["docs/claims.html"].anchors
        for proof in proofs:
            cell = anchors.of_cell(proof.cell)
            assert f"../notebooks/{proof.slug}.html#{cell}" in links


def test_pages_fit_a_phone_and_need_no_other_machine(site, pages, browser):
    size = {"width": PHONE, "height": 800}
    wide = {}
    with opened(browser, viewport=size) as page:
        for place in pages:
            page.goto((site / place).as_uri())
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > PHONE:
                wide[place] = width
    assert wide == {}


def test_served_in_a_subfolder(served, browser):
    course = table.course()
    with opened(browser) as page:
        page.goto(served)
        page.click("a.door >> nth=0")
        assert page.url == served + FIRST
        for book in course.notebooks[1:3]:
            page.click("a.next-page")
            assert page.url == f"{served}notebooks/{book.slug}.html"
        page.click("a.prev-page")
        assert page.url.endswith(f"/{course.notebooks[1].slug}.html")
        page.fill(".sidebar-search", "container")
        page.press(".sidebar-search", "Enter")
        page.click("#results a >> nth=0")
        assert page.url.startswith(served)
        assert "#" in page.url


def test_search_finds_ten_phrases(site, browser):
    terms = [f for term in glossary.terms() for f in term.forms if " " in f]
    known = (site / "_static" / "sections.js").read_text("utf-8").lower()
    phrases = [term for term in terms if known.count(term) > 1][:9]
    phrases.append("permission denied")  # from an output
    assert len(phrases) == 10
    with opened(browser) as page:
        for phrase in phrases:
            query = urllib.parse.urlencode({"q": phrase})
            page.goto(f"{(site / 'search.html').as_uri()}?{query}")
            assert page.locator("#results li").count(), phrase
            shown = page.locator("#results").inner_text().lower()
            assert phrase.split()[0] in shown
            page.click("#results a >> nth=0")
            text = page.locator("article").inner_text().lower()
            assert all(word in text for word in phrase.split()), phrase
        page.goto((site / "search.html").as_uri() + "?q=xyzzyq")
        assert page.locator("#found").inner_text() == "0 sections found"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "place",
    [
        "index.html",
        FIRST,
        "docs/claims.html",
        "docs/cheatsheet.html",
        "search.html?q=container",
    ],
    # conftest.py sorts tests by parts of their names, as "notebooks/".
    ids=["start", "notebook", "ledger", "cheat sheet", "search"],
)
def test_accessible(place, scheme, site, browser):
    with opened(browser, color_scheme=scheme) as page:
        page.goto(f"{site.as_uri()}/{place}")
        page.evaluate(AXE.read_text("utf-8"))
        found = page.evaluate("rules => axe.run(document, rules)", RULES)
        wrong = [
            f"{fault['id']}: {node['html'][:120]}"
            for fault in found["violations"]
            for node in fault["nodes"][:3]
        ]
    assert wrong == []


def test_pictures_are_crisp_and_described(site, browser):
    with opened(browser, color_scheme="dark") as page:
        page.goto((site / FIRST).as_uri())
        pictures = page.locator("figure.picture img")
        assert pictures.count() >= 2
        picture = pictures.first
        picture.scroll_into_view_if_needed()
        picture.evaluate("image => image.decode()")
        natural, shown = picture.evaluate("i => [i.naturalWidth, i.width]")
        assert natural >= 2 * shown * 0.9
        assert "invert" in picture.evaluate("i => getComputedStyle(i).filter")
        for number in range(pictures.count()):
            assert pictures.nth(number).get_attribute("alt")


def test_quiz_answers(site, browser):
    with opened(browser) as page:
        page.goto((site / FIRST).as_uri())
        question = page.locator("div.quiz ol > li").first
        answers = question.locator("details.answer")
        for number in range(answers.count()):
            assert not answers.nth(number).locator("p").is_visible()
            answers.nth(number).locator("summary").click()
            says = answers.nth(number).locator("p").inner_text()
            right = "right" in answers.nth(number).get_attribute("class")
            assert says.startswith("Right." if right else "No.")
        assert question.locator("details.right").count() >= 1


def test_copies_commands_alone(served, browser):
    permissions = ["clipboard-read", "clipboard-write"]
    with opened(browser, permissions=permissions) as page:
        page.goto(served + FIRST)
        cell = page.locator("div.cell_input", has_text="%%bash").first
        cell.hover()
        cell.locator("button.copy").click()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied
        assert "%%bash" not in copied
        assert copied in cell.inner_text()
        assert page.locator(".cell_output button.copy").count() == 0
        prompted = page.evaluate(
            """() => {
              const pre = document.createElement("pre");
              pre.textContent = "$ docker ps\\nNAMES\\n$ docker info\\n";
              return typed(pre);
            }"""
        )
        assert prompted == "docker ps\ndocker info"


def test_a_term_leads_to_the_glossary_at_its_first_use(pages):
    links = [link for link in pages[FIRST].links if "glossary.html#" in link]
    assert len(links) >= 5
    assert len(links) == len(set(links))


def test_a_link_to_a_folded_cell_unfolds_it(site, browser):
    setup = next(
        cell.id
        for cell in cells.read(table.course().notebooks[0].path)
        if cell.is_code
        and "setup" in cell.tags
        and not cell.source.startswith("%%")
    )
    code = f"#{anchors.of_cell(setup)} pre"
    with opened(browser) as page:
        page.goto((site / FIRST).as_uri())
        assert not page.locator(code).first.is_visible()
        page.goto(f"{(site / FIRST).as_uri()}#{anchors.of_cell(setup)}")
        assert page.locator(code).first.is_visible()


def test_on_paper_everything_is_unfolded(site, browser):
    with opened(browser) as page:
        page.goto((site / FIRST).as_uri())
        folded = page.locator("article details:not([open])")
        assert folded.count()
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert folded.count() == 0
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert folded.count()
