import { saveFile } from "../save-file.ts";
import { type Definition, tidy } from "./model/definition.ts";

/** Readable JSON in a file of the flow's key. */
export function download(key: string, definition: Definition) {
  const text = `${JSON.stringify(tidy(definition), null, 2)}\n`;
  saveFile(`${key}.json`, text, "application/json");
}
