"""Writes metrics.json and peers.json: what sacreBLEU 2.6 and google rouge-score 0.1.2 give.

    pip install sacrebleu==2.6.0 rouge-score==0.1.2
    python tests/golden/metrics.py seeds/articles [PEERS_FOLDER]

The lines are this project's own (seeds/articles) against changed copies, and degenerate cases. Of the peers
(a folder with flores-dev.en, wmt09.en and systems' outputs) only numbers are written.
"""
import json
import random
import re
import sys
from pathlib import Path

from nltk.stem.porter import PorterStemmer
from rouge_score import rouge_scorer
from sacrebleu.metrics import BLEU, CHRF, TER

HERE = Path(__file__).parent
ROUGE = {"rouge-1": "rouge1", "rouge-2": "rouge2", "rouge-l": "rougeL", "rouge-lsum": "rougeLsum"}
BLEUS = {
    "bleu": {},
    "bleu tok:intl": {"tokenize": "intl"},
    "bleu tok:char": {"tokenize": "char"},
    "bleu tok:none": {"tokenize": "none"},
    "bleu smooth:none": {"smooth_method": "none"},
    "bleu smooth:floor": {"smooth_method": "floor"},
    "bleu smooth:floor=0.01": {"smooth_method": "floor", "smooth_value": 0.01},
    "bleu smooth:add-k": {"smooth_method": "add-k"},
    "bleu case:lc": {"lowercase": True},
}
DEGENERATE = [
    ("", ["a reference"]), ("a", ["a"]), ("a", ["b"]), ("word", ["word"]), ("", [""]), ("something", [""]),
    ("the same sentence twice , here .", ["the same sentence twice , here ."]),
    ("no overlap at all between these", ["nothing whatsoever shared among those"]),
    ("...", ["..."]), ("?!", ["."]), ("- - -", ["—"]), ("()", ["[]"]),
    ("perché è così, città.", ["perche e cosi, citta."]), ("CITTÀ È", ["città è"]), ("İstanbul ΣΑΣ", ["istanbul σας"]),
    ("警方在米兰逮捕了三人。", ["警察在米兰逮捕了3人。"]), ("東京で三人。", ["東京で三人が逮捕。"]),
    ("a a a a a a", ["a"]), ("a", ["a a a a a a"]), ("1,000.50 euros (3.5%)", ["1,000.50 euros (3.5 %)"]),
    ("&quot;Yes&quot; &amp; no", ['"Yes" & no']), ("tab\tand  spaces\u00a0here", ["tab and spaces here"]),
    ("x\u001cy z", ["x y z"]), ("co-operation 2023-24", ["cooperation 2023 - 24"]),
    ("d c b a", ["a b c d"]), ("e f g h a b c d", ["a b c d e f g h"]),
    (" ".join(str(i % 7) for i in range(90)), [" ".join(str((i * 3) % 7) for i in range(70))]),
    ("one", [" ".join(["one"] + ["w%d" % i for i in range(140)])]),
    (" ".join(["w%d" % i for i in range(130)]), ["w5 w100"]),
    ("😀 fine", ["😀 fine."]), ("'s it's dogs'", ["it 's dogs '"]),
]


def changed(line, rng):
    """A copy of a line as a mediocre translation might have it: words dropped, moved, doubled, inflected."""
    words = line.split()
    for _ in range(rng.randint(0, 2 + len(words) // 6)):
        i = rng.randrange(len(words))
        kind = rng.randrange(6)
        if kind == 0 and len(words) > 1:
            del words[i]
        elif kind == 1:
            words.insert(i, words[rng.randrange(len(words))])
        elif kind == 2:
            size = rng.randint(1, 4)
            block = words[i:i + size]
            del words[i:i + size]
            j = rng.randint(0, len(words))
            words[j:j] = block
        elif kind == 3:
            words[i] = words[i] + rng.choice(["s", "ed", ",", "ing"])
        elif kind == 4:
            words[i] = words[i].capitalize() if words[i].islower() else words[i].lower()
        else:
            words[i] = rng.choice(["the", "of", "police", "report", "which"])
        words = words or ["the"]
    return " ".join(words)


def english(folder):
    lines = []
    for path in sorted(Path(folder).glob("eval-*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if " ||| " in line and not re.match(r"(T|S): ", line):
                lines.append(line.split(" ||| ")[1].strip())
    return lines


def scores(hyps, refs, sentences):
    """refs: one list per reference set. Returns name -> {corpus, sentences}."""
    out = {}
    metrics = {name: (BLEU(**o), BLEU(effective_order=True, **o)) for name, o in BLEUS.items()}
    metrics |= {"chrf": (CHRF(),) * 2, "chrf++": (CHRF(word_order=2),) * 2, "ter": (TER(),) * 2,
                "chrf case:lc": (CHRF(lowercase=True),) * 2, "chrf++ case:lc": (CHRF(word_order=2, lowercase=True),) * 2}
    per_segment = [list(r) for r in zip(*refs)]
    for name, (corpus, sentence) in metrics.items():
        out[name] = {"corpus": corpus.corpus_score(hyps, refs).score}
        if sentences:
            out[name]["sentences"] = [sentence.sentence_score(h, r).score for h, r in zip(hyps, per_segment)]
    for stem in (True, False):
        scorer = rouge_scorer.RougeScorer(list(ROUGE.values()), use_stemmer=stem)
        each = [scorer.score_multi(r, h) for h, r in zip(hyps, per_segment)]
        for name, key in ROUGE.items():
            values = [100 * s[key].fmeasure for s in each]
            full = name if stem else name + " stem:no"
            out[full] = {"corpus": sum(values) / len(values)}
            if sentences:
                out[full]["sentences"] = values
    return out


def main():
    rng = random.Random(12345)
    lines = english(sys.argv[1])
    picked = rng.sample(lines, 48)
    cases = []
    hyps = [changed(l, rng) for l in picked]
    cases.append({"name": "news", "hypotheses": hyps, "references": [picked]})
    cases.append({"name": "two references", "hypotheses": hyps[:24],
                  "references": [picked[:24], [changed(l, rng) for l in picked[:24]]]})
    briefs = ["\n".join(picked[i:i + 4]) for i in range(0, 16, 4)]
    cases.append({"name": "many sentences",
                  "hypotheses": ["\n".join(changed(l, rng) for l in rng.sample(b.split("\n"), 3)) for b in briefs],
                  "references": [briefs]})
    cases.append({"name": "degenerate", "hypotheses": [h for h, _ in DEGENERATE],
                  "references": [[r[0] for _, r in DEGENERATE]]})
    for h, r in DEGENERATE:
        cases.append({"name": f"alone: {h[:20]!r}", "hypotheses": [h], "references": [[x] for x in r]})
    for case in cases:
        case["expected"] = scores(case["hypotheses"], case["references"], len(case["hypotheses"]) > 1)
    stemmer = PorterStemmer()
    words = sorted({w for l in lines for w in re.findall(r"[a-z0-9]+", l.lower()) if len(w) > 3})
    made = [b + s for b in ["general", "tradition", "institution", "radic", "hop", "fizz", "sens", "pol", "geo", "yy", "conflat", "triplic", "x"]
            for s in ["ization", "ational", "ousli", "fulli", "alli", "biliti", "iveness", "logi", "ied", "ies", "eed",
                      "ying", "ement", "ion", "tion", "sion", "ll", "lle", "ative", "alize", "sses", "y", "bli", "ator"]]
    stems = {w: stemmer.stem(w) for w in rng.sample(words, 700) + made}
    (HERE / "metrics.json").write_text(json.dumps({"cases": cases, "stems": stems}, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")

    if len(sys.argv) > 2:
        peers = Path(sys.argv[2])
        read = lambda name: (peers / name).read_text(encoding="utf-8").split("\n")[:-1]
        out = {}
        for test in ("flores-dev", "wmt09"):
            ref = read(f"{test}.en")
            for path in sorted(peers.glob(f"{test}.*.en")):
                hyp = read(path.name)
                out[path.name] = {k: v["corpus"] for k, v in scores(hyp, [ref], False).items()}
                print(path.name, out[path.name]["bleu"], flush=True)
        (HERE / "peers.json").write_text(json.dumps(out, indent=1) + "\n")


main()
