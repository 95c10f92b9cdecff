// What the checks share: a server of one folder, a browser without a network, the pages to open.
import { createServer } from "node:http";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join, normalize, resolve } from "node:path";
import { chromium } from "playwright-core";

export const SIZES = { phone: { width: 375, height: 740 }, tablet: { width: 820, height: 1100 }, desk: { width: 1440, height: 900 } };

const TYPES = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".json": "application/json", ".xml": "application/xml" };

export const root = resolve(process.argv[2] ?? "public");

export async function serve() {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://x").pathname));
    try {
      const file = join(root, path.endsWith("/") ? path + "index.html" : path);
      response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "text/plain" }).end(readFileSync(file));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { server, address: `http://127.0.0.1:${server.address().port}/` };
}

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

// The page with the most citations and findings among the first hundred: it has something of everything.
export function richest() {
  const pages = readdirSync(join(root, "briefs")).filter((n) => n.endsWith(".html")).slice(0, 100);
  const weight = (name) => {
    const html = readFileSync(join(root, "briefs", name), "utf8");
    const count = (text) => html.split(text).length - 1;
    return Math.min(count("<mark"), 4) * 100 + Math.min(count('class="line"'), 5) * 40 + Math.min(count("<tbody"), 3) * 90 + count('class="cite"');
  };
  return "briefs/" + pages.sort((a, b) => weight(b) - weight(a))[0];
}
