"""Measure, print the table, write results.json and the documents' figures."""

import argparse
import importlib
import json
import os
import pathlib
import platform
import sys
import time

import jsonschema
from rich.console import Console
from rich.table import Table

from benchmarks import report
from benchmarks.core import Result
from dockerlab.base.errors import LabError
from dockerlab.engine.find import find
from dockerlab.engine.prepare import prepare

HERE = pathlib.Path(__file__).parent
RESULTS = HERE / "results.json"
ALL = (
    "images",
    "serving",
    "validation",
    "ready",
    "footprint",
    "waiting",  # this and the next take what time is left
    "classroom",
)
MINUTES = 15  # for everything


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("names", nargs="*", help=f"of: {', '.join(ALL)}")
    chosen = parser.parse_args().names or list(ALL)
    unknown = set(chosen) - set(ALL)
    if unknown:
        sys.exit(
            f"There is no benchmark {', '.join(sorted(unknown))}.\n"
            f"Choose of: {', '.join(ALL)}."
        )
    try:
        found = prepare(find())
    except LabError as error:
        sys.exit(str(error))
    os.environ.update(found.environment())
    begun = time.monotonic()
    results, failed = [], []
    for name in chosen:
        # What is chosen alone takes the time that it needs.
        left = MINUTES * 60 - (time.monotonic() - begun)
        try:
            results.append(_measure(name, left if len(chosen) > 1 else 3600))
        except LabError as error:
            # One that fails must not cost the figures of the others.
            print(f"{name} failed. {error}", flush=True)
            failed.append(name)
    facts = _merged(
        {
            "machine": f"{platform.machine()}, {os.cpu_count()} cores",
            "engine": f"{found.title} ({found.kind})",
            "results": [result.as_dict() for result in results],
        }
    )
    RESULTS.write_text(json.dumps(facts, indent=1) + "\n", "utf-8")
    report.write(facts)
    missed = [t for r in results for t in r.targets if not t.met]
    took = time.monotonic() - begun
    print(f"{took:.0f} s, {len(missed)} targets missed.")
    if failed:
        sys.exit(f"Without new figures: {', '.join(failed)}.")


def _merged(facts: dict) -> dict:
    """With what this machine measured before of the other benchmarks."""
    fresh = {row["benchmark"]: row for row in facts["results"]}
    if RESULTS.exists():
        before = json.loads(RESULTS.read_text("utf-8"))
        same = all(before[key] == facts[key] for key in ("machine", "engine"))
        for row in before["results"] if same else ():
            name = row["benchmark"]
            # What was measured whole says more than what was cut short.
            if name not in fresh or row["whole"] > fresh[name]["whole"]:
                fresh[name] = row
    rows = [fresh[name] for name in ALL if name in fresh]
    merged = {**facts, "results": rows}
    schema = json.loads((HERE / "results.schema.json").read_text("utf-8"))
    jsonschema.validate(merged, schema)
    return merged


def _measure(name: str, seconds: float) -> Result:
    print(f"{name}:", flush=True)
    begun = time.monotonic()
    result = importlib.import_module(f"benchmarks.{name}").measure(seconds)
    result.seconds = round(time.monotonic() - begun, 1)
    table = Table("", "median", "from", "to", "unit", title=name)
    for row in result.series:
        values = (row.median, min(row.values), max(row.values))
        table.add_row(row.name, *(f"{v:,.4g}" for v in values), row.unit)
    console = Console(width=100)
    console.print(table)
    for target in result.targets:
        sign = "at most" if target.most else "at least"
        verdict = "met" if target.met else f"MISSED. {target.reason}"
        console.print(
            f"{target.name}: {target.value:.3g}"
            f" ({sign} {target.limit:g}): {verdict}"
        )
    for note in result.notes:
        console.print(note)
    return result


if __name__ == "__main__":
    main()
