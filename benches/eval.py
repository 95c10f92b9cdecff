"""Scores up to 10,000 segments with sunto and with sacreBLEU + rouge-score, one thread each, and prints processor seconds.

    pip install sacrebleu==2.6.0 rouge-score==0.1.2
    python benches/eval.py target/release/sunto [bleu,chrf,ter,rouge]

TER and ROUGE take Python minutes over so many: both programs then score the first 1,000 of the segments. The last line is
sunto alone over all.
"""
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rouge_score import rouge_scorer, scoring
from sacrebleu.metrics import BLEU, CHRF, TER

RESAMPLES = 1000
SEGMENTS = {"bleu": 10_000, "chrf": 10_000, "ter": 1000, "rouge": 1000}
ROUGE = "rouge-1,rouge-2,rouge-l,rouge-lsum"


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
    print(f"{what:<52} {took:8.2f} s", flush=True)
    return took


def main():
    binary = sys.argv[1]
    wanted = (sys.argv[2] if len(sys.argv) > 2 else ",".join(SEGMENTS)).split(",")
    rng = random.Random(1)
    refs = rng.choices(english(), k=max(SEGMENTS.values()))
    hyps = [changed(l, rng) for l in refs]
    folder = Path(tempfile.mkdtemp())
    env = {**os.environ, "RAYON_NUM_THREADS": "1"}

    def ours(metrics, count):
        for name, lines in (("h", hyps), ("r", refs)):
            (folder / name).write_text("\n".join(lines[:count]) + "\n", encoding="utf-8")
        command = [binary, "eval", "score", "--hyp", folder / "h", "--ref", folder / "r", "--metrics", metrics]
        return lambda: subprocess.run(command, env=env, check=True, capture_output=True)

    def theirs(name, count):
        h, r = hyps[:count], refs[:count]
        if name != "rouge":
            metric = {"bleu": BLEU, "chrf": CHRF, "ter": TER}[name]()
            return lambda: metric.corpus_score(h, [r], n_bootstrap=RESAMPLES)
        scorer = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL", "rougeLsum"], use_stemmer=True)
        aggregator = scoring.BootstrapAggregator(confidence_interval=0.95, n_samples=RESAMPLES)

        def run():
            for hyp, ref in zip(h, r):
                aggregator.add_scores(scorer.score(ref, hyp))
            aggregator.aggregate()
        return run

    print(f"{RESAMPLES} resamples, one thread, processor seconds")
    for name in wanted:
        count = SEGMENTS[name]
        words = sum(len(l.split()) for l in refs[:count])
        a = timed(f"sunto {name}, {count} segments, {words} words", ours(ROUGE if name == "rouge" else name, count))
        b = timed(f"{'rouge-score' if name == 'rouge' else 'sacrebleu'}, the same", theirs(name, count))
        print(f"  {name}: {b / a:.1f} times", flush=True)
    count = len(refs)
    timed(f"sunto, all of them, {count} segments", ours(f"bleu,chrf,ter,{ROUGE}", count))


main()
