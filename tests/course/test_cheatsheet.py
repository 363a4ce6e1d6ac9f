"""The cheat sheet has the results of the notebooks, and nothing else."""

import re

from dockerlab.course import cheatsheet, claims

INSTRUCTIONS = [id for id in claims.ledger() if id.isupper()]


def test_file_is_what_the_lesson_gives():
    # Where this fails: python -m dockerlab cheatsheet
    assert cheatsheet.FILE.read_text("utf-8") == cheatsheet.render()


def test_every_instruction_has_effect_mistake_and_proof():
    rows = re.findall(r"^\| `(\w+)` \|(.*)\|$", cheatsheet.render(), re.M)
    assert sorted(name for name, _ in rows) == sorted(INSTRUCTIONS)
    for name, row in rows:
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", row)]
        assert len(cells) == 6, name
        assert any(cell != "-" for cell in cells[:4]), name
        assert len(cells[4]) > 20, name
        assert "cell" in cells[5], name


def test_command_writes_the_file(command, tmp_path):
    before = cheatsheet.FILE.read_text("utf-8")
    assert command("cheatsheet").returncode == 0
    assert cheatsheet.FILE.read_text("utf-8") == before
