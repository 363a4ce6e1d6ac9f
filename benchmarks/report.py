"""Write the figures of a whole run into the documents that quote them."""

from dockerlab import paths
from dockerlab.base import documents

DOCUMENT = paths.PROJECT / "docs" / "benchmarks.md"
README = paths.PROJECT / "README.md"


def write(facts: dict) -> None:
    """Write docs/benchmarks.md's tables and README's table of targets."""
    dates = sorted({result["date"] for result in facts["results"]})
    where = f"{' and '.join(dates)}, {facts['machine']}, {facts['engine']}."
    documents.fill(DOCUMENT, "figures", f"{where}\n\n{_tables(facts)}\n")
    targets = [t for r in facts["results"] for t in r["targets"]]
    rows = "\n".join(
        f"| {t['name']} | {t['value']:.3g} | {_limit(t)} |"
        f" {'met' if t['met'] else 'missed'} |"
        for t in targets
    )
    head = f"Measured by `make bench` on {where}\n\n"
    head += "| what | measured | target | |\n"
    documents.fill(README, "figures", f"{head}|---|---|---|---|\n{rows}\n")


def _limit(target: dict) -> str:
    return f"at {'most' if target['most'] else 'least'} {target['limit']:g}"


def _tables(facts: dict) -> str:
    parts = []
    for result in facts["results"]:
        parts += [f"### {result['benchmark']}", ""]
        parts += [f"{result['date']}, in {result['seconds']:.0f} s.", ""]
        parts += [
            "| what | median | from | to | unit |",
            "|---|---|---|---|---|",
        ]
        parts += [
            f"| {s['name']} | {s['median']:,.4g} | {s['least']:,.4g} |"
            f" {s['most']:,.4g} | {s['unit']} |"
            for s in result["series"]
        ]
        parts.append("")
        for target in result["targets"]:
            verdict = "met" if target["met"] else "missed: " + target["reason"]
            parts.append(
                f"- {target['name']}: {target['value']:.3g}"
                f" ({_limit(target)}), {verdict}"
            )
        parts += [f"- {note}" for note in result["notes"]]
        parts.append("")
    return "\n".join(parts)
