"""Pictures of security: what they plot, and that it is readable."""

from dockerlab import pictures, scan
from dockerlab.images import Config, HistoryRow, Image, Layer
from dockerlab.leaks import Place

CONFIG = Config({}, (), (), "", "", (), (), {}, {}, "", (), ())


def _image(*rows: tuple[str, int, bool]) -> Image:
    history = [HistoryRow(*row) for row in [("ADD rootfs", 9, False), *rows]]
    layers = [
        Layer(f"sha256:{number}", row.size, row.instruction)
        for number, row in enumerate(history)
        if not row.empty
    ]
    return Image(
        *("sha256:1", (), (), "amd64", "linux", "", 9),
        *(tuple(layers), tuple(history), CONFIG),
    )


DELETED = _image(
    ("ENV A=1", 0, True),
    ("COPY token.txt /a/folder/with/a/long/name/token.txt", 5, False),
    ("RUN rm /a/folder/with/a/long/name/token.txt", 0, False),
)
ARGUMENT = _image(("ARG TOKEN", 0, True), ("RUN true", 0, False))
PLACES = {
    "deleted": (
        DELETED,
        [Place("layer", 1, "a/folder/with/a/long/name/token")],
    ),
    "argument": (ARGUMENT, [Place("history", 2, "RUN true")]),
    "mounted": (ARGUMENT, []),
}
WORKED = {
    "nothing": {"change the system": True, "open a namespace": True},
    "not root": {"change the system": False, "open a namespace": True},
    "no new privileges": {"change the system": True, "open a namespace": True},
    "default seccomp": {"change the system": True, "open a namespace": False},
    "all together": {"change the system": False, "open a namespace": False},
}
JINJA = scan.Package("jinja2", "3.1.4", "python")
PACKAGES = [
    scan.Package("libc6", "2.41", "debian", source="glibc"),
    scan.Package("bash", "5", "debian"),
    JINJA,
]
FINDINGS = [
    scan.Finding(JINJA, "CVE-1", "", "3.1.5"),
    scan.Finding(JINJA, "CVE-2", "", "3.1.6"),
]
MOMENTS = {
    "signed": ("tag", "sha256:" + "a" * 64, True),
    "changed, same tag": ("tag", "sha256:" + "b" * 64, False),
    "asked by digest": ("digest", "sha256:" + "a" * 64, True),
}


def _secret_places():
    return pictures.secret_places(PLACES, over=_image())


def _packages_found():
    return pictures.packages_found(
        {"app": PACKAGES[:2], "older": PACKAGES},
        {"app": [], "older": FINDINGS},
    )


def _signature_chain():
    return pictures.signature_chain(MOMENTS, "app:1.0", "sha256:" + "a" * 64)


def test_a_secret_is_marked_at_the_instruction_that_brought_it():
    drawn = _secret_places()
    # Layer 1 is the second layer: the row of ENV made none.
    holds = [row["holds"] for row in drawn.data["deleted"]]
    assert holds == [[], ["file a/folder/with/a/long/name/token"], []]
    assert drawn.data["argument"][1]["holds"] == ["its command line"]
    assert drawn.caption == (
        "2 of 3 images contain the secret: deleted and argument."
    )
    clean = {"mounted": PLACES["mounted"]}
    drawn = pictures.secret_places(clean, over=_image())
    assert drawn.caption.startswith("0 of 1")
    drawn = pictures.secret_places(PLACES, _image(), what="the certificate")
    assert drawn.caption.startswith("2 of 3 images contain the certificate")


def test_restrictions_count_what_only_one_blocks():
    drawn = pictures.restrictions(WORKED)
    assert drawn.data == WORKED
    assert drawn.caption == (
        "All together block 2 of 2 operations;"
        " 2 of them only one restriction blocks by itself."
    )
    assert "no new privileges blocks nothing" in drawn.alt


def test_packages_are_counted_by_kind_and_flagged_once():
    drawn = _packages_found()
    assert drawn.data["older", "python"] == {
        "packages": 1,
        "checked": 1,
        "flagged": {"jinja2 3.1.4": 2},
    }
    assert drawn.caption == (
        "app: 2 packages, 1 checked, 0 advisories;"
        " older: 3 packages, 2 checked, 2 advisories."
    )


def test_packages_that_no_advisory_covers_are_not_called_clean():
    drawn = _packages_found()
    assert drawn.data["app", "debian"]["checked"] == 1
    assert "app, debian: 2 packages, 1 checked" in drawn.alt
    texts = [text.get_text() for text in drawn.figure.axes[0].texts]
    assert texts.count("2, 1 checked") == 2


def test_the_chain_breaks_where_it_did_not_verify():
    drawn = _signature_chain()
    assert [row["verified"] for row in drawn.data.values()] == [1, 0, 1]
    texts = [text.get_text() for text in drawn.figure.axes[0].texts]
    assert texts.count("refused") == 1
    assert "2 of 3 names lead to that image and verify" in drawn.caption


def test_readable(readable):
    for drawn in (
        _secret_places(),
        pictures.restrictions(WORKED),
        _packages_found(),
        _signature_chain(),
    ):
        readable(drawn)
