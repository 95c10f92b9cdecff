// What the reader's pages promise, checked in Chromium: node check.mjs PUBLIC (a site of 2,000 briefs).
import assert from "node:assert/strict";
import axe from "axe-core";
import { SIZES, launch, richest, root, serve } from "./site.mjs";

const { server, address } = await serve();
const browser = await launch();
let failed = 0;

// One check: its own page, no request but to the site itself, no error on the console.
async function check(name, options, body) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const foreign = [], errors = [];
  page.on("request", (r) => { if (!r.url().startsWith(address) && !r.url().startsWith(`file://${root}`) && !r.url().startsWith("data:")) foreign.push(r.url()); });
  page.on("console", (m) => { if (m.type() === "error") errors.push(m.text()); });
  page.on("pageerror", (e) => errors.push(String(e)));
  try {
    const said = await body(page);
    assert.deepEqual(foreign, [], "requests beyond the site");
    assert.deepEqual(errors, [], "errors on the console");
    console.log(`ok    ${name}${said ? `: ${said}` : ""}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL  ${name}: ${error.message}`);
  }
  await context.close();
}

async function accessible(page) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  const shown = violations.map((v) => `${v.impact} ${v.id}: ${v.nodes[0].html.slice(0, 120)} (${v.nodes[0].any[0]?.message ?? v.help})`);
  assert.deepEqual(shown, [], "findings of axe");
  const wide = await page.evaluate(() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth);
  assert.ok(wide <= 0, `the page is ${wide} px wider than its window`);
}

const brief = richest();
const SCHEMES = ["light", "dark"];
const sizes = { ...SIZES, narrow: { width: 320, height: 640 } };
for (const [size, viewport] of Object.entries(sizes)) {
  for (const colorScheme of SCHEMES) {
    const options = { viewport, colorScheme, reducedMotion: "reduce" };
    await check(`index, ${size}, ${colorScheme}`, options, async (page) => {
      await page.goto(address);
      await accessible(page);
      await page.fill("#q", "police");
      await accessible(page);
      await page.fill("#q", "zzzz");
      await accessible(page);
    });
    await check(`brief, ${size}, ${colorScheme}`, options, async (page) => {
      await page.goto(address + brief);
      await accessible(page);
      await page.locator("a.cite").first().click();
      assert.ok(await page.locator(".row.lit").count() > 0, "no lit row");
      await accessible(page);
    });
  }
}
await check("plain list", { viewport: SIZES.desk }, async (page) => {
  await page.goto(address + "all.html");
  assert.equal(await page.locator("main li").count(), 2000);
  // axe on two thousand links takes long and says of each the same: the first fifty stand for all.
  await page.evaluate(() => { for (const li of [...document.querySelectorAll("main li")].slice(50)) li.remove(); for (const s of document.querySelectorAll("section:not(:has(li))")) s.remove(); });
  await accessible(page);
});

await check("search takes under 100 ms", { viewport: SIZES.desk }, async (page) => {
  await page.goto(address);
  const times = await page.evaluate(() => {
    const box = document.getElementById("q");
    const time = (text) => {
      const start = performance.now();
      box.value = text;
      box.dispatchEvent(new Event("input", { bubbles: true }));
      document.body.getBoundingClientRect().height; // layout too
      return performance.now() - start;
    };
    const words = ["p", "po", "police", "milano", "procura", "the", "2024", "arrest court judge", "perche", "zzzz", ""];
    return [...words, ...words].map(time);
  });
  const worst = Math.max(...times);
  assert.ok(worst < 100, `${worst.toFixed(0)} ms`);
  return `worst of ${times.length}: ${worst.toFixed(1)} ms`;
});

await check("search and filters find what they say", { viewport: SIZES.desk }, async (page) => {
  await page.goto(address);
  const count = async () => (await page.textContent("#count")).replaceAll(",", "");
  const found = async () => Number(/^(\d+)/.exec(await count())?.[1] ?? 0);
  assert.match(await count(), /^2000 briefs/);
  await page.fill("#q", "pòlice");
  const police = await found();
  assert.ok(police > 0 && police < 2000, `${police}`);
  await page.fill("#q", "police prosecutor");
  assert.ok(await found() <= police);
  assert.ok(await page.locator("#results mark").count() > 0);
  await page.click("button[type=reset]");
  await page.waitForFunction(() => document.getElementById("count").textContent.startsWith("2,000"));
  for (const id of ["place", "agency", "check"]) {
    const option = page.locator(`#${id} option`).nth(1);
    const told = /\((\d+)\)$/.exec(await option.textContent())?.[1];
    await page.selectOption(`#${id}`, await option.getAttribute("value"));
    const n = await found();
    assert.ok(n > 0 && n < 2000, `${id}: ${n}`);
    if (told) assert.equal(n, Number(told), id);
    await page.selectOption(`#${id}`, "");
  }
  const all = await page.evaluate(() => globalThis.suntoBriefs.filter((b) => b.d >= "2024-03-01" && b.d <= "2024-09-30").length);
  await page.fill("#from", "2024-03-01");
  await page.fill("#to", "2024-09-30");
  assert.equal(await found(), all);
  await page.fill("#q", "zzzz");
  assert.match(await count(), /^No brief/);
  const address2 = page.url();
  await page.goto("about:blank");
  await page.goto(address2);
  assert.equal(await page.inputValue("#q"), "zzzz", "a search is kept in the address");
  assert.match(await count(), /^No brief/);
});

await check("more results by keyboard", { viewport: SIZES.desk }, async (page) => {
  await page.goto(address);
  const before = await page.locator("#results > li").count();
  await page.focus("#more");
  await page.keyboard.press("Enter");
  assert.ok(await page.locator("#results > li").count() > before);
  assert.equal(await page.evaluate(() => [...document.querySelectorAll("#results > li")].indexOf(document.activeElement.closest("li"))), before);
});

await check("citations light up both ways", { viewport: SIZES.desk, reducedMotion: "reduce" }, async (page) => {
  await page.goto(address + brief);
  const lit = () => page.evaluate(() => [...document.querySelectorAll(".lit")].map((e) => e.id).filter(Boolean).sort());
  const away = () => page.mouse.move(1, 1);
  const cite = page.locator("#b1 a.cite").first();
  const row = (await cite.getAttribute("href")).slice(1);
  // hover: a citation, its sentence, and back from the row
  await cite.hover();
  assert.deepEqual(await lit(), [row]);
  await away();
  assert.deepEqual(await lit(), []);
  await page.locator("#b1").hover({ position: { x: 30, y: 15 } });
  const all = (await page.getAttribute("#b1", "data-lights")).split(" ");
  assert.deepEqual(await lit(), ["b1", ...all].sort());
  await away();
  await page.locator(`#${row} .it`).hover();
  assert.ok((await lit()).includes("b1") && (await lit()).includes(row));
  // click: stays, until Escape
  await page.locator(`#${row} .it`).click();
  await away();
  assert.ok((await lit()).includes("b1"));
  await page.keyboard.press("Escape");
  assert.deepEqual(await lit(), []);
  // a click on the article's last cited row brings the brief's sentence into sight
  const last = page.locator(".row.cited").last();
  await last.locator(".it").click();
  const partner = (await last.getAttribute("data-lights")).split(" ")[0];
  assert.ok(await page.evaluate((id) => { const r = document.getElementById(id).getBoundingClientRect(); return r.bottom > 0 && r.top < innerHeight; }, partner));
});

await check("citations by keyboard", { viewport: SIZES.desk, reducedMotion: "reduce" }, async (page) => {
  await page.goto(address + brief);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  let presses = 0;
  while (!(await page.evaluate(() => document.activeElement.matches("a.cite")))) {
    await page.keyboard.press("Tab");
    assert.ok(++presses < 10, "no citation within ten tabs");
  }
  const row = (await page.evaluate(() => document.activeElement.getAttribute("href"))).slice(1);
  assert.ok(await page.locator(`#${row}.lit`).count(), "focus lights the row");
  await page.keyboard.press("Enter");
  await page.waitForFunction((id) => document.activeElement.id === id, row);
  await page.keyboard.press("Tab");
  const back = await page.evaluate(() => document.activeElement.getAttribute("href"));
  assert.match(back, /^#b\d+$/);
  assert.ok(await page.locator(`${back}.lit`).count(), "focus lights the brief's sentence");
  await page.keyboard.press("Enter");
  assert.match(page.url(), new RegExp(`${back}$`));
});

await check("without scripts", { viewport: SIZES.desk, javaScriptEnabled: false }, async (page) => {
  await page.goto(address);
  assert.ok(await page.locator("#results > li").count() >= 40);
  assert.equal(await page.locator("#search").isVisible(), false);
  await page.click("footer a >> nth=0");
  await page.click("main li a >> nth=1500");
  assert.ok(await page.locator(".row").count() > 0);
});

await check("from a disk, without a server", { viewport: SIZES.desk }, async (page) => {
  await page.goto(`file://${root}/index.html`);
  await page.fill("#q", "police");
  assert.match(await page.textContent("#count"), /^\d+ of 2,000 briefs/);
  await page.locator("#results a").first().click();
  await page.locator("a.cite").first().hover();
  assert.ok(await page.locator(".row.lit").count() > 0);
});

await check("on paper", { viewport: SIZES.desk }, async (page) => {
  await page.goto(address + brief);
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator(".skip").isVisible(), false);
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector(".first")).position), "static");
});

await browser.close();
server.close();
console.log(failed ? `${failed} failed` : "all hold");
process.exitCode = failed ? 1 : 0;
