// Pictures of the desk against the mock: npm run build && npm run preview -w @wasl/desk, then
// node scripts/screenshots.mjs <folder> [language…]
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const [folder = "test-results", ...languages] = process.argv.slice(2);
const base = process.env.WASL_DESK ?? "http://127.0.0.1:4173";
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PEOPLE = { en: "daniel", fa: "maryam", ar: "khalid" };
const only = process.env.ONLY;
mkdirSync(folder, { recursive: true });

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic"],
});

let violations = 0;
async function shot(page, name) {
  await page.waitForTimeout(350);
  await page.screenshot({ path: `${folder}/${name}.png` });
  const found = await page.evaluate(async (source) => {
    if (!window.axe) new Function(source)();
    const { violations } = await window.axe.run(document, {
      rules: { region: { enabled: false } },
    });
    return violations.map(
      (v) =>
        `${v.id}: ${v.nodes
          .map((n) => `${n.target} ${n.html.slice(0, 160)}`)
          .slice(0, 3)
          .join(" | ")}`,
    );
  }, axe);
  violations += found.length;
  for (const line of found) console.log(`${name}: ${line}`);
}

for (const language of languages.length ? languages : Object.keys(PEOPLE)) {
  for (const [shape, viewport] of [
    ["wide", { width: 1440, height: 900 }],
    ["phone", { width: 390, height: 844 }],
  ]) {
    for (const scheme of ["light", "dark"]) {
      const name = `${language}-${shape}-${scheme}`;
      if (only && !name.includes(only)) continue;
      const context = await browser.newContext({ viewport, colorScheme: scheme, locale: language });
      const page = await context.newPage();
      page.on("pageerror", (error) => console.log(`${name}: ${error.message}`));
      page.on("console", (m) => m.type() === "error" && console.log(`${name}: ${m.text()}`));
      await page.request.post(`${base}/mock/reset`);
      await page.goto(`${base}/desk/`);
      await page.locator("input[type=email]").waitFor();
      if (scheme === "light") await shot(page, `${name}-sign-in`);
      await page.fill("input[type=email]", `${PEOPLE[language]}@naranj.example`);
      await page.fill("input[type=password]", "wrong");
      await page.keyboard.press("Enter");
      await page.locator("[data-invalid]").first().waitFor();
      if (scheme === "light") await shot(page, `${name}-refused`);
      await page.fill("input[type=password]", "right");
      await page.keyboard.press("Enter");
      await page.locator("[data-row]").first().waitFor();
      await shot(page, `${name}-list`);
      await page.locator("[data-row]").first().click();
      await page.locator("textarea").waitFor();
      await page.waitForTimeout(400);
      await shot(page, `${name}-conversation`);
      if (shape === "wide") {
        await page.keyboard.press("Alt+c");
        await shot(page, `${name}-picker`);
        await page.keyboard.press("Escape");
        await page.waitForTimeout(200);
        await page.locator("textarea").fill("/");
        await shot(page, `${name}-canned`);
        await page.locator("textarea").fill("");
        await page.keyboard.press("Alt+p");
        await shot(page, `${name}-note`);
        await page.keyboard.press("Alt+l");
        await page.keyboard.press("Alt+m");
        await page.getByRole("dialog").waitFor();
        await shot(page, `${name}-snooze`);
        await page.keyboard.press("Escape");
        await page.waitForTimeout(300);
        await page.keyboard.press("Control+k");
        await shot(page, `${name}-palette`);
        await page.keyboard.press("Escape");
        await page.waitForTimeout(300);
        await page.locator("[data-row]").nth(1).click();
        await page.waitForTimeout(300);
        await shot(page, `${name}-failed`);
      }
      await page.request.post(`${base}/mock/offer`);
      await page.waitForTimeout(500);
      await shot(page, `${name}-offer`);
      await page.keyboard.press("Alt+d");
      await page.waitForTimeout(300);
      await page.request.post(`${base}/mock/cut`);
      await page.waitForTimeout(1800);
      await page.locator("textarea").fill(
        {
          en: "He calls 15 minutes before.",
          fa: "۱۵ دقیقه قبل زنگ می‌زند.",
          ar: "يتصل قبل 15 دقيقة.",
        }[language],
      );
      await page.keyboard.press("Control+Enter");
      await shot(page, `${name}-offline`);
      await page.request.post(`${base}/mock/join`);
      await context.close();
    }
  }
}
await browser.close();
console.log(`${violations} axe violations`);
process.exitCode = violations ? 1 : 0;
