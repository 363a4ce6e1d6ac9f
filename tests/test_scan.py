"""SBOMs that are read, and versions that are matched."""

import http.server
import json
import threading

import pytest

from dockerlab import scan
from dockerlab.base.errors import LabError

OLD = scan.Package("jinja2", "3.1.4", "python")
CYCLONEDX = {
    "bomFormat": "CycloneDX",
    "components": [
        {"type": "operating-system", "name": "debian"},
        {
            "purl": "pkg:pypi/jinja2@3.1.4",
            "properties": [
                {"name": "syft:location:0:path", "value": "/venv/METADATA"}
            ],
        },
        {
            "purl": "pkg:deb/debian/libstdc%2B%2B6@14.2.0-19?arch=amd64"
            "&distro=debian-13&upstream=gcc-14%4014.2.0"
        },
    ],
}
SPDX = {
    "spdxVersion": "SPDX-2.3",
    "packages": [
        {"name": "an image"},
        {
            "externalRefs": [
                {"referenceType": "cpe23Type", "referenceLocator": "cpe:2.3"},
                {
                    "referenceType": "purl",
                    "referenceLocator": "pkg:pypi/jinja2@3.1.4",
                },
            ]
        },
        {
            "externalRefs": [
                {
                    "referenceType": "purl",
                    "referenceLocator": "pkg:oci/x@sha256:12",
                }
            ]
        },
    ],
}


@pytest.fixture(autouse=True)
def offline(monkeypatch):
    monkeypatch.setattr(scan, "OSV", "http://127.0.0.1:9")  # nobody listens
    scan._osv_answers.cache_clear()
    yield
    scan._osv_answers.cache_clear()


def test_reads_cyclonedx():
    assert scan.read_inventory(CYCLONEDX) == [
        scan.Package(
            "libstdc++6",
            "14.2.0-19",
            "debian",
            source="gcc-14",
            release="debian-13",
        ),
        scan.Package("jinja2", "3.1.4", "python", "/venv/METADATA"),
    ]


def test_reads_spdx_from_a_file(tmp_path):
    path = tmp_path / "bom.json"
    path.write_text(json.dumps(SPDX))
    assert scan.read_inventory(path) == [OLD]


@pytest.mark.parametrize("text", ["{}", "no json", None])
def test_another_document_is_explained(tmp_path, text):
    path = tmp_path / "bom.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(LabError, match="not an SBOM"):
        scan.read_inventory(path)


def test_offline_the_file_is_used_with_its_date():
    assert scan.source().startswith("the course's file, as of 20")
    assert {f.id: f.fixed for f in scan.advisories([OLD])} == {
        "CVE-2024-56201": "3.1.5",
        "CVE-2024-56326": "3.1.5",
        "CVE-2025-27516": "3.1.6",
    }


@pytest.mark.parametrize(
    ("name", "version", "count"),
    [
        ("Jinja2", "3.1.4", 3),
        ("jinja2", "3.1.5", 1),
        ("jinja2", "3.1.6", 0),
        ("jinja2", "2.11.3", 4),  # CVE-2024-56201 came with 3.0
        ("jinja2", "not a version", 0),
        ("markupsafe", "3.0.2", 0),
    ],
)
def test_matches_versions(name, version, count):
    found = scan.advisories([scan.Package(name, version, "python")])
    assert len(found) == count


def test_only_python_packages_are_checked():
    assert scan.advisories([scan.Package("jinja2", "3.1.4", "debian")]) == []


@pytest.mark.parametrize(
    ("events", "fix"),
    [
        ([{"introduced": "0"}], ""),
        ([{"introduced": "0"}, {"fixed": "2.0"}], "2.0"),
        ([{"introduced": "0"}, {"fixed": "1.0"}], None),
        ([{"introduced": "1.6"}, {"fixed": "2.0"}], None),
        ([{"introduced": "0"}, {"last_affected": "1.5"}], ""),
        ([{"introduced": "0"}, {"last_affected": "1.4"}], None),
        (
            [
                {"introduced": "0"},
                {"fixed": "1.2"},
                {"introduced": "1.4"},
                {"fixed": "1.9"},
            ],
            "1.9",
        ),
    ],
)
def test_reads_ranges(events, fix):
    affected = {"ranges": [{"type": "ECOSYSTEM", "events": events}]}
    assert scan._fix("1.5", affected) == fix


@pytest.fixture
def osv(monkeypatch):
    """An OSV that knows one fault by two names, and a withdrawn one."""

    def about(id, **more):
        affected = {
            "package": {"ecosystem": "PyPI", "name": "jinja2"},
            "ranges": [
                {
                    "type": "ECOSYSTEM",
                    "events": [{"introduced": "0"}, {"fixed": "9"}],
                }
            ],
        }
        return {"id": id, "aliases": ["CVE-1"], "affected": [affected], **more}

    records = {
        "GHSA-a": about("GHSA-a", summary="known"),
        "PYSEC-b": about("PYSEC-b"),
        "GHSA-c": about("GHSA-c", aliases=["CVE-2"], withdrawn="2026-01-01"),
    }
    ids = [{"id": id} for id in records]
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def answer(self, value):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(value).encode())

        def do_POST(self):
            size = int(self.headers["Content-Length"])
            asked.append(json.loads(self.rfile.read(size)))
            one = {"vulns": ids}
            batch = self.path.endswith("batch")
            self.answer({"results": [one, {}]} if batch else one)

        def do_GET(self):
            self.answer(records[self.path.rpartition("/")[2]])

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        port = server.server_address[1]
        monkeypatch.setattr(scan, "OSV", f"http://127.0.0.1:{port}")
        yield asked
        server.shutdown()
        thread.join()


def test_osv_is_used_if_it_answers(osv):
    other = scan.Package("flask", "3.1.3", "python")
    assert scan.advisories([OLD, other]) == [
        scan.Finding(OLD, "CVE-1", "known", "9")
    ]
    assert scan.source() == "OSV, https://osv.dev"
    assert [q["version"] for q in osv[-1]["queries"]] == ["3.1.4", "3.1.3"]


def test_every_advisory_in_the_file_is_complete():
    for record in scan._collected()["advisories"]:
        assert record["id"].startswith(("GHSA-", "CVE-"))
        names = [record["id"], *record["aliases"]]
        assert any(name.startswith("CVE-") for name in names)
        [affected] = record["affected"]
        assert affected["ranges"][0]["events"][-1]["fixed"]
        assert record["references"][0]["url"].endswith(record["id"])
