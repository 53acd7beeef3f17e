import type { Agent } from "@wasl/api";
import { useItems, useScope } from "@wasl/realtime";
import { useMe } from "../../me.ts";

const TRIGGER = /(?:^|\s)@([\p{L}\p{M}\p{N}\u200c._'-]*)$/u;
const MOST_SHOWN = 8;

/** What stands after an `@` before the caret; null when nobody is being named. */
export function mentionQuery(text: string, caret: number): string | null {
  return TRIGGER.exec(text.slice(0, caret))?.[1] ?? null;
}

/** The text with the `@word` before the caret replaced by a name, and where the caret goes then. */
export function insertMention(text: string, caret: number, name: string): [string, number] {
  const start = caret - (mentionQuery(text, caret)?.length ?? 0);
  const named = `${name} `;
  return [text.slice(0, start) + named + text.slice(caret).replace(/^ /, ""), start + named.length];
}

/** Who is named in the text. A name that is part of a longer one that is named does not count. */
export function mentionedIn(text: string, people: { id: string; name: string }[]): string[] {
  let left = text;
  const found: string[] = [];
  for (const { id, name } of [...people].sort((a, b) => b.name.length - a.name.length)) {
    if (!name || !left.includes(`@${name}`)) continue;
    found.push(id);
    left = left.replaceAll(`@${name}`, " ");
  }
  return found;
}

/** Everybody but ourselves, while a note is written. */
export function useColleagues(wanted: boolean): Agent[] {
  const { user } = useMe();
  const agents = useItems<Agent>(useScope(wanted ? "agents" : null), "agent");
  return agents.filter((agent) => agent.id !== user.id);
}

/** Those whose name has a word that begins with the query; who is here first. */
export function matching(people: Agent[], query: string): Agent[] {
  const wanted = query.toLocaleLowerCase();
  return people
    .filter(({ name }) =>
      name
        .toLocaleLowerCase()
        .split(/\s+/)
        .some((word) => word.startsWith(wanted)),
    )
    .sort(
      (a, b) =>
        Number(a.presence === "offline") - Number(b.presence === "offline") ||
        a.name.localeCompare(b.name),
    )
    .slice(0, MOST_SHOWN);
}
