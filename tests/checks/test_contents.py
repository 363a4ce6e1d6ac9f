"""What a check reads of an answer's image."""

import pytest

from dockerlab.checks import contents, contexts

pytestmark = [
    pytest.mark.engine,
    pytest.mark.usefixtures("lab_client"),
]

SCRATCH = "FROM scratch\nCOPY . /data/\n"


def test_files_of_an_image_without_programs(examined, left):
    found = {}

    def look(bench, dockerfile):
        files = {"a.txt": bench.token, "deep/b.txt": "b"}
        with contexts.folder_of(files) as folder:
            tag = bench.build(dockerfile, folder)
        for path in ("/data", "/data/deep/b.txt", "/none"):
            found[path] = contents.files(bench, tag, path)
        found["token"] = bench.token.encode()

    assert examined("dockerfile", SCRATCH, look).passed
    assert found["/data"] == {"a.txt": found["token"], "deep/b.txt": b"b"}
    assert found["/data/deep/b.txt"] == {"b.txt": b"b"}
    assert found["/none"] == {}
    assert left() == []


@pytest.mark.parametrize(("kept", "unmet"), [(True, []), (False, ["builds"])])
def test_only_a_failed_second_build_is_on_the_card(examined, kept, unmet):
    tags = []

    def look(bench, dockerfile):
        with contexts.folder_of({"a": bench.token}) as folder:
            tags.append(bench.build(dockerfile, folder))
            contexts.write(folder / "a", "changed")
            if not kept:
                (folder / "a").unlink()
            tags.append(contents.build_again(bench, dockerfile, folder))

    report = examined("dockerfile", "FROM scratch\nCOPY a /x\n", look)
    assert report.unmet() == unmet
    assert [bool(tag) for tag in tags] == [True, kept]
    assert len(report.criteria) == 1 + len(unmet)
