import { type Definition, type Step, tidy } from "./definition.ts";

/** One field that is another: its path ("text.fa", "entries.0.label.en") and what it was and is. */
export interface Change {
  path: string;
  before: string;
  after: string;
}
export interface Difference {
  added: string[];
  removed: string[];
  changed: { step: string; changes: Change[] }[];
  /** Of the flow itself: name, languages, where it begins. */
  flow: Change[];
}

/** What one definition has other than another. How it is drawn makes no difference. */
export function difference(before: Definition, after: Definition): Difference {
  const was = before.steps;
  const is = after.steps;
  const ids = Object.keys(is);
  return {
    added: ids.filter((id) => !(id in was)),
    removed: Object.keys(was).filter((id) => !(id in is)),
    changed: ids
      .filter((id) => id in was)
      .map((step) => ({ step, changes: changesIn(was[step], is[step]) }))
      .filter(({ changes }) => changes.length > 0),
    flow: changesIn(frameOf(before), frameOf(after)),
  };
}

export const isSame = ({ added, removed, changed, flow }: Difference): boolean =>
  added.length + removed.length + changed.length + flow.length === 0;

function frameOf({ steps: _, layout: __, ...frame }: Definition) {
  return frame;
}

function changesIn(before: Step | object | undefined, after: Step | object | undefined): Change[] {
  const was = leaves(tidy(before ?? {}));
  const is = leaves(tidy(after ?? {}));
  return [...new Set([...was.keys(), ...is.keys()])]
    .map((path) => ({ path, before: was.get(path) ?? "", after: is.get(path) ?? "" }))
    .filter((change) => change.before !== change.after);
}

function leaves(value: unknown, path = "", found = new Map<string, string>()) {
  if (typeof value === "object" && value !== null)
    for (const [key, each] of Object.entries(value))
      leaves(each, path ? `${path}.${key}` : key, found);
  else found.set(path, String(value));
  return found;
}
