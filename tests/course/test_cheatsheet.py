"""The cheat sheet has the results of the notebooks, and nothing else."""

import re

from dockerlab.course import cells, cheatsheet, claims, table

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


def test_newer_features_have_a_version_and_the_oldest_is_first():
    versions = [
        tuple(map(int, feature.dockerfile.split(".")))
        for feature in cheatsheet.features()
    ]
    assert versions == sorted(versions)
    assert all(
        f"| {f.dockerfile} |" in cheatsheet.render()
        for f in cheatsheet.features()
    )


def test_features_that_a_notebook_tries_have_the_same_versions():
    """`builder_features` tries these lines, each with its version."""
    path = table.course().notebook("builder_features").path
    [tried] = re.findall(
        r'features = r"""\n(.*?)"""', cells.source_of(path), re.DOTALL
    )
    known = {
        (feature.dockerfile, *_words(feature.line))
        for feature in cheatsheet.features()
    }
    for row in tried.strip().splitlines():
        version, line = row.split(maxsplit=1)
        assert (version, *_words(line)) in known, row


def _words(line: str) -> tuple[str, str]:
    """An instruction and its first option, without the option's value."""
    name, option = line.split()[:2]
    if "<<" in line:
        return "", "<<"
    return name, f"{option.partition('=')[0]}{'env' * ('env=' in option)}"


def test_command_writes_the_file(command, tmp_path):
    before = cheatsheet.FILE.read_text("utf-8")
    assert command("cheatsheet").returncode == 0
    assert cheatsheet.FILE.read_text("utf-8") == before
