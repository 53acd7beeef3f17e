import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "@formatjs/icu-messageformat-parser";
import type { Plugin } from "vite";

const FOLDER = fileURLToPath(new URL("./messages/", import.meta.url));
const PREFIX = "virtual:wasl-messages/";

/** What the first page needs; the rest is fetched after it stands. */
const FIRST_AREAS = ["channel", "common", "desk", "error", "shell", "sign_in"];
/** Ids of three parts ("channel.email.imap_host") name the fields of forms: never first. */
const isFirst = (id: string) => {
  const [area = "", , field] = id.split(".");
  return FIRST_AREAS.includes(area) && field === undefined;
};

const allAreas = () => readdirSync(FOLDER).sort();

/** Texts of a language: `messages/<area>/<language>.json`, merged. Areas prefix their ids. */
export function readMessages(language: string): Record<string, string> {
  const merged: Record<string, string> = {};
  for (const area of allAreas()) {
    Object.assign(merged, JSON.parse(readFileSync(`${FOLDER}${area}/${language}.json`, "utf8")));
  }
  return merged;
}

/**
 * Serves the texts compiled, so that no message parser is shipped: `virtual:wasl-messages/<language>`
 * is for the first page, `…/<language>/later` has the rest.
 */
function compiledMessages(): Plugin {
  return {
    name: "wasl-messages",
    resolveId: (id) => (id.startsWith(PREFIX) ? `\0${id}` : undefined),
    load(id) {
      if (!id.startsWith(`\0${PREFIX}`)) return;
      const [language = "", later] = id.slice(PREFIX.length + 1).split("/");
      for (const area of allAreas()) this.addWatchFile(`${FOLDER}${area}/${language}.json`);
      const wanted = Object.entries(readMessages(language)).filter(
        ([key]) => isFirst(key) !== Boolean(later),
      );
      const compiled = wanted.map(([key, text]) => [key, parse(text, { captureLocation: false })]);
      return `export default JSON.parse(${JSON.stringify(JSON.stringify(Object.fromEntries(compiled)))})`;
    },
  };
}

/** React Aria ships 34 languages and no Persian: keep ours, add Persian. */
function reactAriaStrings(): Plugin {
  const persian = fileURLToPath(new URL("./react-aria-fa.ts", import.meta.url));
  return {
    name: "wasl-react-aria-strings",
    enforce: "pre",
    transform(code, id) {
      if (!/\/react-(aria|aria-components|stately)\/dist\/private\/.*intlStrings\.m?js/.test(id))
        return;
      const english = /from "([^"]*?)(?:\/(\w+))?\/en-US\.mjs"/.exec(code);
      if (!english) return;
      const [, base, area] = english;
      const folder = area ? `${base}/${area}` : base;
      const key = id.includes("/react-stately/")
        ? "stately"
        : area === undefined || area === "intl"
          ? "components"
          : area;
      return {
        code: `import en from "${folder}/en-US.mjs";
import ar from "${folder}/ar-AE.mjs";
import { persian } from ${JSON.stringify(persian)};
export default { "en-US": en, "ar-AE": ar, "fa-IR": { ...en, ...persian[${JSON.stringify(key)}] } };`,
        map: null,
      };
    },
  };
}

export const i18n = (): Plugin[] => [compiledMessages(), reactAriaStrings()];
