"""The browser of the tests: Debian's Chromium, without any other machine."""

import contextlib
import shutil
from collections.abc import Iterator

import pytest

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
    # Requests to other machines fail.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
# The addresses that a page may request.
HERE = r"(https?|wss?)://127\.0\.0\.1[:/]|(data|blob|file|about):"


@contextlib.contextmanager
def chromium() -> Iterator[playwright.Browser]:
    """A running browser; a machine without one skips the test."""
    if not BROWSER:
        pytest.skip("no chromium on this machine")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=BROWSER, args=QUIET)
        yield browser
        browser.close()
