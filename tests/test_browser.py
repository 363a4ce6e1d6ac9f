"""JupyterLab, the Flask page and the quizzes in a learner's browser."""

import contextlib
import re
import socket
import time
import urllib.error
import urllib.request

import docker
import docker.errors
import pytest

from dockerlab import quizzes
from dockerlab.base import processes
from dockerlab.commands import jupyter
from dockerlab.course import table
from dockerlab.engine.box import Box
from dockerlab.engine.find import Engine
from tests import browsing

pytestmark = pytest.mark.engine
ERROR = '[data-mime-type="application/vnd.jupyter.error"]'
# For a machine that is busy: the lesson itself takes a fifth of it.
LESSON_SECONDS = 1500


@pytest.fixture(scope="module")
def browser():
    with browsing.chromium() as browser:
        yield browser


@pytest.fixture
def page(browser):
    """A page that must load everything from this machine."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    yield page
    page.close()
    assert [url for url in asked if not re.match(browsing.HERE, url)] == []


@pytest.fixture
def port():
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def lab_address(spare_home, command, port):
    """Where JupyterLab answers, started as `make start` starts it."""
    words = ["start", "--port", str(port), "--no-later"]
    begun = command(*words, DOCKERLAB_ENGINE="box")
    assert begun.returncode == 0, begun.stdout + begun.stderr
    yield re.search(r"http://127\.0\.0\.1:\S+", begun.stdout)[0]
    ended = command("stop")
    assert ended.returncode == 0, ended.stderr


@pytest.fixture
def lone_address(tmp_path, monkeypatch, port):
    """Where a JupyterLab answers that needs no engine."""
    monkeypatch.setenv("DOCKERLAB_HOME", str(tmp_path / "home"))
    yield jupyter.serve(Engine("own", ""), port)
    assert processes.end(jupyter.NAME)


@contextlib.contextmanager
def _lesson(page, address: str, slug: str, heading: str = ""):
    """A notebook, open in the page; its file stays as it is."""
    path = table.course().notebook(slug).path
    stored = path.read_bytes()
    # JupyterLab may open a window above everything, about a slow server.
    dialog = page.locator(".jp-Dialog")
    page.add_locator_handler(dialog, lambda: _close(dialog))
    try:
        first = table.course().notebooks[0].name
        assert first in address
        place = address.replace(first, path.name)
        page.goto(place + (f"#{heading}" if heading else ""))
        yield
    finally:
        page.close()
        if path.read_bytes() != stored:  # JupyterLab saves by itself
            path.write_bytes(stored)


def _close(dialog) -> None:
    """Print the text of a window of JupyterLab and close it with its first
    button, which changes least."""
    print("JupyterLab:", dialog.first.inner_text())
    dialog.first.locator(".jp-Dialog-button").first.click()


def test_flask_app_in_a_browser(
    lab_address, spare_home, page, browser, tmp_path
):
    base = lab_address.split("/lab/")[0]
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{base}/api/contents")
    assert refused.value.code == 403  # not without its token

    with _lesson(page, lab_address, "flask_app"):
        title = page.locator(".jp-RenderedMarkdown h1").first
        title.wait_for(timeout=60_000)
        assert "Build and run a Flask app" in title.text_content()
        _menu(page, "Edit", "Clear Outputs of All Cells")
        _menu(page, "Run", "Run All Cells")
        deadline = time.monotonic() + LESSON_SECONDS
        flask = browser.new_page()
        while not _greets(flask):
            _must_go_on(page, deadline, tmp_path)
        flask.close()
        last = page.locator(".jp-OutputArea").get_by_text(
            "0 containers of this notebook are left", exact=True
        )
        while not last.count():
            _must_go_on(page, deadline, tmp_path)
            page.keyboard.press("Control+End")
        assert page.locator(ERROR).count() == 0
    # The open tabs are kept there, not among the user's own.
    assert any((spare_home / "workspaces").iterdir())


def _menu(page, menu: str, entry: str) -> None:
    page.get_by_role("menuitem", name=menu, exact=True).click()
    page.get_by_role("menuitem", name=entry, exact=True).click()


def _must_go_on(page, deadline: float, folder) -> None:
    """Wait a little; fail with a picture if a cell failed, or time is up."""
    page.wait_for_timeout(300)
    if page.locator(ERROR).count() or time.monotonic() > deadline:
        page.screenshot(path=folder / "page.png")
        pytest.fail(f"the notebook stopped: see {folder / 'page.png'}")


def _greets(page) -> bool:
    """Whether the lesson's app answers now, at the port that it chose."""
    try:
        page.goto(f"http://127.0.0.1:{_published()}/", timeout=20_000)
        heading = page.locator("h1").text_content(timeout=10_000)
    except (browsing.playwright.Error, docker.errors.NotFound, LookupError):
        return False
    assert "World" in heading or "Ada" in heading
    return True


def _published() -> str:
    """The port of this machine at which the lesson serves the app.

    Raises:
        LookupError: it does not serve the app now.
    """
    # An earlier test or the shell may have chosen another engine.
    client = docker.DockerClient(Box().url, timeout=60)
    with contextlib.closing(client):
        running = {c.name: c for c in client.containers.list()}
        web = running["flask-web"]
        return web.ports["80/tcp"][0]["HostPort"]


def test_quiz_in_jupyterlab(lone_address, page):
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    with _lesson(page, lone_address, "flask_app", heading="Check-yourself"):
        call = re.compile(r'(quiz|finish)\("flask_app"\)')
        cell = page.locator(".jp-CodeCell", has_text=call)
        cell.locator(".cm-content").click(timeout=90_000)
        page.keyboard.press("Shift+Enter")
        cell.locator(".Quiz").first.wait_for(timeout=90_000)
        _answer_all(cell, quizzes.load("flask_app"))
        assert page.locator(ERROR).count() == 0
    assert faults == []


@pytest.mark.parametrize("lesson", list(table.course().slugs))
def test_every_question_answers(lesson, page, tmp_path):
    file = tmp_path / "quiz.html"
    shown = quizzes.quiz(lesson)._repr_html_()
    file.write_text(f"<!doctype html><meta charset=utf-8>{shown}", "utf-8")
    page.goto(file.as_uri())
    assert not page.locator(f"#quiz{lesson}text").is_visible()
    _answer_all(page, quizzes.load(lesson))


def _answer_all(shown, questions: list[quizzes.Question]) -> None:
    """Click every answer to every question and read the feedback."""
    drawn = shown.locator(".Quiz")
    assert drawn.count() == len(questions)
    for place, question in enumerate(questions):
        one = drawn.nth(place)
        buttons = one.locator("label")
        assert buttons.count() == len(question.answers)
        for number, answer in enumerate(question.answers):
            button = buttons.nth(number)
            assert _plain(answer.answer) in button.inner_text()
            button.click()
            says = one.locator(".Feedback").inner_text()
            verdict = "Right. " if answer.correct else "Not so. "
            assert says.startswith(verdict + _plain(answer.because))
            colour = "correctButton" if answer.correct else "incorrectButton"
            assert colour in button.get_attribute("class").split()


def _plain(text: str) -> str:
    return text.replace("`", "")
