"""The README's table from what eval/measure.sh has written: python3 eval/rows.py [--lines] OUT

--lines writes the texts of the suites' reports as lines, for the commands that read lines.
"""
import json
import re
import sys
from pathlib import Path


def report(out, suite):
    return json.loads((out / suite / "report.json").read_text(encoding="utf-8"))


def lines(out):
    repair = report(out, "repair")
    files = {"it": [s["source"] for s in repair["segments"]], "en": [s["reference"] for s in repair["segments"]]}
    names = ("first", "repaired", "glossary", "f32")
    files |= {f"{name}.en": system["outputs"] for name, system in zip(names, repair["systems"], strict=True)}
    for name, texts in files.items():
        one_line = [" ".join(t.split()) for t in texts]
        (out / f"held-out.{name}").write_text("\n".join(one_line) + "\n", encoding="utf-8")


def row(what, figure, command):
    print(f"| {what} | {figure} | {command} |")


def listed(texts):
    return " and ".join(", ".join(texts).rsplit(", ", 1))


def rows(out):
    def score(base, name, interval=False):
        entry = json.loads((out / f"{base}.json").read_text(encoding="utf-8"))[name]
        low, high = entry["interval"]
        return f"{entry['score']:.1f}" + (f" [{low:.1f}, {high:.1f}]" if interval else "")

    def checked(base, what):
        text = (out / f"{base}.check").read_text(encoding="utf-8")
        found = re.search(rf"([\d,]+) of ([\d,]+) {what} \(([\d.]+) %\)", text)
        return f"{int(found[1]):,} of {int(found[2]):,}", found[3]

    peers = [s for s in ("flores-dev", "wmt09") if (out / f"{s}.repaired.json").exists()]
    sets = ["held-out", *peers]
    count = len((out / "held-out.it").read_text(encoding="utf-8").splitlines())
    row(f"embedded model, int8, {count} held-out sentences",
        f"BLEU {score('held-out.repaired', 'bleu', True)}, chrF {score('held-out.repaired', 'chrf', True)}",
        "`sunto eval run eval/translate.toml`")
    if peers:
        both = [listed([score(f"{s}.repaired", m) for s in peers]) for m in ("bleu", "chrf")]
        row(f"{listed(peers)} (not in this repository)", f"BLEU {both[0]}, chrF {both[1]}",
            "`sunto translate --lines`, then `sunto eval score`")
    some = sets[:2]
    f32, int8 = ([listed([score(f"{s}.{k}", m) for s in some]) for m in ("bleu", "chrf")] for k in ("f32", "first"))
    row(f"the same model in f32, without repair, {listed(some)}",
        f"BLEU {f32[0]}, chrF {f32[1]} (int8: BLEU {int8[0]}, chrF {int8[1]})", "the same, `--dtype f32 --no-repair`")
    kept = [f"{s} {checked(f'{s}.repaired', 'figures carried over')[0]}" for s in sets]
    first = sorted({f"{float(checked(f'{s}.first', 'figures carried over')[1]):.0f}" for s in sets}, key=float)
    ends = " to ".join([first[0], *first[1:][-1:]])
    row("figures and dates carried over", f"{', '.join(kept)}; without repair {ends}%",
        "`sunto check --lines`")
    used, share = checked("held-out.glossary", "terms used")
    plain = checked("held-out.repaired", "terms used")[0].split()[0]
    systems = report(out, "repair")["systems"]
    chrf = [next(f"{x['score']:.1f}" for x in s["scores"] if x["metric"] == "chrf") for s in systems]
    row("glossary terms used, held-out sentences",
        f"{used} ({share}%; {plain} without the glossary), chrF {chrf[2]} with and {chrf[1]} without",
        "`sunto check --lines --glossary seeds/glossary.tsv`")

    brief = report(out, "brief")
    own, lead = ({x["metric"]: x["score"] for x in s["scores"]} for s in brief["systems"])
    tests = {c["metric"]: c for c in brief["comparisons"]}

    def against(metric, name):
        verdict = {"no-difference-shown": "no difference shown", "too-few-segments": "too few segments to tell"}
        test = tests[metric]
        p = test["corrected"]
        told = verdict.get(test["verdict"], "p < 0.0001" if p < 1e-4 else f"p = {p:.4f}")
        return f"{name} {own[metric]:.1f} against {lead[metric]:.1f} ({told})"

    row(f"its briefs of {brief['corpus']['articles']} held-out articles beside the first sentences (`lead`)",
        "; ".join([against("fact-recall", "facts found"), against("must-recall", "must-appear strings"),
                   against("rouge-1", "ROUGE-1"),
                   f"citations {own['citation-precision']:.1f} precise, {own['citation-recall']:.1f} complete"]),
        "`sunto eval run eval/brief.toml`")
    row("numbers, dates and names of those briefs that their articles have",
        f"{own['number-precision']:.1f}, {own['date-precision']:.1f} and {own['name-precision']:.1f}%", "the same")
    text = (out / "fidelity.txt").read_text(encoding="utf-8")
    cases, share = re.search(r"\| all +\| +(\d+) \| +\d+ \| +([\d.]+) \|", text).groups()
    kinds = len(re.findall(r"^\| [a-z].*\d \|$", text, re.M)) - 1
    pairs, alarms, rate = re.search(r"(\d+) pairs, (\d+) with a false alarm \(([\d.]+)%\)", text).groups()
    row("damage that the checks catch, held-out articles",
        f"{100 * float(share):.1f}% of {int(cases):,} cases in {kinds} kinds; a false alarm on {alarms} of {pairs} "
        f"untouched sentences ({float(rate):.1f}%)", "`sunto eval fidelity seeds/articles/eval-*.txt`")
    whole = {x["metric"]: x for x in report(out, "translate")["systems"][0]["scores"]}
    flagged = [sum(s[0] for s in whole[m]["stats"]) for m in ("loops", "hallucination")]
    row("outputs that loop; that loop, are empty or detached", f"{flagged[0]} and {flagged[1]} of {count}",
        "`sunto eval run eval/translate.toml`")
    carried = [f"{whole[f'{k}-recall']['score']:.1f} / {whole[f'{k}-precision']['score']:.1f}" for k in
               ("number", "date", "name")]
    row("numbers, dates, names: recall / precision against the Italian, held-out sentences", ", ".join(carried), "the same")


if __name__ == "__main__":
    (lines if sys.argv[1] == "--lines" else rows)(Path(sys.argv[-1]))
