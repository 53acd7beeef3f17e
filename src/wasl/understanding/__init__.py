"""What somebody means by what they write: which of several answers, learned from a few sentences
for each. Local, by any OpenAI-compatible model, or off; pure of tables, used by what asks.

Local models run in a child process that starts on demand and ends when it has been idle, so that
nothing of them is in the server's memory; nothing is ever downloaded.
"""

from wasl.understanding.choosing import engine_from
from wasl.understanding.contract import (
    LONGEST_SENTENCE,
    MOST_SENTENCES,
    Answers,
    Engine,
    Off,
    Understood,
)

__all__ = [
    "LONGEST_SENTENCE",
    "MOST_SENTENCES",
    "Answers",
    "Engine",
    "Off",
    "Understood",
    "engine_from",
]
