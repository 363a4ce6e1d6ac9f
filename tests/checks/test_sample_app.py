"""The sample app's own folder, as checks build it. Exercises try the rest."""

from dockerlab.checks import sample_app


def test_the_context_has_the_app_and_its_tests():
    with sample_app.app_context() as folder:
        assert (folder / "app.py").exists()
        assert (folder / "requirements.txt").exists()
        assert list((folder / "tests").glob("test_*.py"))
    assert not folder.exists()
