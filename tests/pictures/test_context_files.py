"""The picture of copied files: what it plots, and that nothing is cut."""

import io
import tarfile

from dockerlab import pictures
from dockerlab.pictures.context_files import Copy

FILES = {"hello.txt": b"hello\n", "page/a_rather_long_name.html": b"page\n"}


class Stopped:
    """A container whose files are known in advance."""

    def get_archive(self, path):
        file = io.BytesIO()
        with tarfile.open(fileobj=file, mode="w") as archive:
            for name, uid, mode, data in (
                ("srv/hello.txt", 0, 0o644, FILES["hello.txt"]),
                ("srv/hello2.txt", 1000, 0o600, FILES["hello.txt"]),
                ("srv/other", 0, 0o755, b"of the base"),
            ):
                member = tarfile.TarInfo(name)
                member.uid = member.gid = uid
                member.mode, member.size = mode, len(data)
                archive.addfile(member, io.BytesIO(data))
        return [file.getvalue()], {}


def test_copies_are_found_by_content(tmp_path, readable):
    for name, data in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    picture = pictures.copied(tmp_path, Stopped(), "/srv")
    readable(picture)
    assert picture.data["sources"] == sorted(FILES)
    assert picture.data["copies"] == [
        Copy("", "/srv/other", "0:0", "755"),
        Copy("hello.txt", "/srv/hello.txt", "0:0", "644"),
        Copy("hello.txt", "/srv/hello2.txt", "1000:1000", "600"),
    ]
    assert "/srv contains 1 file of the context's 2" in picture.caption
    assert "Not copied: page/a_rather_long_name.html" in picture.caption
    assert "another file is /srv/other" in picture.alt
