"""The capstone's files, as a colleague left them."""

from dockerlab import scan
from dockerlab.checks.scorecard import tree


def test_the_tree_is_as_bad_as_the_notebook_claims(tmp_path):
    tree.unpack(tmp_path)
    held = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*")}
    assert {".env", "app.py", "nearby/nearby.c", "tests/test_app.py"} <= held
    assert not {"Dockerfile", ".dockerignore"} & held
    assert (tmp_path / "exports/2019.csv").stat().st_size > 20e6
    required = (tmp_path / "requirements.txt").read_text().split()
    assert [row for row in required if "==" in row] == ["jinja2==3.1.4"]
    old = scan.Package("jinja2", "3.1.4", "python")
    assert scan.advisories([old], online=False)
    code = (tmp_path / "app.py").read_text()
    for sin in ("SIG_IGN", "debug=True", "HERE)", "0.0.0.0"):
        assert sin in code
    assert len(tree.token()) > 20
    committed = sum(p.stat().st_size for p in tree.SOURCE.rglob("*.*"))
    assert committed < 100_000
