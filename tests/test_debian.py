"""Debian's versions, and advisories about its packages."""

import itertools
import json

import pytest

from dockerlab import debian, scan

# As `dpkg --compare-versions` sorts them.
SORTED = [
    "0",
    "1.0~rc1",
    "1.0",
    "1.0-1~deb13u1",
    "1.0-1",
    "1.0-1+b1",
    "1.0-1+deb13u1",
    "1.0a",
    "1.0+dfsg-1",
    "1.0.",
    "1.9",
    "1.10",
    "1:0.1",
]


def test_sorts_versions_as_dpkg_does():
    for lower, higher in itertools.combinations(SORTED, 2):
        assert debian.key(lower) < debian.key(higher), (lower, higher)


@pytest.mark.parametrize(
    ("package", "count"),
    [
        (scan.Package("gzip", "1.13-1", "debian"), 2),
        (scan.Package("gzip", "1.13-1+deb13u1", "debian"), 0),
        (scan.Package("gzip", "1.13-1", "python"), 0),
        (scan.Package("gzip", "1.13-1", "debian", release="debian-12"), 0),
        (scan.Package("libc6", "2.41-12", "debian", source="glibc"), 22),
        (scan.Package("libc6", "2.41-12", "debian"), 0),  # no such source
        (scan.Package("tar", "1.35+dfsg-3.1", "debian"), 1),  # never fixed
    ],
)
def test_matches_source_packages_below_the_fixed_version(package, count):
    assert len(debian.advisories([package])) == count


def test_packages_of_one_source_count_once():
    names = ["libssl3t64", "openssl"]
    packages = [
        scan.Package(name, "3.5.1-1", "debian", source="openssl")
        for name in names
    ]
    found = debian.advisories(packages)
    assert {finding.package.name for finding in found} == {"libssl3t64"}
    assert len({finding.id for finding in found}) == len(found)


def test_what_is_not_in_the_file_is_not_covered():
    known = scan.Package("libc6", "1", "debian", source="glibc")
    unknown = scan.Package("bash", "1", "debian")
    assert [debian.covers(known), debian.covers(unknown)] == [True, False]


def test_the_file_says_how_old_and_how_large_it_is():
    content = json.loads(debian.FILE.read_text("utf-8"))
    number = len(content["advisories"])
    assert f"{number} advisories" in debian.source()
    assert content["collected"] in debian.source()


def test_the_file_has_the_form_that_is_read():
    for record in json.loads(debian.FILE.read_text("utf-8"))["advisories"]:
        (affected,) = record["affected"]
        assert affected["package"]["ecosystem"] == debian.ECOSYSTEM
        begin, *fixes = affected["ranges"][0]["events"]
        assert begin == {"introduced": "0"}
        for fix in fixes:
            assert debian.key(fix["fixed"]) > debian.key("0")
