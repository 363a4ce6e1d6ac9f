"""Dialogues on a pseudo-terminal."""

import signal
import time

import pytest

from dockerlab.base.errors import LabError
from dockerlab.lab import Lab
from dockerlab.terminal import Seen, dialogue

SHELL = "PS1='$ ' bash --norc --noprofile"


def test_types_a_line_at_each_prompt_and_ends():
    shown = dialogue(SHELL, "test -t 0 && echo a terminal", "exit 3")
    assert shown.exit_code == 3
    assert "a terminal" in shown.text.splitlines()
    assert repr(shown) == shown.text
    assert "\x1b" not in shown.text
    assert "\r" not in shown.text


def test_waits_for_a_text_and_calls_a_function_before_a_key(tmp_path):
    file = tmp_path / "log"
    file.write_text("first\n")

    def more():
        with file.open("a") as log:
            log.write("second\n")

    shown = dialogue(
        f"tail -f {file}", Seen("first"), more, Seen("second"), "^C"
    )
    assert shown.text.startswith(f"$ tail -f {file}\nfirst\nsecond\n^C")
    assert shown.exit_code == 130


def test_keys_work_where_a_parent_ignores_them():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        shown = dialogue("echo ready; sleep 600", Seen("ready"), "^C")
    finally:
        signal.signal(signal.SIGINT, before)
    assert shown.exit_code == 130


def test_finds_the_same_text_only_once():
    with pytest.raises(LabError, match="ended, and the dialogue waited"):
        dialogue("echo once", Seen("once"), Seen("once"), seconds=60)


def test_end_of_the_input():
    assert dialogue("read -p '> ' word", "hello").exit_code == 0
    assert dialogue("read -p '> ' word", "^D").exit_code == 1


def test_looks_like_a_prompt_and_is_none():
    shown = dialogue(
        "printf 'Value: 10 $ '; sleep 0.2; printf 'each\\n>>> '; read word;"
        " echo got $word",
        "it",
    )
    assert shown.text.endswith("got it")


def test_a_program_that_does_not_do_it_is_ended():
    begun = time.monotonic()
    with pytest.raises(LabError) as error:
        dialogue("echo ready; sleep 600", Seen("other"), seconds=1)
    assert "ran for 1 s" in str(error.value)
    assert "ready" in str(error.value)
    assert time.monotonic() - begun < 60
    with pytest.raises(LabError, match="its end"):
        dialogue("sleep 600", seconds=1)


@pytest.mark.lesson("testlab")
def test_a_shell_in_a_container(needs_engine):
    lab = Lab("testlab")
    try:
        shown = lab.terminal(
            "docker run -it --rm debian:trixie-slim bash",
            "echo $((6 * 7))",
            "exit",
        )
    finally:
        lab.close()
    assert "42" in shown.text.splitlines()
    assert shown.exit_code == 0
