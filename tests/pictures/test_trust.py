"""Pictures of trust: what they plot, and that it is readable."""

from dockerlab import pictures

GOT = {
    "no option": {"company": "", "impostor": ""},
    "--trusted-host packages.example": {
        "company": "the real one",
        "impostor": "malware",
    },
    "--cert ca.pem": {"company": "the real one", "impostor": ""},
}


def test_only_the_option_that_is_right_for_both_is_named():
    drawn = pictures.accepted(GOT, "company")
    assert drawn.data["no option"] == {"company": False, "impostor": True}
    assert drawn.caption == "Right for every server: --cert ca.pem."
    assert "impostor malware (wrong)" in drawn.alt
    assert "no option: company refused (wrong)" in drawn.alt
    drawn = pictures.accepted({"no option": GOT["no option"]}, "company")
    assert drawn.caption == "Right for every server: none."


def test_readable(readable):
    readable(pictures.accepted(GOT, "company"))
