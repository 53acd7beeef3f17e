"""Which agent first: the order of a line's ready agents, by the queue's strategy.

Smaller goes first. A key grows, or stays, as the agent's load grows, so that an old entry of a
heap is never worse than the truth; between two changes of the agent it stands still. Every
strategy ends with who has been idle for longest, which is fair (Atar 2008; Armony & Ward 2010).

- longest_idle: the least loaded, then the longest idle, then the higher level.
- spare_capacity: the greatest share of free units of the channel kind.
- proficiency: the best fit, the level in the queue plus those of the required skills.
- idleness_ratio: the smallest busy share of the shift: the idle side of the queue-and-idleness
  ratio rule (Gurvich & Whitt 2009) with every agent a pool of their own and equal targets.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from wasl.routing.policy.facts import Agent, Strategy, capacity_of
from wasl.routing.policy.requirement import Requirement


def agent_key(
    strategy: Strategy,
    agent: Agent,
    load: int,
    queue_id: UUID,
    kind: str,
    asked: Requirement | frozenset[UUID],
    used: Mapping[str, int],
) -> tuple[float, ...]:
    """The agent's place among those who are ready."""
    idle_since = agent.idle_since.timestamp()
    level = agent.levels.get(queue_id, 0)
    if strategy == "longest_idle":
        return load, idle_since, -level, agent.id.int
    if strategy == "spare_capacity":
        share = used.get(kind, 0) / max(1, capacity_of(agent.capacity, kind))
        return share, load, idle_since, agent.id.int
    if strategy == "proficiency":
        fit = level + (asked.fit(agent.skills) if isinstance(asked, Requirement) else 0)
        return -fit, load, idle_since, agent.id.int
    return agent.busy_share, load, idle_since, agent.id.int
