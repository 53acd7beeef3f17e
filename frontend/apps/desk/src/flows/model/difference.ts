import { type Definition, type Step, tidy } from "./definition.ts";
import type { FlowLanguage } from "./language.ts";

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

/** What one definition has other than another. How it is drawn makes no difference, nor whether
 * what stands there by default is written out. */
export function difference(
  before: Definition,
  after: Definition,
  { lean, full }: Pick<FlowLanguage, "lean" | "full">,
): Difference {
  const [was, is] = [before, after].map((each) => ({ said: lean(each), meant: full(each) })) as [
    Both,
    Both,
  ];
  const ids = Object.keys(after.steps);
  return {
    added: ids.filter((id) => !(id in before.steps)),
    removed: Object.keys(before.steps).filter((id) => !(id in after.steps)),
    changed: ids
      .filter((id) => id in before.steps)
      .map((step) => ({ step, changes: changesIn(was, is, ({ steps }) => steps[step]) }))
      .filter(({ changes }) => changes.length > 0),
    flow: changesIn(was, is, frameOf),
  };
}

/** A definition with its defaults left out, and with them. */
interface Both {
  said: Definition;
  meant: Definition;
}

export const isSame = ({ added, removed, changed, flow }: Difference): boolean =>
  added.length + removed.length + changed.length + flow.length === 0;

function frameOf({ steps: _, layout: __, ...frame }: Definition) {
  return frame;
}

/** What is said on either side, with what is meant on both. */
function changesIn(
  before: Both,
  after: Both,
  part: (of: Definition) => Step | object | undefined,
): Change[] {
  const [said, meant] = (["said", "meant"] as const).map((form) => ({
    was: leaves(tidy(part(before[form]) ?? {})),
    is: leaves(tidy(part(after[form]) ?? {})),
  })) as [Leaves, Leaves];
  return [...new Set([...said.was.keys(), ...said.is.keys()])]
    .map((path) => ({ path, before: meant.was.get(path) ?? "", after: meant.is.get(path) ?? "" }))
    .filter((change) => change.before !== change.after);
}
type Leaves = Record<"was" | "is", Map<string, string>>;

function leaves(value: unknown, path = "", found = new Map<string, string>()) {
  if (typeof value === "object" && value !== null)
    for (const [key, each] of Object.entries(value))
      leaves(each, path ? `${path}.${key}` : key, found);
  else found.set(path, String(value));
  return found;
}
