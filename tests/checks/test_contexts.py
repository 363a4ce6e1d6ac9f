"""Build contexts: written, measured and copied."""

import os

from dockerlab.checks import contexts


def test_a_large_context_is_explained(tmp_path):
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    assert contexts.too_large(tmp_path) == ""
    with (tmp_path / "video.mp4").open("wb") as file:
        file.truncate(1 << 30)  # 1 GB that takes no space
    hint = contexts.too_large(tmp_path)
    assert "video.mp4" in hint
    assert "1.07 GB" in hint


def test_a_folder_holds_what_was_asked_for():
    with contexts.folder_of({"a.txt": "text", "b/c.bin": b"data"}) as folder:
        assert (folder / "a.txt").read_text() == "text"
        assert (folder / "b" / "c.bin").read_bytes() == b"data"
    assert not folder.exists()


def test_what_dockerignore_names_does_not_count(tmp_path):
    with (tmp_path / "video.mp4").open("wb") as file:
        file.truncate(1 << 30)
    (tmp_path / ".dockerignore").write_text("# big\n*.mp4\n")
    assert contexts.too_large(tmp_path) == ""
    (tmp_path / "Dockerfile.dockerignore").write_text("*.avi\n")
    assert "video.mp4" in contexts.too_large(tmp_path)


def test_a_copied_context_holds_plain_files_alone(tmp_path):
    source, target = tmp_path / "a", tmp_path / "b"
    (source / "sub").mkdir(parents=True)
    (source / "sub" / "x.py").write_text("x")
    (source / "Dockerfile").write_text("FROM scratch\n")
    (source / ".dockerignore").write_text("Dockerfile\nsecret\n")
    (source / "secret").write_text("s")
    (source / "link").symlink_to("/etc/passwd")
    os.mkfifo(source / "pipe")
    contexts.copy(source, target)
    assert (target / "sub" / "x.py").read_text() == "x"
    assert (target / "Dockerfile").exists()
    assert (target / "link").is_symlink()
    assert not (target / "pipe").exists()
    assert not (target / "secret").exists()
