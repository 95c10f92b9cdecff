#!/usr/bin/env python3
"""Sentences with the hints that training gave them, by the recipe's own code: writes hints.json beside this file."""
import json, os, re, sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "../..")
sys.path.insert(0, os.path.join(ROOT, "models/small-it-en/recipe"))
import hints

table, known = (f(os.path.join(ROOT, "seeds/lexicon")) for f in (hints.load, hints.load_phrases))
lines = []
for name in ("w15-01.txt", "w16-03.txt", "w16-12.txt"):
    for line in open(os.path.join(ROOT, "seeds/pairs", name), encoding="utf-8"):
        lines.append(hints.norm(line.split(" ||| ")[0]))
lines = lines[::2][:240] + ["Associazione per delinquere: chiesti gli arresti domiciliari, non la custodia cautelare in carcere.", "una battuta d\u2019arresto", "", "a < b", "Furgone", "L'ordigno, disinnescato all'alba."]
json.dump([[x, hints.offered(table, known, x)] for x in lines], open(os.path.join(HERE, "hints.json"), "w", encoding="utf-8"),
          ensure_ascii=False, indent=0)
