"""What a learner's browser sees: JupyterLab, lesson 06, the Flask page."""

import contextlib
import re
import shutil
import time
import urllib.error
import urllib.request

import docker.errors
import pytest

from dockerlab import engine, paths

playwright = pytest.importorskip("playwright.sync_api")
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def browser():
    if not BROWSER:
        pytest.skip("no chromium on this machine")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=BROWSER, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def lab_address(spare_home, command):
    """Where JupyterLab answers, started as `make start` starts it."""
    port = "8917"
    words = ["start", "--port", port, "--no-later"]
    begun = command(*words, DOCKERLAB_ENGINE="box")
    assert begun.returncode == 0, begun.stdout + begun.stderr
    yield re.search(r"http://127\.0\.0\.1:\S+", begun.stdout)[0]
    ended = command("stop")
    assert ended.returncode == 0, ended.stderr


def test_lesson_06_in_a_browser(lab_address, browser, tmp_path):
    base = lab_address.split("/lab/")[0]
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{base}/api/contents")
    assert refused.value.code == 403  # not without its token

    [path] = paths.NOTEBOOKS.glob("06*.ipynb")
    stored = path.read_bytes()
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    try:
        page.goto(lab_address.replace("00_start_here.ipynb", path.name))
        title = page.locator(".jp-RenderedMarkdown h1").first
        title.wait_for(timeout=60_000)
        assert "Build and run a Flask app" in title.text_content()
        _menu(page, "Edit", "Clear Outputs of All Cells")
        _menu(page, "Run", "Run All Cells")
        _see_flask_page(browser)
        last = page.locator(".jp-OutputArea").get_by_text(
            "0 containers of this lesson are left", exact=True
        )
        deadline = time.monotonic() + 120
        while not last.count():
            assert time.monotonic() < deadline, _failure(page, tmp_path)
            page.keyboard.press("Control+End")
            page.wait_for_timeout(500)
        error = '[data-mime-type="application/vnd.jupyter.error"]'
        assert page.locator(error).count() == 0
    finally:
        page.close()
        if path.read_bytes() != stored:  # JupyterLab saves by itself
            path.write_bytes(stored)


def _menu(page, menu: str, entry: str) -> None:
    page.get_by_role("menuitem", name=menu, exact=True).click()
    page.get_by_role("menuitem", name=entry, exact=True).click()


def _see_flask_page(browser) -> None:
    """While the lesson runs, its app greets at the port that it chose."""
    page = browser.new_page()
    deadline = time.monotonic() + 150
    while time.monotonic() < deadline:
        try:
            page.goto(f"http://127.0.0.1:{_published()}/", timeout=2000)
            heading = page.locator("h1").text_content(timeout=1000)
            assert "World" in heading or "Ada" in heading
            page.close()
            return
        except (playwright.Error, docker.errors.NotFound, LookupError):
            time.sleep(0.2)
    pytest.fail("the Flask page was never there")


def _published() -> str:
    """The port of this machine at which the lesson serves the app."""
    client = engine.find().client()
    with contextlib.closing(client):
        web = client.containers.get("dockerlab-06-web")
        return web.ports["80/tcp"][0]["HostPort"]


def _failure(page, folder) -> str:
    page.screenshot(path=folder / "page.png")
    return f"the lesson did not reach its end: see {folder / 'page.png'}"
