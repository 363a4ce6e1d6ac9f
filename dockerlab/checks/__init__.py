"""What an exercise must show on the engine.

`check("flask_app/greeting", answer)` looks at the engine, or builds and runs
an answer. It shows a card with every criterion, met or not, and a hint.
"""

from dockerlab.checks.core import check, exercises
from dockerlab.checks.report import Criterion, Report

__all__ = ["Criterion", "Report", "check", "exercises"]
