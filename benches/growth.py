"""How time and memory grow with the input, from one sentence to 100,000 and from 10 words to 100,000: plot and table.

    cargo build --release
    python3 benches/growth.py --sunto target/release/sunto --work FOLDER --write      # docs/scale-of-cost.svg and the table
    python3 benches/growth.py --work FOLDER --write --render                          # again, without measuring

Sentences: `sunto translate --lines` of that many, greedy, without repair; the largest numbers with a model without
weights that echoes its source (that of scale.py), which leaves sunto itself. Articles: `sunto brief` of one file, lead
strategy, greedy, without repair. Sentences are those of seeds/articles/eval-*.txt in turns, the figures changed. Each
size is a process of its own, one thread; memory is its greatest resident size as the system counts it, processor time
too. Python's standard library only; Linux.
"""
import argparse, json, os, random, re, sys, tempfile

from scale import ROOT, frequent, run, seeds, toy

BEGIN, END = "<!-- growth: written by benches/growth.py -->", "<!-- end of growth -->"
SENTENCES, ECHOED, WORDS = "1,10,100,1000,10000", "1000,10000,100000", "10,100,1000,10000,100000"


def texts(count):
    """Italian sentences, their figures changed, so that no two rounds are alike."""
    draw, sentences = random.Random(5), seeds()[0]
    digit = lambda m: "".join(str(draw.randint(1, 9)) for _ in m.group())
    return [re.sub(r"\d+", digit, sentences[i * 7 % len(sentences)]) for i in range(count)]


def article(words):
    """A title and sentences of that many words in all, in paragraphs of four."""
    lines, count = [], 0
    for text in texts(words // 8 + 2):
        if count >= words:
            break
        kept = text.split()[:words - count]
        lines.append(" ".join(kept))
        count += len(kept)
    paragraphs = [" ".join(lines[i:i + 4]) for i in range(0, len(lines), 4)]
    return "Relazione sul bilancio del comune\n\n" + "\n\n".join(paragraphs) + "\n", count, len(lines)


def one(o, kind, size):
    with tempfile.TemporaryDirectory(dir=o.work) as folder:
        path = os.path.join(folder, "in.txt")
        count = size
        if kind != "words":
            text = "\n".join(texts(size)) + "\n"
            command = ["translate", "--lines", path]
            if kind == "echoed":
                command += ["--model", toy(os.path.join(folder, "toy"), frequent(seeds()[0]))]
        else:
            text, size, count = article(size)
            command = ["brief", path, "--strategy", "lead"]
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        code, seconds, cpu, memory, said = run([o.sunto, "--threads", "1", *command, "--beams", "1", "--no-repair"])
        if code != 0:
            raise SystemExit(f"error: exit {code} of {command} at {size}\n  caused by: {said[-300:]}")
    return dict(kind=kind, size=size, sentences=count, seconds=seconds, cpu=cpu, memory=memory)


def curve(points, left, top, width, height, name, unit, color):
    """A plot on logarithmic axes: decades as lines, points joined."""
    import math
    low = lambda v: math.floor(math.log10(min(v)) + 1e-9)
    high = lambda v: max(math.ceil(math.log10(max(v)) - 1e-9), low(v) + 1)
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    x0, x1, y0, y1 = low(xs), high(xs), low(ys), high(ys)
    px = lambda x: left + width * (math.log10(x) - x0) / (x1 - x0)
    py = lambda y: top + height - height * (math.log10(y) - y0) / (y1 - y0)
    label = lambda e: f"{10 ** e:,}" if e >= 0 else f"{10 ** e:.{-e}f}"
    out = [f'<text x="{left + width / 2:.0f}" y="{top - 10}" text-anchor="middle" class="name">{name}</text>']
    for e in range(x0, x1 + 1):
        x = left + width * (e - x0) / (x1 - x0)
        out.append(f'<line x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{top + height}" class="grid"/>')
        out.append(f'<text x="{x:.1f}" y="{top + height + 15}" text-anchor="middle">{label(e)}</text>')
    for e in range(y0, y1 + 1):
        y = top + height - height * (e - y0) / (y1 - y0)
        out.append(f'<line x1="{left}" y1="{y:.1f}" x2="{left + width}" y2="{y:.1f}" class="grid"/>')
        out.append(f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{label(e)}</text>')
    out.append(f'<text x="{left + width / 2:.0f}" y="{top + height + 32}" text-anchor="middle">{unit}</text>')
    line = " ".join(f"{px(x):.1f},{py(y):.1f}" for x, y in points)
    out.append(f'<polyline points="{line}" class="{color}"/>')
    out += [f'<circle cx="{px(x):.1f}" cy="{py(y):.1f}" r="3.5" class="{color}"/>' for x, y in points]
    return out


def plot(rows):
    """Processor time and memory, of sentences and of articles."""
    style = ("text{font:12px sans-serif;fill:#333}.name{font-size:13px;font-weight:bold}.grid{stroke:#8884;stroke-width:1}"
             "polyline{fill:none;stroke-width:2}polyline.a{stroke:#1f6fb4}circle.a{fill:#1f6fb4}polyline.b{stroke:#c0571a}"
             "circle.b{fill:#c0571a}@media(prefers-color-scheme:dark){text{fill:#ccc}polyline.a{stroke:#6db3f2}"
             "circle.a{fill:#6db3f2}polyline.b{stroke:#f0945a}circle.b{fill:#f0945a}}")
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 940 560" role="img"><title>Time and memory against the size of '
           f"the input</title><style>{style}</style>"]
    columns = [("sentences", "sentences translated"), ("echoed", "sentences, without a model"), ("words", "words of one article briefed")]
    for column, (kind, unit) in enumerate(columns):
        chosen = [r for r in rows if r["kind"] == kind]
        for line, (field, name, color) in enumerate([("cpu", "processor time, s", "a"), ("memory", "peak memory, MiB", "b")]):
            points = [(r["size"], max(r[field], 0.01)) for r in chosen]
            if points:
                out += curve(points, 60 + 310 * column, 30 + 270 * line, 230, 200, name, unit, color)
    return "\n".join(out) + "\n</svg>\n"


def table(rows):
    out = ["| input | sentences | processor s | ms a sentence | peak memory, MiB |", "|---|---:|---:|---:|---:|"]
    for r in rows:
        name = {"sentences": "lines translated", "echoed": "lines, without a model",
                "words": f"an article of {r['size']:,} words briefed"}[r["kind"]]
        out.append(f"| {name} | {r['sentences']:,} | {r['cpu']:.2f} | {1000 * r['cpu'] / r['sentences']:.2f} | {r['memory']:.0f} |")
    return out


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--sunto", default=os.path.join(ROOT, "target", "release", "sunto"))
    a.add_argument("--work", required=True, help="folder for measurements")
    a.add_argument("--sentences", default=SENTENCES)
    a.add_argument("--echoed", default=ECHOED)
    a.add_argument("--words", default=WORDS)
    a.add_argument("--write", action="store_true", help="write docs/scale-of-cost.svg and the table in docs/performance.md")
    a.add_argument("--render", action="store_true", help="of saved measurements")
    o = a.parse_args()
    saved = os.path.join(o.work, "growth.json")
    rows = json.load(open(saved)) if o.render else []
    if not o.render:
        os.makedirs(o.work, exist_ok=True)
        for kind, sizes in (("sentences", o.sentences), ("echoed", o.echoed), ("words", o.words)):
            for size in (int(n) for n in sizes.split(",") if n):
                rows.append(one(o, kind, size))
                print(rows[-1], file=sys.stderr, flush=True)
                json.dump(rows, open(saved, "w"), indent=1)
    print("\n".join(table(rows)))
    if o.write:
        with open(os.path.join(ROOT, "docs", "scale-of-cost.svg"), "w", encoding="utf-8") as file:
            file.write(plot(rows))
        path = os.path.join(ROOT, "docs", "performance.md")
        text = open(path, encoding="utf-8").read()
        before, _, rest = text.partition(BEGIN)
        _, found, after = rest.partition(END)
        if not found:
            raise SystemExit(f"error: `{path}` has no place for the table\n  hint: it must hold the lines {BEGIN} and {END}")
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join([before + BEGIN, *table(rows), END + after]))


if __name__ == "__main__":
    main()
