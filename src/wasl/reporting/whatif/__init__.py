"""What if: the last weeks as a scenario, changed, and simulated beside today.

`past` and `today` are pure; `history` reads the weeks, `running` compares in a child process.
"""

from wasl.reporting.whatif.history import MOST_WEEKS, read_past
from wasl.reporting.whatif.past import Past
from wasl.reporting.whatif.today import today_of

__all__ = ["MOST_WEEKS", "Past", "read_past", "today_of"]
