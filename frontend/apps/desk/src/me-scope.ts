import type { Agent, Counts, Mention, Notice, Offer } from "@wasl/api";
import { useItems, useScope } from "@wasl/realtime";
import { useMe } from "./me.ts";

/** Notes that name us and that we have not seen, newest first. */
export function useMentions(): Mention[] {
  const mentions = useItems<Mention>(useScope("me"), "mention");
  return [...mentions].sort((a, b) => b.at.localeCompare(a.at));
}

/** What supervisors told us and we have not read, newest first. */
export function useNotices(): Notice[] {
  const notices = useItems<Notice>(useScope("me"), "notice");
  return [...notices].sort((a, b) => b.at.localeCompare(a.at));
}

/** What the server tells us of ourselves: presence and load, counts, offers. */
export function useMeScope(): { agent: Agent | null; counts: Counts | null; offers: Offer[] } {
  const { user } = useMe();
  const state = useScope("me");
  const agents = useItems<Agent>(state, "agent");
  const counts = useItems<Counts>(state, "counts");
  const offers = useItems<Offer>(state, "offer");
  return {
    agent: agents.find((a) => a.id === user.id) ?? agents[0] ?? null,
    counts: counts[0] ?? null,
    offers,
  };
}
