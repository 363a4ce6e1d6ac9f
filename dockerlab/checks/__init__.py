"""What an exercise must show on the engine.

`check("flask_app/greeting", answer)` looks at the engine, or builds and runs
what it is given, and shows a card: every criterion, met or not, and a hint.
"""

from dockerlab.checks.core import Criterion, Report, check, exercises

__all__ = ["Criterion", "Report", "check", "exercises"]
