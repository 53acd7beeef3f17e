// What no compiler sees: complete texts, six Arabic plural forms, logical properties, page weight.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { parse, TYPE } from "@formatjs/icu-messageformat-parser";

const MESSAGES = "packages/i18n/messages";
const LANGUAGES = ["en", "fa", "ar"];
const ARABIC_FORMS = ["zero", "one", "two", "few", "many", "other"];
const BUDGETS = { "../src/wasl/static/desk": 250_000 };
/** What stands in Latin digits in every language: names, codes, addresses, and samples of digits. */
const DIGITS_AS_WRITTEN = new Set([
  "channel.email.oauth2.token_url.help",
  "channel.email.server.oauth2",
  "channel.email.server.port.help",
  "channel.web_chat.accent.help",
  "settings.digits.arab",
  "settings.digits.arabext",
  "settings.digits.latn",
]);
const DIGIT = /[0-9\u0660-\u0669\u06f0-\u06f9]/;
const problems = [];

const filesIn = (folder, pattern) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : filesIn(path, pattern);
    return pattern.test(entry.name) ? [path] : [];
  });

// ── texts ──────────────────────────────────────────────────────────────────────────────────
function walk(elements, visit) {
  for (const element of elements) {
    visit(element);
    for (const option of Object.values(element.options ?? {})) walk(option.value, visit);
    if (element.children) walk(element.children, visit);
  }
}
function argumentsOf(elements) {
  const names = new Set();
  walk(elements, (e) => {
    if (e.type !== TYPE.literal && e.type !== TYPE.pound) names.add(e.value);
  });
  return [...names].sort().join(", ");
}

const known = new Set();
for (const area of readdirSync(MESSAGES)) {
  const texts = LANGUAGES.map((language) => {
    const path = `${MESSAGES}/${area}/${language}.json`;
    if (!existsSync(path)) {
      problems.push(`${path} is missing`);
      return {};
    }
    return JSON.parse(readFileSync(path, "utf8"));
  });
  const ids = new Set(texts.flatMap((t) => Object.keys(t)));
  for (const id of ids) {
    known.add(id);
    if (!id.startsWith(`${area}.`)) problems.push(`${id}: ids of ${area} begin with "${area}."`);
    const wanted = texts[0][id] && argumentsOf(parse(texts[0][id]));
    for (const [index, language] of LANGUAGES.entries()) {
      const text = texts[index][id];
      if (!text?.trim()) {
        problems.push(`${id}: no text in ${language}`);
        continue;
      }
      const elements = parse(text);
      const found = argumentsOf(elements);
      if (found !== wanted)
        problems.push(`${id}: ${language} uses {${found}}, English {${wanted}}`);
      if (language !== "en" && !DIGITS_AS_WRITTEN.has(id))
        walk(elements, (e) => {
          if (e.type === TYPE.literal && DIGIT.test(e.value))
            problems.push(`${id}: ${language} has a digit that is no argument`);
        });
      if (language !== "ar") continue;
      walk(elements, (e) => {
        if (e.type !== TYPE.plural) return;
        const missing = ARABIC_FORMS.filter((form) => !(form in e.options));
        if (missing.length) problems.push(`${id}: Arabic lacks the forms ${missing.join(", ")}`);
      });
    }
  }
}

// ── sources ────────────────────────────────────────────────────────────────────────────────
const sources = ["packages", "apps"].flatMap((f) => filesIn(f, /\.(tsx?|css)$/));
const PHYSICAL =
  /(?<![\w-])-?(?:[mp][lr]-[\w[]|(?:left|right)-(?:\d|\[|auto|full|px)|text-(?:left|right)\b|rounded-(?:[lr]|[tb][lr])(?:-|\b)|border-[lr](?:-|\b)|float-(?:left|right)\b)/;
const PHYSICAL_CSS = /(?:margin|padding|border)-(?:left|right)\b|text-align:\s*(?:left|right)\b/;
const used = [];
const prefixes = [];
for (const path of sources) {
  const text = readFileSync(path, "utf8");
  const ours = !path.startsWith("apps/widget") && !path.startsWith("apps/demo");
  text.split("\n").forEach((line, index) => {
    const pattern = path.endsWith(".css") ? PHYSICAL_CSS : /["'`]/.test(line) ? PHYSICAL : null;
    const found = pattern?.exec(line);
    if (found) problems.push(`${path}:${index + 1}: "${found[0]}" is not logical`);
  });
  if (!ours || /\.test\.ts$/.test(path)) continue;
  for (const [, id] of text.matchAll(/["'`]([a-z_]+\.[a-z0-9_.]+)["'`]/g))
    if (known.has(id)) used.push(id);
  for (const [, id] of text.matchAll(/\bt\(\s*["'`]([a-z_]+\.[a-z0-9_.]+)["'`]/g))
    if (!known.has(id)) problems.push(`${path}: no text "${id}"`);
  for (const [, prefix] of text.matchAll(/[`]([a-z_]+\.[a-z0-9_.]*)\$\{/g)) prefixes.push(prefix);
}
for (const id of known)
  if (
    !id.startsWith("common.") &&
    !used.includes(id) &&
    !prefixes.some((prefix) => id.startsWith(prefix))
  )
    problems.push(`${id}: no page uses this text`);

// ── weight ─────────────────────────────────────────────────────────────────────────────────
/** Script and style that the first page, the list, needs, with the texts of one language. */
for (const [folder, budget] of Object.entries(BUDGETS)) {
  const path = `${folder}/.vite/manifest.json`;
  if (!existsSync(path)) {
    console.log(`${folder} is not built: its weight is not checked`);
    continue;
  }
  const manifest = JSON.parse(readFileSync(path, "utf8"));
  const needed = new Set();
  const add = (key) => {
    const chunk = manifest[key];
    if (!chunk || needed.has(chunk.file)) return;
    needed.add(chunk.file);
    for (const css of chunk.css ?? []) needed.add(css);
    for (const next of chunk.imports ?? []) add(next);
  };
  add("index.html");
  add("src/conversations/page.tsx");
  const languages = Object.keys(manifest).filter((key) => /wasl-messages\/\w+$/.test(key));
  const weigh = (file) => gzipSync(readFileSync(join(folder, file))).length;
  const heaviest = Math.max(0, ...languages.map((key) => weigh(manifest[key].file)));
  const total = [...needed].map(weigh).reduce((a, b) => a + b, 0) + heaviest;
  console.log(`${folder}: first load ${(total / 1000).toFixed(1)} of ${budget / 1000} kB gzip`);
  if (total > budget) problems.push(`${folder}: first load is ${total} bytes, allowed ${budget}`);
}

for (const problem of problems) console.error(problem);
console.log(
  problems.length ? `${problems.length} problems` : "texts, directions and weight are right",
);
process.exitCode = problems.length ? 1 : 0;
