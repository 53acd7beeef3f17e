// What a visitor downloads, gzipped, against the budgets: loader 3 kB, application script 30 kB.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const out = fileURLToPath(new URL("../../../../src/wasl/static/widget/", import.meta.url));
const size = (file) => gzipSync(readFileSync(out + file), { level: 9 }).length;
const scripts = readdirSync(`${out}assets`).filter((name) => name.endsWith(".js"));
const budgets = [
  ["loader.js", size("loader.js"), 3_000],
  ["app", scripts.reduce((sum, name) => sum + size(`assets/${name}`), 0), 30_000],
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
