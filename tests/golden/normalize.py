#!/usr/bin/env python3
"""Writes normalize.json: awkward strings and what the training recipe's `norm` makes of them.

Usage: python3 tests/golden/normalize.py   (needs nothing beyond Python; `norm` is cut out of the recipe's source)
"""
import json, os, re, unicodedata

here = os.path.dirname(os.path.abspath(__file__))
recipe = open(os.path.join(here, "../../models/small-it-en/recipe/prepare.py"), encoding="utf-8").read()
scope = {"re": re, "unicodedata": unicodedata}
exec(recipe[recipe.index("QUOTES ="):recipe.index("def numbers")], scope)

INPUTS = [
    "", " ", "\n", "a", " a ", "a  b", "a\tb\r\nc", "\u00a0a\u00a0\u00a0b\u202fc\u00a0", "«ciao»", "« ciao »", "“ciao”", "„ciao“",
    "l’indagine", "l‘indagine", "l`indagine", "l´indagine", "a–b — c", "fine…", "fine… Poi", "\ufeffinizio", "a\u200bb", "a \u200b b",
    "\u200b a", "a \u200b", "a\u200b", "perche\u0301 cosi\u0300", "E\u0300 vero", "\u1e9b\u0323", "ﬁne", "①", "１２３", "Å", "\u212b", "\u2126",
    "a\u2028b\u2029c", "a\u0085b", "a\u001cb\u001db\u001eb\u001fb", "a\u000bb\u000cb", "\u1680a\u3000b\u205fc", "a\u180eb", "😀 ‍👩‍👧",
    "1.250.000 € – 14.30", "\u0000a\u0000", "a\u0301\u0300", "'già' \"già\"", "a‚b‛c‟d", "‹a›", "a−b-c", "\ud7a3", "\u1112\u1161\u11ab",
    "’‘`´“”„«»–—…", "\ufeff \u200b …  – ", "C.N.C.P.O. – Centro", "à è é ì ò ù À È É Ì Ò Ù",
]
rows = [[s, scope["norm"](s)] for s in INPUTS]
with open(os.path.join(here, "normalize.json"), "w", encoding="utf-8") as f:
    json.dump(rows, f, ensure_ascii=True, indent=0)
    f.write("\n")
