#!/usr/bin/env python3
"""Italian expressions of several words with their English: phrases.py OUT.tsv --hand FILE.tsv ... --glossary FILE.tsv --pairs PREFIX ...

Reads what was written by hand (`italian<TAB>english, english`) and the glossary, and counts in sentence pairs (PREFIX.it,
PREFIX.en) how often each expression occurs and which rendering stands for it most often. Writes, sorted by bytes:
  words of the expression as keys (Snowball stems; prepositions and articles without their forms), occurrences, renderings
What mostly has another English is left out. `src/text/phrases.rs` reads the table and finds expressions in the same way.
"""
import argparse, collections, re
from functools import lru_cache
import Stemmer
from lexicon import lemma_forms
from stopwords import STOP_EN

IT, EN = Stemmer.Stemmer("italian"), Stemmer.Stemmer("english")
WORD = re.compile(r"[^\W\d_]+")
BETWEEN = {" ", "'", "’"}
LONGEST = 7
# Occurrences that prove something, and the share of them that must have one of the renderings.
LEAST, SHARE = 25, 0.1
FUNCTION = {f: base for base, forms in {
    "di": "di d del dello della dell dei degli delle", "a": "a ad al allo alla all ai agli alle", "da": "da dal dallo dalla dall dai dagli dalle",
    "in": "in nel nello nella nell nei negli nelle", "su": "su sul sullo sulla sull sui sugli sulle", "con": "con col coi",
    "il": "il lo la l i gli le", "un": "un uno una"}.items() for f in forms.split()}


@lru_cache(maxsize=None)
def key(word):
    word = word.lower()
    stem = FUNCTION.get(word) or IT.stemWord(word)
    # Words too short for the stemmer: `arma`, `armi`.
    return stem[:-1] if len(stem) > 3 and stem[-1] in "aeio" else stem


@lru_cache(maxsize=None)
def en(word):
    return EN.stemWord(word)


def load(path):
    """Keys of each expression to (occurrences, renderings)."""
    rows = (line.rstrip("\n").split("\t") for line in open(path, encoding="utf-8"))
    return {tuple(k.split(" ")): (int(n), rs.split("|")) for k, n, rs in rows}


def find(table, firsts, text):
    """(first match, last match, entry) of the expressions in a text, from the left, the longest that begins at a word."""
    ws = list(WORD.finditer(text))
    i = 0
    while i < len(ws):
        found = None
        first = key(ws[i][0])
        if first in firsts:
            ks = [first]
            for j in range(i + 1, min(i + LONGEST, len(ws))):
                if text[ws[j - 1].end():ws[j].start()] not in BETWEEN:
                    break
                ks.append(key(ws[j][0]))
                if tuple(ks) in table:
                    found = j, table[tuple(ks)]
        if found:
            yield ws[i], ws[found[0]], found[1]
            i = found[0]
        i += 1


def inside(rendering, english, stems):
    """Whether an English sentence (in small letters, with the stems of its words) has a rendering, in whatever form."""
    told = [w for w in re.findall(r"[a-z]+", rendering.lower()) if w not in STOP_EN]
    return all(en(w) in stems for w in told) if told else f" {rendering.lower()} " in f" {english} "


def by_hand(paths, glossary):
    for line in list(open(glossary, encoding="utf-8"))[1:]:
        p = line.rstrip("\n").split("\t")
        if len(p) >= 2 and " " in p[0].strip():
            yield p[0].strip(), [p[1].strip()]
    for path in paths:
        for line in open(path, encoding="utf-8"):
            p = line.rstrip("\n").split("\t")
            if len(p) in (2, 3) and " " in p[0].replace("'", " ").strip():
                yield p[0].strip(), [r.strip() for r in p[-1].split(",") if r.strip()]


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    ap.add_argument("out")
    ap.add_argument("--hand", nargs="+", required=True)
    ap.add_argument("--glossary", required=True)
    ap.add_argument("--pairs", nargs="*", default=[])
    a = ap.parse_args()
    table = {}
    for italian, english in by_hand(a.hand, a.glossary):
        ws = WORD.findall(italian)
        if not 2 <= len(ws) <= LONGEST or re.search(r"[\d,;:./]", italian):
            continue
        rest = tuple(key(w) for w in ws[1:])
        verb = ws[0].endswith(("are", "ere", "ire", "rre", "rsi"))
        for first in {key(f) for f in lemma_forms(ws[0].lower())} if verb else {key(ws[0])}:
            of = table.setdefault((first, *rest), (0, []))[1]
            of += [r for r in english if r not in of]
    firsts, n, said = {k[0] for k in table}, collections.Counter(), collections.defaultdict(collections.Counter)
    keys = {k: (k, v) for k, v in table.items()}
    for prefix in a.pairs:
        for it, eng in zip(open(prefix + ".it", encoding="utf-8"), open(prefix + ".en", encoding="utf-8")):
            eng = " ".join(re.findall(r"[a-z]+", eng.lower()))
            stems = None
            for _, _, (k, (_, renderings)) in find(keys, firsts, it):
                stems = stems or {en(w) for w in eng.split()}
                n[k] += 1
                told = [r for r in renderings if inside(r, eng, stems)]
                said[k].update(told)
                said[k][None] += bool(told)
    rows, dropped = [], []
    for k, (_, renderings) in table.items():
        if n[k] >= LEAST and said[k][None] < SHARE * n[k]:
            dropped.append(k)
            continue
        best = sorted(renderings, key=lambda r: (-said[k][r], renderings.index(r)))
        rows.append(f"{' '.join(k)}\t{n[k]}\t{'|'.join(best)}")
    rows.sort(key=lambda r: r.split("\t")[0].encode())
    open(a.out, "w", encoding="utf-8").write("\n".join(rows) + "\n")
    print(len(rows), "expressions,", len(dropped), "left out:", "; ".join(" ".join(k) for k in dropped[:20]))


if __name__ == "__main__":
    main()
