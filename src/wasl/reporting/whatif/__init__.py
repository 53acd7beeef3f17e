"""What if: the last weeks as a scenario, changed, and simulated beside today.

`past` and `today` are pure; `history` reads the weeks, `running` compares in a child process.
"""

from wasl.reporting.whatif.history import past_as_file, read_past
from wasl.reporting.whatif.today import today_of

__all__ = ["past_as_file", "read_past", "today_of"]
