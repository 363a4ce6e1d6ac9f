"""Why a service does not work, as its log tells."""

from dockerlab.checks.scorecard import service

REQUEST = '172.17.0.1 - - "POST /items HTTP/1.1" 500 -'
TRACEBACK = [REQUEST, "Traceback (most recent call last):", "OSError: full"]


class Logged:
    """A container whose log grows with each look."""

    def __init__(self, *logs):
        self.logged = list(logs)

    def logs(self):
        rows = self.logged.pop(0) if len(self.logged) > 1 else self.logged[0]
        return "\n".join([*rows, ""]).encode()


def test_an_error_that_is_written_after_the_page_is_waited_for():
    late = Logged([REQUEST], TRACEBACK[:2], TRACEBACK)
    assert service.why_it_fails(late) == "Its log ends with: OSError: full."


def test_a_log_without_an_error_ends_with_its_last_line(monkeypatch):
    monkeypatch.setattr(service, "stretch", lambda seconds: 0)
    found = service.why_it_fails(Logged([REQUEST]))
    assert found == f"Its log ends with: {REQUEST}."
    assert service.why_it_fails(Logged([])) == ""
