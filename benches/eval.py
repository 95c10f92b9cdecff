"""Scores 10,000 segments with sunto and with sacreBLEU + rouge-score, one thread each, and prints processor seconds.

    pip install sacrebleu==2.6.0 rouge-score==0.1.2
    python benches/eval.py target/release/sunto [bleu,chrf,ter,rouge]
"""
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COUNT, RESAMPLES = 10_000, 1000


def english():
    lines = []
    for path in sorted(Path("seeds/pairs").glob("*.txt")):
        lines += [l.split(" ||| ")[1].strip() for l in path.read_text(encoding="utf-8").splitlines() if " ||| " in l]
    return lines


def changed(line, rng):
    words = line.split()
    for _ in range(1 + len(words) // 8):
        i, j = rng.randrange(len(words)), rng.randrange(len(words))
        words[i], words[j] = (words[j], words[i]) if rng.random() < 0.5 else (words[i], "the")
    return " ".join(words)


def seconds():
    """Of this process and those that it has waited for: other work on the machine does not count."""
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


def timed(what, run):
    begin = seconds()
    run()
    took = seconds() - begin
    print(f"{what:<34} {took:8.2f} s", flush=True)
    return took


def main():
    binary = sys.argv[1]
    rng = random.Random(1)
    refs = rng.choices(english(), k=COUNT)
    hyps = [changed(l, rng) for l in refs]
    folder = Path(tempfile.mkdtemp())
    (folder / "h").write_text("\n".join(hyps) + "\n", encoding="utf-8")
    (folder / "r").write_text("\n".join(refs) + "\n", encoding="utf-8")
    words = sum(len(l.split()) for l in refs)
    print(f"{COUNT} segments, {words} reference words, {RESAMPLES} resamples, one thread")

    env = {**os.environ, "RAYON_NUM_THREADS": "1"}
    wanted = (sys.argv[2] if len(sys.argv) > 2 else "bleu,chrf,ter,rouge").split(",")
    rouge = "rouge-1,rouge-2,rouge-l,rouge-lsum"
    from sacrebleu.metrics import BLEU, CHRF, TER
    corpus = {"bleu": BLEU, "chrf": CHRF, "ter": TER}
    totals = [0.0, 0.0]
    for name in wanted:
        metrics = rouge if name == "rouge" else name
        command = [binary, "eval", "score", "--hyp", folder / "h", "--ref", folder / "r", "--metrics", metrics]
        ours = timed(f"sunto {name}", lambda: subprocess.run(command, env=env, check=True, capture_output=True))
        if name == "rouge":
            from rouge_score import rouge_scorer
            scorer = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL", "rougeLsum"], use_stemmer=True)
            theirs = timed("rouge-score, no resamples", lambda: [scorer.score(r, h) for h, r in zip(hyps, refs)])
        else:
            theirs = timed(f"sacrebleu {name}", lambda: corpus[name]().corpus_score(hyps, [refs], n_bootstrap=RESAMPLES))
        print(f"  {name}: {theirs / ours:.1f} times")
        totals = [totals[0] + ours, totals[1] + theirs]
    print(f"  all: {totals[1] / totals[0]:.1f} times")


main()
