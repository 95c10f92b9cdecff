"""Writes significance.json: p-values of sacreBLEU's own paired tests on the peers' outputs (numbers only).

    python tests/golden/significance.py PEERS_FOLDER
"""
import json
import sys
from pathlib import Path

from sacrebleu.metrics import BLEU, CHRF, TER
from sacrebleu.significance import PairedTest

SYSTEMS = ["bergamot-tiny", "bergamot-base-memory", "google", "microsoft"]
peers = Path(sys.argv[1])
read = lambda name: (peers / name).read_text(encoding="utf-8").split("\n")[:-1]
out = {}
for test in ("flores-dev", "wmt09"):
    # Every pair, so that near systems are among them.
    for i, base in enumerate(SYSTEMS[:-1]):
        named = [(s, read(f"{test}.{s}.en")) for s in SYSTEMS[i:]]
        for kind, name in (("bs", "paired-bootstrap"), ("ar", "paired-randomization")):
            metrics = {"BLEU": BLEU(), "chrF2": CHRF(), "TER": TER()}
            _, scores = PairedTest(named, metrics, [read(f"{test}.en")], test_type=kind)()
            for metric, ours in (("BLEU", "bleu"), ("chrF2", "chrf"), ("TER", "ter")):
                for (system, _), result in zip(named[1:], scores[metric][1:]):
                    row = {"test": name, "corpus": test, "metric": ours, "base": base, "system": system,
                           "delta": result.score - scores[metric][0].score, "p": result.p_value}
                    out.setdefault("pairs", []).append(row)
                    print(row, flush=True)
(Path(__file__).parent / "significance.json").write_text(json.dumps(out, indent=0) + "\n")
