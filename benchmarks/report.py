"""Write the figures of a whole run into the documents that quote them."""

from dockerlab import documents, paths

DOCUMENT = paths.PROJECT / "docs" / "benchmarks.md"
README = paths.PROJECT / "README.md"


def write(facts: dict) -> None:
    """Write docs/benchmarks.md's tables and README's line."""
    dates = sorted({result["date"] for result in facts["results"]})
    where = f"{' and '.join(dates)}, {facts['machine']}, {facts['engine']}."
    documents.fill(DOCUMENT, "figures", f"{where}\n\n{_tables(facts)}\n")
    targets = [t for r in facts["results"] for t in r["targets"]]
    rows = "\n".join(
        f"| {t['name']} | {t['value']:.3g} |"
        f" {'at most' if t['most'] else 'at least'} {t['limit']:g} |"
        for t in targets
        if t["met"]
    )
    head = f"Measured by `make bench` on {where}\n\n"
    head += "| what | measured | target |\n"
    documents.fill(README, "figures", f"{head}|---|---|---|\n{rows}\n")


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
            sign = "at most" if target["most"] else "at least"
            verdict = "met" if target["met"] else "missed: " + target["reason"]
            parts.append(
                f"- {target['name']}: {target['value']:.3g}"
                f" ({sign} {target['limit']:g}), {verdict}"
            )
        parts += [f"- {note}" for note in result["notes"]]
        parts.append("")
    return "\n".join(parts)
