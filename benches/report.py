"""What benches/compare.py measured, as the tables of docs/performance.md, with what the machine allows beside each cell."""
import re
import statistics

from engines import SHAPE

BEGIN, END = "<!-- measured: written by benches/compare.py -->", "<!-- end of what was measured -->"
NAMES = {"sunto-int8": "sunto int8", "sunto-f32": "sunto f32", "ct2-int8": "CTranslate2 int8", "ct2-float32": "CTranslate2 f32",
         "ort-int8": "ONNX Runtime int8", "hf-float32": "transformers f32", "hf-bfloat16": "transformers bf16"}


def median(row, what, per):
    """Median over the repetitions of what a second of `per`."""
    return statistics.median(one[what] / max(one[per], 1e-3) for one in row["all"]) if row["all"] else None


def work():
    """Of the random checkpoint: (operations a row of a step, operations a source token, bytes a step, bytes of the encoder)."""
    d, f, layers, v = SHAPE["d_model"], SHAPE["decoder_ffn_dim"], SHAPE["decoder_layers"], SHAPE["vocab_size"]
    step = layers * (6 * d * d + 2 * d * f) + v * d
    source = SHAPE["encoder_layers"] * (4 * d * d + 2 * d * SHAPE["encoder_ffn_dim"]) + layers * 2 * d * d
    return 2 * step, 2 * source, step, source


def allowed(found, threads, batch, beams):
    """Tokens a second that products of weights alone allow, and what bounds the steps: 'reading' or 'products'."""
    limits = next((r for r in found["roofline"] if r["threads"] == threads), None)
    if not limits or not limits["int8_gops"]:
        return None, ""
    read = max(max(r["gb_s"], r["huge_gb_s"]) for r in limits["read"] if r["mib"] == 64) * 1e9 / threads
    peak = limits["int8_gops"] * 1e9 / threads
    step, source, step_bytes, source_bytes = work()
    products, reading = batch * beams * step / peak, step_bytes / read
    encoder = max(batch * found["source_tokens"] * source / peak, source_bytes / read)
    seconds = encoder + found["tokens"] * max(products, reading)
    return threads * batch * found["tokens"] / seconds, "products" if products > reading else "reading"


def cells(rows):
    """[(threads, batch, beams), {engine: row}] in the order in which they were measured."""
    found = {}
    for r in rows:
        found.setdefault((r["threads"], r["batch"], r["beams"]), {})[r["engine"]] = r
    return list(found.items())


def line(name, rows):
    """One cell for the terminal."""
    said = []
    base = next((r for r in rows if r["engine"] == "ct2-int8" and r["all"]), None)
    for r in rows:
        if not r["all"]:
            continue
        text = f"{r['engine']} {median(r, 'tokens', 'seconds'):.0f}/s, {median(r, 'tokens', 'cpu'):.0f} a processor second"
        if base and r is not base:
            text += (f" ({median(r, 'sentences', 'seconds') / median(base, 'sentences', 'seconds'):.2f}x, "
                     f"{median(r, 'sentences', 'cpu') / median(base, 'sentences', 'cpu'):.2f}x)")
        said.append(text)
    r = rows[0]
    return f"{name} t{r['threads']} b{r['batch']} k{r['beams']}: " + "; ".join(said)


def table(head, rows):
    return ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|",
            *("| " + " | ".join(row) + " |" for row in rows), ""]


def number(x):
    return "-" if x is None else f"{x:,.0f}" if x >= 10 else f"{x:.2f}"


def times(a, b):
    return f"{a / b:.2f}" if a and b else "-"


def engines_in(rows):
    return [n for n in NAMES if any(r["engine"] == n for r in rows)]


def speeds(rows, what, per):
    """A table of all engines: one row a cell; counts of repetitions where they are fewer than elsewhere."""
    names = engines_in(rows)
    most = max(len(r["all"]) for r in rows)
    lines = []
    for (threads, batch, beams), by in cells(rows):
        row = [f"{threads} · b{batch} k{beams}"]
        for n in names:
            r = by.get(n)
            few = f" ({len(r['all'])})" if r and 0 < len(r["all"]) < most else ""
            row.append((number(median(r, what, per)) if r else "-") + few)
        lines.append(row)
    return table(["threads, cell"] + [NAMES[n] for n in names], lines)


def against(found, per):
    """sunto beside its rivals and beside what the machine allows."""
    lines = []
    for (threads, batch, beams), by in cells(found["rows"]):
        speed = lambda n: median(by[n], "tokens", per) if n in by else None
        ours, ct2, ort = speed("sunto-int8"), speed("ct2-int8"), speed("ort-int8")
        limit, bound = allowed(found, threads, batch, beams)
        scale = threads if per == "cpu" else 1  # a processor second is of one thread
        limit = limit and limit / scale
        lines.append([f"{threads} · b{batch} k{beams}", number(ours), number(ct2), times(ours, ct2), number(ort), times(ours, ort),
                      f"{number(limit)} ({bound})", f"{100 * ours / limit:.0f}%" if ours and limit else "-", times(limit, ct2)])
    return table(["threads, cell", "sunto int8", "CTranslate2 int8", "ratio", "ONNX Runtime int8", "ratio", "the machine's limit",
                  "sunto's share of it", "limit / CTranslate2"], lines)


def share(rows):
    """The least share of a core that a thread of sunto had: 1 on a quiet machine."""
    found = [median(r, "cpu", "seconds") / r["threads"] for r in rows if r["engine"] == "sunto-int8" and r["all"]]
    return min(found, default=1.0)


def tables(found):
    m, v = found["machine"], found["versions"]
    load = lambda l: ", ".join(f"{x:.1f}" for x in l)
    quiet = share(found["rows"])
    out = [f"Measured on {found['begun']} UTC, in {found.get('minutes', '?')} minutes: {m['cores']} cores of {m['cpu']} (family {m['family']}, "
           f"model {m['model']}; {', '.join(m['flags'])}), {m['memory_gib']} GiB, Linux {m['kernel']}, huge pages `{m['huge_pages']}`; "
           f"load average {load(found['load_begin'])} at the beginning, {load(found.get('load_end', []))} at the end.",
           "Versions: " + ", ".join(f"{n} {x}" for n, x in v.items()) + ".", ""]
    per, unit = "seconds", "by the clock"
    if quiet < 0.9:
        per, unit = "cpu", "of processor time"
        out += [f"**The machine was not quiet**: a thread of sunto had as little as {100 * quiet:.0f}% of a core, so speeds below are "
                "tokens a second of processor time, all threads added, not by the clock.", ""]
    out += ["### The machine's limits", "",
            "The best of 60 repetitions: products of int8 in registers, reading one set by every thread, additions one after the other.", ""]
    out += table(["threads", "clock, GHz", "int8, billion operations/s"] + [f"read {r['mib']} MiB, GB/s: small / huge pages"
                                                                          for r in found["roofline"][0]["read"]],
                 [[str(r["threads"]), f"{r['clock_ghz']:.2f}", f"{r['int8_gops']:,.0f} ({r['int8']})"]
                  + [f"{x['gb_s']:.0f} / {x['huge_gb_s']:.0f}" for x in r["read"]] for r in found["roofline"]])
    step, source, step_bytes, source_bytes = work()
    out += [f"The limit of a cell: a step reads {step_bytes / 1e6:.0f} MB of weights (at the rate for 64 MiB) or computes "
            f"{step / 1e6:.0f} million operations a row, whichever takes longer; {found['tokens']} steps, and {source / 1e6:.0f} million "
            "operations for each token of the source. Attention, norms, the search and everything else count as nothing.", "",
            "### int8 beside int8", "", f"Target tokens a second {unit}, medians of {found['repetitions']} repetitions.", ""]
    out += against(found, per)
    fewer = any(0 < len(r["all"]) < found["repetitions"] for r in found["rows"])
    brackets = f"; in brackets their number where it is smaller (a slow engine took {found['limit']:.0f} seconds a cell)" if fewer else ""
    out += ["### All engines", "", f"Target tokens a second {unit}, medians of {found['repetitions']} repetitions" + brackets + ".", ""]
    out += speeds(found["rows"], "tokens", per)
    compared = [r for r in found["rows"] if r["engine"] in ("ct2-int8", "ort-int8", "sunto-int8", "ct2-float32") and "same_tokens" in r]
    if compared:
        by = {}
        for r in compared:
            if r["beams"] == 1:
                by.setdefault(r["engine"], []).append(r["same_tokens"])
        out += ["Greedy tokens at the same place as those of sunto in f32 (random weights: after one that differs, all may): "
                + ", ".join(f"{NAMES[e]} {100 * statistics.mean(s):.1f}%" for e, s in by.items()) + ".", ""]
    out += table(["engine", "threads", "load, s", "peak memory, MB"],
                 [[NAMES[p["engine"]], str(p["threads"]), f"{p['load']:.2f}", number(p["peak_mb"])] for p in found["processes"]])
    if found.get("real"):
        real = found["real"]
        ratio = []
        for key, by in cells(real["rows"]):
            speed = lambda n: median(by[n], "sentences", per) if n in by else None
            ratio.append((key, times(speed("sunto-int8"), speed("ct2-int8")),
                          {n: r["same"] for n, r in by.items() if "same" in r}))
        out += ["### Real sentences", "",
                f"The embedded model (`models/small-it-en`, the same int8 weights multiplied out for the others) on {real['sentences']} sentences of "
                f"`seeds/articles/eval-*.txt`, {real['source_tokens']:.0f} tokens each, free lengths: a batch for each thread; at batch 1 every eighth "
                f"sentence, one after the other. Sentences a second {unit}; sunto multiplies inputs of 16 bits here, twice the products (see below).", ""]
        out += speeds(real["rows"], "sentences", per)
        names = [n for n in engines_in(real["rows"]) if n != "hf-float32"]
        out += table(["threads, cell", "sunto int8 / CTranslate2 int8"] + [f"{NAMES[n]}: same output as transformers f32" for n in names],
                     [[f"{t} · b{b} k{k}", x] + [f"{100 * same[n]:.0f}%" if n in same else "-" for n in names] for (t, b, k), x, same in ratio])
    return out


def write(found, path):
    """Replaces what stands between the markers of `path`."""
    text = open(path, encoding="utf-8").read()
    made = "\n".join([BEGIN, *tables(found)]).rstrip() + "\n" + END
    changed, count = re.subn(re.escape(BEGIN) + ".*?" + re.escape(END), lambda _: made, text, flags=re.S)
    if count != 1:
        raise SystemExit(f"error: `{path}` has no place for the tables\n  hint: it must hold the lines {BEGIN} and {END}")
    with open(path, "w", encoding="utf-8") as file:
        file.write(changed)
