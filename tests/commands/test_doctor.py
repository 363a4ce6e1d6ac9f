"""The doctor: what it finds, and what to type."""

import json

import pytest


def test_doctor_before_anything_is_prepared(command, bare_home):
    done = command("doctor", "--json", **bare_home)
    report = json.loads(done.stdout)
    assert done.returncode == 1
    assert not report["ok"]
    [row] = [r for r in report["checks"] if r["name"] == "engine"]
    assert row["fix"] == "make start"


@pytest.mark.engine
def test_doctor_is_well(command):
    done = command("doctor", "--json")
    report = json.loads(done.stdout)
    assert report["ok"], report
    assert done.returncode == 0
    assert {"name", "ok", "detail", "fix"} <= set(report["checks"][0])
    assert not any(row["fix"] for row in report["checks"] if row["ok"])
    names = {row["name"] for row in report["checks"]}
    assert {"image store", "rights", "limits", "log driver"} <= names
    assert {"docker command", "platform", "time", "variables"} <= names
    assert {"proxies", "addresses"} <= names
    red = [row for row in report["checks"] if not row["ok"]]
    assert all(row["fix"] and row["detail"] for row in red)
