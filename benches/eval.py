"""Scores 10,000 segments with sunto and with sacreBLEU + rouge-score, one thread each, and prints seconds.

    pip install sacrebleu==2.6.0 rouge-score==0.1.2
    python benches/eval.py target/release/sunto
"""
import os
import random
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


def timed(what, run):
    begin = time.perf_counter()
    result = run()
    print(f"{what:<34} {time.perf_counter() - begin:8.2f} s", flush=True)
    return time.perf_counter() - begin, result


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
    each = {}
    for name in ["bleu", "chrf", "ter", "rouge-1,rouge-2,rouge-l,rouge-lsum", "bleu,chrf,ter,rouge-1,rouge-2,rouge-l,rouge-lsum"]:
        command = [binary, "eval", "score", "--hyp", folder / "h", "--ref", folder / "r", "--metrics", name]
        each[name], _ = timed("sunto " + (name if len(name) < 26 else name[:23] + "..."),
                              lambda: subprocess.run(command, env=env, check=True, capture_output=True))

    from rouge_score import rouge_scorer
    from sacrebleu.metrics import BLEU, CHRF, TER
    total = 0.0
    for name, metric in (("bleu", BLEU()), ("chrf", CHRF()), ("ter", TER())):
        seconds, _ = timed(f"sacrebleu {name}", lambda: metric.corpus_score(hyps, [refs], n_bootstrap=RESAMPLES))
        print(f"  {name}: {seconds / each[name]:.1f} times")
        total += seconds
    scorer = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL", "rougeLsum"], use_stemmer=True)
    seconds, _ = timed("rouge-score, no resamples", lambda: [scorer.score(r, h) for h, r in zip(hyps, refs)])
    total += seconds
    print(f"  all: {total / list(each.values())[-1]:.1f} times")


main()
