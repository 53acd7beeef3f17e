// What a visitor downloads, gzipped, against the budgets: the loader, the chat's script with what it
// imports at once, and what is fetched when it is first wanted.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const out = fileURLToPath(new URL("../../../../src/wasl/static/widget/", import.meta.url));
const size = (file) => gzipSync(readFileSync(out + file), { level: 9 }).length;
const scripts = readdirSync(`${out}assets`).filter((name) => name.endsWith(".js"));
const atOnce = new Set();
const readFrom = (text) => {
  for (const [, name] of text.matchAll(/(?:from|import|src=)"[^"]*?([^"/]+\.js)"/g)) {
    if (atOnce.has(name)) continue;
    atOnce.add(name);
    readFrom(readFileSync(`${out}assets/${name}`, "utf8"));
  }
};
readFrom(readFileSync(`${out}frame.html`, "utf8"));
const sum = (names) => names.reduce((all, name) => all + size(`assets/${name}`), 0);
const later = scripts.filter((name) => !atOnce.has(name));
const budgets = [
  ["loader.js", size("loader.js"), 3_000],
  ["app", sum([...atOnce]), 30_000],
  ["fetched later", sum(later), 5_000],
];

let over = false;
for (const [name, bytes, limit] of budgets) {
  over ||= bytes > limit;
  console.log(`${name}: ${bytes} of ${limit} bytes gzip${bytes > limit ? " OVER" : ""}`);
}
const outside = [...scripts.map((name) => `assets/${name}`), "loader.js", "frame.html"].filter(
  (file) => /(?:src|href)="https?:\/\/|import\(["']https?:/.test(readFileSync(out + file, "utf8")),
);
if (outside.length) console.error(`asks another host: ${outside.join(", ")}`);
process.exit(over || outside.length ? 1 : 0);
