"""Commands with bad settings: one clear message, a next step, no traceback."""

import pytest


@pytest.mark.parametrize("folder", ["/tmp/a:b", "/tmp/a,b"])
def test_a_folder_that_mounts_cannot_take(refused, command, folder):
    for words in (["engine", "status"], ["start", "--port", "8999"], ["stop"]):
        done = command(*words, DOCKERLAB_ENGINE="box", DOCKERLAB_HOME=folder)
        refused(done, "DOCKERLAB_HOME", "Choose another folder")
