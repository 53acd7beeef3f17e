"""What would happen if: a centre on a clock of its own, matched by the very engine that serves.

`read_scenario` reads a file; `try_out` simulates it and says what came of it, which `as_text`,
`as_json` and `as_page` show. Pure: no database, no network; the same scenario and seed give the
same result.
"""

from wasl.routing.simulation.changes import Changes, Document, Skill, agents_in, as_toml, changed
from wasl.routing.simulation.compare import LEVELS, compare
from wasl.routing.simulation.estimate import share_of_days
from wasl.routing.simulation.files import try_files
from wasl.routing.simulation.measures import Result, differences, figures, sums_of
from wasl.routing.simulation.page import as_page
from wasl.routing.simulation.reading import ScenarioInvalid
from wasl.routing.simulation.running import simulate
from wasl.routing.simulation.scenario import Scenario, read_scenario, scenario_of
from wasl.routing.simulation.sources import Draw, Recorded, SourceOf
from wasl.routing.simulation.tally import Stretch
from wasl.routing.simulation.theory import reference
from wasl.routing.simulation.told import Outcome, as_json, as_text, try_out
from wasl.routing.simulation.words import LANGUAGES, Language

__all__ = [
    "LANGUAGES",
    "LEVELS",
    "Changes",
    "Document",
    "Draw",
    "Language",
    "Outcome",
    "Recorded",
    "Result",
    "Scenario",
    "ScenarioInvalid",
    "Skill",
    "SourceOf",
    "Stretch",
    "agents_in",
    "as_json",
    "as_page",
    "as_text",
    "as_toml",
    "changed",
    "compare",
    "differences",
    "figures",
    "read_scenario",
    "reference",
    "scenario_of",
    "share_of_days",
    "simulate",
    "sums_of",
    "try_files",
    "try_out",
]
