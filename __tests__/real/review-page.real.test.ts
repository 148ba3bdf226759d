import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { CHROMIUM, debianChromium } from "../../scripts/browser/chromium.mjs";
import { cacheFolder } from "../../src/cli/cache-folder.mjs";
import { html } from "../../src/review/html.ts";
import { largeReview } from "../review/large-shop.ts";
import {
  contrasts,
  focused,
  hiddenParts,
  matches,
  pageWidths,
  pictureParts,
  reachable,
} from "./programs/page-probes.mjs";

const URL = "file:///mnt/page.html";
const DESKTOP = 1280;
const PHONE = 360;
/** What is between the margins of an A4 page, in CSS pixels. */
const SHEET = { portrait: 703, landscape: 1032 };
/** WCAG 2.2, 1.4.3 and 1.4.11. */
const TEXT_CONTRAST = 4.5;
const MARK_CONTRAST = 3;
const SMALLEST_TEXT = 10;

const pages = mkdtempSync(join(tmpdir(), "slipway-review-page-"));
const asked: string[] = [];
const said: string[] = [];
let browser: Browser;
let page: Page;

// The browser is made of packages the first time, which takes some minutes.
beforeAll(async () => {
  const root = await debianChromium({ cacheDir: cacheFolder(), log: () => {} });
  const { markdown, after } = largeReview();
  writeFileSync(join(pages, "page.html"), html(markdown, after));
  browser = await puppeteer.launch({
    executablePath: CHROMIUM,
    pipe: true,
    env: { ...process.env, CHROMIUM_ROOT: root, CHROMIUM_PAGES: pages },
    args: ["--no-sandbox", "--user-data-dir=/tmp/profile"],
  });
  page = await browser.newPage();
  page.on("request", (request) => void asked.push(request.url()));
  page.on("console", (message) => void said.push(message.text()));
  page.on("pageerror", (error) => void said.push(String(error)));
}, 600_000);

afterAll(async () => {
  await browser?.close();
  rmSync(pages, { recursive: true, force: true });
});

/** Opens the page anew, as a reader has it. */
async function open(width: number, scheme: "light" | "dark", media: "screen" | "print" = "screen"): Promise<void> {
  await page.setViewport({ width, height: 800 });
  await page.goto(URL);
  // both by one command: Puppeteer's two commands forget each other's
  const features = [{ name: "prefers-color-scheme", value: scheme }];
  await (await page.createCDPSession()).send("Emulation.setEmulatedMedia", { media, features });
  expect(await page.evaluate(matches, `${media} and (prefers-color-scheme: ${scheme})`)).toBe(true);
}

describe.each(["light", "dark"] as const)("in the %s scheme", (scheme) => {
  test.each([DESKTOP, PHONE])("at %i pixels nothing but a table or the picture is moved sideways", async (width) => {
    await open(width, scheme);
    const { scrollWidth, clientWidth } = await page.evaluate(pageWidths);
    expect(clientWidth).toBe(width);
    expect(scrollWidth).toBeLessThanOrEqual(clientWidth);
    expect((await page.evaluate(hiddenParts)).filter(({ scrolls }) => !scrolls)).toEqual([]);
  });

  test("every text stands out from what is behind it", async () => {
    await open(DESKTOP, scheme);
    const texts = await page.evaluate(contrasts);
    expect(texts.length).toBeGreaterThan(200);
    expect(texts.filter(({ ratio }) => ratio < TEXT_CONTRAST)).toEqual([]);
    const [heading] = texts;
    expect(heading).toMatchObject({ dark: scheme === "dark" });
  });

  test("what the keyboard reaches is everything that moves or leads on, in order, and shows it", async () => {
    await open(PHONE, scheme);
    const wanted = await page.evaluate(reachable);
    expect(wanted).toContain("Picture");
    const reached: unknown[] = [];
    for (const _ of wanted) {
      await page.keyboard.press("Tab");
      const { label, outline } = await page.evaluate(focused);
      reached.push({ label, outline });
    }
    expect(reached).toEqual(wanted.map((label) => ({ label, outline: "solid 2px" })));
    const [outline] = (await page.evaluate(contrasts)).filter(({ text }) => text === "(outline)");
    expect(outline?.ratio).toBeGreaterThanOrEqual(MARK_CONTRAST);
    await page.keyboard.press("ArrowRight");
    for (let tries = 0; (await page.evaluate(focused)).moved === 0; tries += 1) expect(tries).toBeLessThan(200);
  });
});

test("31 things of the picture are legible, none over another, and each name within its box", async () => {
  for (const width of [DESKTOP, PHONE]) {
    await open(width, "light");
    const { boxes, words } = await page.evaluate(pictureParts);
    expect(boxes).toHaveLength(31);
    const over = boxes.flatMap((a, at) =>
      boxes
        .slice(at + 1)
        .filter((b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
        .map((b) => `${a.text} over ${b.text}`),
    );
    expect(over).toEqual([]);
    expect(boxes.filter(({ textWidth, left, right }) => textWidth > right - left)).toEqual([]);
    expect([...boxes, ...words].filter(({ fontPixels }) => fontPixels < SMALLEST_TEXT)).toEqual([]);
    expect(words.map(({ text }) => text)).toContain("pulled");
  }
});

test("printed, nothing is cut off, whatever the screen's scheme is, and the picture has a page across", async () => {
  await open(SHEET.portrait, "dark", "print");
  const { scrollWidth, clientWidth } = await page.evaluate(pageWidths);
  expect(scrollWidth).toBeLessThanOrEqual(clientWidth);
  expect(await page.evaluate(hiddenParts)).toEqual([]);
  const texts = await page.evaluate(contrasts);
  expect(texts.filter(({ ratio, dark }) => ratio < TEXT_CONTRAST || dark)).toEqual([]);
  await open(SHEET.landscape, "light", "print");
  const { boxes } = await page.evaluate(pictureParts);
  expect(boxes.filter(({ fontPixels }) => fontPixels < SMALLEST_TEXT)).toEqual([]);
  const pdf = Buffer.from(await page.pdf({ preferCSSPageSize: true })).toString("latin1");
  const sheets = [...pdf.matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)].map(([, wide, high]) =>
    Number(wide) > Number(high) ? "across" : "upright",
  );
  expect(sheets.at(-1)).toBe("across");
  expect(new Set(sheets.slice(0, -1))).toEqual(new Set(["upright"]));
});

test("names of files are no markup, nothing runs, and nothing but the page itself was asked for", async () => {
  await open(DESKTOP, "light");
  expect(await page.$$eval("script, img, iframe, link, object", (all) => all.length)).toBe(0);
  expect(await page.$eval("main", (main) => main.textContent)).toContain("<img src=x onerror=alert(1)>.png");
  expect(said).toEqual([]);
  expect(new Set(asked)).toEqual(new Set([URL]));
});
