import { type Definition, tidy } from "./model/definition.ts";

/** Readable JSON in a file of the flow's key. */
export function download(key: string, definition: Definition) {
  const text = `${JSON.stringify(tidy(definition), null, 2)}\n`;
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${key}.json`;
  link.click();
  URL.revokeObjectURL(url);
}
