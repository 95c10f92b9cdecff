// Search on the index; citations that light up on a brief. No library, no request, nothing stored.
"use strict";
document.documentElement.classList.add("js");

// Lower case without accents, so that `perche` finds `perché`.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

// ---- index ----

function startIndex(form, briefs) {
  const PAGE = 40;
  const field = Object.fromEntries(["q", "from", "to", "place", "agency", "check"].map((id) => [id, form.querySelector("#" + id)]));
  const list = document.getElementById("results");
  const count = document.getElementById("count");
  const more = document.getElementById("more");
  const texts = briefs.map((b) => plain([b.h, b.s, b.t, b.w, ...b.l, ...b.a, ...b.n].join("\n")));
  let found = briefs;
  let words = [];
  let shown = Math.min(PAGE, briefs.length);

  options(field.place, briefs, (b) => b.l);
  options(field.agency, briefs, (b) => b.a);
  options(field.check, briefs, (b) => b.c, "To verify: ");
  for (const select of [field.place, field.agency]) select.closest(".field").hidden = select.options.length < 2;
  form.hidden = false;
  // A phone shows the filters when asked; a wider screen always.
  const filters = form.querySelector("#filters");
  const wide = matchMedia("(min-width: 44rem)");
  const fold = () => { filters.open = wide.matches || Object.values(field).some((f) => f !== field.q && f.value); };
  wide.addEventListener("change", fold);
  fold();

  function search() {
    words = plain(field.q.value).split(/\s+/).filter(Boolean);
    const { from, to, place, agency, check } = Object.fromEntries(Object.entries(field).map(([k, f]) => [k, f.value]));
    found = briefs.filter((b, i) =>
      words.every((w) => texts[i].includes(w)) &&
      // A date without its day counts for the whole month or year.
      (!from || (b.d && b.d >= from.slice(0, b.d.length))) &&
      (!to || (b.d && b.d <= to.slice(0, b.d.length))) &&
      (!place || b.l.includes(place)) &&
      (!agency || b.a.includes(agency)) &&
      (!check || (check === "-" ? b.f === 0 : check === "+" ? b.f > 0 : b.c.includes(check))));
    shown = 0;
    list.replaceChildren();
    grow();
    const all = found.length === briefs.length;
    const total = `${briefs.length.toLocaleString("en")} ${briefs.length === 1 ? "brief" : "briefs"}`;
    const none = "No brief has all of this: use fewer words or clear a filter.";
    count.textContent = all ? total : found.length ? `${found.length.toLocaleString("en")} of ${total}` : none;
  }

  function grow() {
    const part = document.createDocumentFragment();
    for (const brief of found.slice(shown, shown + PAGE)) part.append(item(brief, words));
    shown = Math.min(shown + PAGE, found.length);
    list.append(part);
    more.hidden = shown >= found.length;
    more.textContent = `Show ${Math.min(PAGE, found.length - shown)} more`;
  }

  // The search lives in the address, so that it can be sent and the back button returns to it.
  function keep() {
    const values = new URLSearchParams();
    for (const [name, f] of Object.entries(field)) if (f.value) values.set(name, f.value);
    const hash = values.toString();
    try { history.replaceState(null, "", hash ? "#" + hash : location.pathname + location.search); } catch { /* a page on a disk */ }
  }
  function restore() {
    const values = new URLSearchParams(location.hash.slice(1));
    const known = Object.keys(field).some((name) => values.has(name));
    for (const [name, f] of Object.entries(field)) if (known || f.value) f.value = values.get(name) ?? (known ? "" : f.value);
    return known || Object.values(field).some((f) => f.value);
  }

  form.addEventListener("input", () => { search(); keep(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { search(); keep(); field.q.focus(); }));
  more.addEventListener("click", () => {
    const next = shown;
    grow();
    list.children[next]?.querySelector("a").focus();
  });
  addEventListener("hashchange", () => { if (restore()) search(); });
  if (restore()) { search(); fold(); } else more.hidden = shown >= briefs.length;
}

// Values that briefs have, by the alphabet, each with the number of briefs.
function options(select, briefs, values, prefix = "") {
  const counts = new Map();
  for (const brief of briefs) for (const value of new Set(values(brief))) counts.set(value, (counts.get(value) ?? 0) + 1);
  for (const value of [...counts.keys()].sort((a, b) => a.localeCompare(b, "en"))) {
    const option = make("option", "", `${prefix}${value} (${counts.get(value)})`);
    option.value = value;
    select.append(option);
  }
}

function item(brief, words) {
  const li = make("li");
  const meta = make("p", "meta");
  const date = make(brief.d ? "time" : "span", "", brief.w);
  if (brief.d) date.dateTime = brief.d;
  if (brief.w) meta.append(date);
  for (const place of brief.l.slice(0, 3)) meta.append(" ", make("span", "", place));
  const heading = make("h3");
  const link = make("a");
  link.href = `briefs/${brief.p}.html`;
  marked(link, brief.h, words);
  heading.append(link);
  const deck = make("p", "deck");
  marked(deck, excerpt(brief.s, words), words);
  li.append(meta, heading, deck);
  if (brief.f) li.append(make("p", "verify", `${brief.f} to verify: ${brief.c.join(", ")}`));
  return li;
}

// The text from a little before the first word that was searched.
function excerpt(text, words) {
  const at = Math.min(...words.map((w) => plain(text).indexOf(w)).filter((i) => i >= 0), Infinity);
  if (!(at > 160)) return text;
  return "… " + text.slice(text.indexOf(" ", at - 80) + 1);
}

// Appends `text` with the words marked. Only where stripping accents kept every character's place.
function marked(element, text, words) {
  const folded = plain(text);
  if (!words.length || folded.length !== text.length) return element.append(text);
  let at = 0;
  while (at < text.length) {
    let start = Infinity, end = 0;
    for (const w of words) {
      const i = folded.indexOf(w, at);
      if (i >= 0 && (i < start || (i === start && i + w.length > end))) { start = i; end = i + w.length; }
    }
    if (start === Infinity) break;
    element.append(text.slice(at, start), make("mark", "", text.slice(start, end)));
    at = end;
  }
  element.append(text.slice(at));
}

// ---- a brief ----

function startBrief(main) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let pinned = null;

  const partners = (element) => element.dataset.lights.split(" ").filter(Boolean).map((id) => document.getElementById(id)).filter(Boolean);
  function light(element) {
    for (const old of main.querySelectorAll(".lit")) old.classList.remove("lit");
    if (!element) return;
    element.classList.add("lit");
    for (const partner of partners(element)) partner.classList.add("lit");
  }
  const source = (event) => event.target.closest?.("[data-lights]");
  const over = (event) => { const s = source(event); if (s && s.dataset.lights) light(s); };
  const out = () => light(pinned);

  main.addEventListener("mouseover", over);
  main.addEventListener("mouseout", out);
  main.addEventListener("focusin", over);
  main.addEventListener("focusout", out);
  main.addEventListener("click", (event) => {
    const element = source(event);
    if (!element || (getSelection()?.toString() && !event.target.closest("a"))) return;
    pinned = element.dataset.lights ? element : null;
    light(pinned);
    // A link goes where it points; a click on a sentence brings its first partner into sight.
    if (pinned && !event.target.closest("a")) partners(pinned)[0]?.scrollIntoView({ block: "nearest", behavior: calm.matches ? "auto" : "smooth" });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { pinned = null; light(null); }
  });
  // Following a link to a sentence pins it, also by keyboard and with the back button.
  function target() {
    const element = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (element && element.dataset?.lights !== undefined) { pinned = element; light(element); }
  }
  addEventListener("hashchange", target);
  target();
}

const form = document.getElementById("search");
if (form) startIndex(form, globalThis.suntoBriefs ?? []);
else if (document.body.classList.contains("brief")) startBrief(document.getElementById("main"));
