import { describe, expect, it } from "vitest";
import kinds from "../../../mock/channel-kinds.json" with { type: "json" };
import { type Part, rareOf, readSchema } from "./schema.ts";
import { spansOf } from "./spans.ts";

/** The parts of every grid of a kind's form: its own, and those of its sections and lists. */
function gridsOf(parts: Part[]): Part[][] {
  const inner = parts.flatMap((part) => {
    if (part.type === "section") return gridsOf(part.parts);
    return part.type === "list" && part.item.type === "section" ? gridsOf(part.item.parts) : [];
  });
  return [parts, ...inner];
}

const width = (span: string) => Number(/sm:col-span-(\d+)/.exec(span)?.[1] ?? 12);

describe("the rows of a form", () => {
  it.each(kinds.map(({ kind, schema }) => [kind, schema as Record<string, unknown>] as const))(
    "are full for %s",
    (_, schema) => {
      const all = readSchema(schema);
      const rare = rareOf(all);
      for (const parts of gridsOf(all.filter((part) => !rare.includes(part)))) {
        let row = 0;
        for (const span of spansOf(parts)) {
          row += width(span);
          expect(row).toBeLessThanOrEqual(12);
          if (row === 12) row = 0;
        }
        expect(row).toBe(0);
      }
    },
  );
});
