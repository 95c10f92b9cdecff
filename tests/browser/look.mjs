// Pictures of the pages to look at: node look.mjs PUBLIC PICTURES
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { SIZES, launch, richest, serve } from "./site.mjs";

const folder = process.argv[3] ?? "pictures";
mkdirSync(folder, { recursive: true });
const { server, address } = await serve();
const browser = await launch();
for (const scheme of ["light", "dark"]) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    const page = await browser.newPage({ viewport, colorScheme: scheme });
    for (const [name, path] of [["index", "index.html"], ["brief", richest()]]) {
      await page.goto(address + path);
      await page.screenshot({ path: join(folder, `${name}-${size}-${scheme}.png`) });
      if (name === "brief") {
        await page.locator("a.cite").nth(1).hover();
        await page.screenshot({ path: join(folder, `lit-${size}-${scheme}.png`), fullPage: size === "phone" });
      } else {
        await page.fill("#q", "procura milano");
        await page.screenshot({ path: join(folder, `search-${size}-${scheme}.png`) });
      }
    }
    if (scheme === "light" && size === "desk") {
      await page.goto(address + "all.html");
      await page.screenshot({ path: join(folder, "all-desk.png") });
      await page.goto(address + richest());
      await page.pdf({ path: join(folder, "brief.pdf"), preferCSSPageSize: true });
    }
    await page.close();
  }
}
await browser.close();
server.close();
