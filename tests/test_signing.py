"""Options of cosign for a place without its public log."""

import pathlib

from dockerlab import signing


def test_cosign_3_gets_a_file(cosign, tmp_path):
    cosign(
        'case "$*" in\n"sign --help") echo --signing-config ;;\n'
        '"signing-config create") echo "{}" ;;\nesac'
    )
    option, _, file = signing.options(tmp_path).partition("=")
    assert option == "--signing-config"
    assert pathlib.Path(file).is_absolute()
    assert pathlib.Path(file).read_text() == "{}\n"


def test_an_older_cosign_gets_an_option(cosign, tmp_path):
    cosign("echo --tlog-upload")
    assert signing.options(tmp_path) == "--tlog-upload=false"


def test_without_cosign_there_are_no_options(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert signing.options(tmp_path) == ""
