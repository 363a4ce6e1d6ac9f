"""Pages to print."""

import re
import shutil

import pytest

from dockerlab.base.errors import LabError
from dockerlab.course import table
from tests.browsing import BROWSER
from tools.teaching import handouts


def test_commands_of_a_notebook():
    source = (
        "# Title\n## Commands of this notebook\n\n| command | |\n|-|-|\n"
        "| `docker ps` | lists |\n\n## Further reading\n\n- x"
    )
    text = handouts.commands_of(source)
    assert "docker ps" in text
    assert "Further" not in text
    assert handouts.commands_of("# Title") == ""


def test_the_join_page_has_address_and_code():
    page = handouts.join_page("http://10.0.0.5:8800", "blue-<x>").page
    assert "make start BOARD=http://10.0.0.5:8800 ROOM=blue-&lt;x&gt;" in page
    alone = handouts.join_page("", "").page
    assert "<code>make start</code>" in alone
    assert "code is" not in alone


def test_a_handout_leads_nowhere():
    assert "href=" not in handouts.cheat_sheet().page


def test_a_machine_without_browser_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(LabError, match="apt-get install chromium"):
        handouts.write([], tmp_path)


@pytest.mark.skipif(not BROWSER, reason="no chromium on this machine")
@pytest.mark.engine  # takes seconds, and a browser
def test_all_are_printed(tmp_path):
    made = handouts.all_of(table.course(), "http://10.0.0.5:8800", "blue")
    written = handouts.write(made, tmp_path)
    assert [path.name for path in written] == [
        "cheatsheet.pdf",
        "commands.pdf",
        "join.pdf",
    ]
    assert all(path.read_bytes().startswith(b"%PDF") for path in written)
    pages = re.findall(rb"/Type\s*/Page\b", written[0].read_bytes())
    # The instructions on one page, as its title says, and newer features.
    assert len(pages) == 2
