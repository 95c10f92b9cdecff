#!/usr/bin/env python3
"""What Italian words became in the training text, and which English words there are.

Usage: lexicon.py DATA_DIR OUT_DIR --aligned NAME ... --hand FILE.tsv ... --english FILE ... --words FILE ...

Reads DATA_DIR/NAME.npz with its word alignments (align.py) and counts which English words stand linked to each Italian
word, by Snowball stems; adds the lexicon written by hand (lemma, part of speech, renderings). Writes, sorted by bytes:
  OUT_DIR/italian-english.tsv   stem, occurrences, `form:thousandths` of the English forms, `lemma=rendering|rendering;lemma=...`
  OUT_DIR/english.txt           stems of English words: of the text (last field after `|||`; from two lines on), of the words, of all renderings
"""
import argparse, collections, json, os, re
from functools import lru_cache
import numpy as np
import Stemmer

LEAST, SHARE, STEMS, FORMS = 3, 0.02, 10, 4     # links of a stem, their share, stems a word, forms a stem
IT, EN = Stemmer.Stemmer("italian"), Stemmer.Stemmer("english")
# Participles and perfects that do not share their infinitive's stem, by ending: (infinitive, forms).
IRREGULAR = [("endere", "eso esi esa ese"), ("udere", "uso usi usa use"), ("idere", "iso isi isa ise"), ("adere", "aso asi asa ase"),
             ("ingere", "into inse insero inta inti inte"), ("ungere", "unto unse unsero unta unti unte"), ("incere", "into inse insero inta inti"),
             ("eggere", "etto esse essero etta etti ette"), ("iggere", "itto isse itta itti itte"), ("uggere", "utto usse utta utti utte"),
             ("ergere", "erso erse ersi ersa"), ("orgere", "orto orse orta orti"), ("olgere", "olto olse olta olti olte"),
             ("ogliere", "olto olse olta olti olgono"), ("egliere", "elto else elta elti elgono"), ("urre", "otto usse uce uceva otta otti otte"),
             ("orre", "osto ose one oneva osta osti oste ongono"), ("ettere", "esso ise essa essi esse"), ("rompere", "rotto ruppe rotta rotti rotte"),
             ("scrivere", "scritto scrisse scritta scritti scritte"), ("vivere", "vissuto visse"), ("muovere", "mosso mosse mossa mossi"),
             ("correre", "corso corse corsa corsi"), ("prendere", "preso prese presa presi"), ("chiedere", "chiesto chiese chiesta chiesti"),
             ("aprire", "aperto aperta aperti aperte"), ("coprire", "coperto coperta coperti"), ("offrire", "offerto offerta offerti"),
             ("soffrire", "sofferto"), ("morire", "morto muore morta morti morte"), ("nascere", "nato nacque nata nati"), ("tenere", "tiene tenne"),
             ("venire", "viene venne"), ("vedere", "visto vide vista visti"), ("rimanere", "rimasto rimase rimasta rimasti"),
             ("stringere", "stretto strinse stretta stretti"), ("primere", "presso presse pressa pressi"), ("ardere", "arso arse arsa"),
             ("perdere", "perso perse persa persi"), ("mordere", "morso morse"), ("fondere", "fuso fuse fusa"), ("scoprire", "scoperto scoperta scoperti"),
             ("cuocere", "cotto cotta cotti"), ("togliere", "tolto tolse tolta tolti"), ("salire", "salgono"), ("dire", "detto disse dice detta detti"),
             ("fare", "fatto fece faceva fatta fatti"), ("dare", "dato diede data dati"), ("assumere", "assunto assunse assunta assunti"),
             ("sumere", "sunto sunse sunta"), ("piangere", "pianto pianse"), ("spegnere", "spento spense spenta spenti"),
             ("distinguere", "distinto distinse distinta"), ("concedere", "concesso concesse concessa"), ("cedere", "cesso cesse cessa"),
             ("espellere", "espulso espulse espulsa espulsi"), ("scuotere", "scosso scosse"), ("discutere", "discusso discusse"),
             ("percuotere", "percosso"), ("dirigere", "diretto diresse diretta diretti"), ("redigere", "redatto redasse"), ("esigere", "esatto"),
             ("apparire", "apparso apparve apparsa"), ("parire", "parso parve parsa"), ("uccidere", "ucciso uccise uccisa uccisi")]


NUMERAL = re.compile(r"(due|tre|quattro|cinque|sei|sette|otto|nove|dieci|undici|dodici|tredici|quattordici|quindici|sedici|diciassette|diciotto"
                     r"|diciannove|(vent|trent|quarant|cinquant|sessant|settant|ottant|novant)(i|a|un|uno|[ai]?(due|tre|tré|quattro|cinque|sei|sette|otto|nove))"
                     r"|(due|tre|quattro|cinque|sei|sette|otto|nove)?cento\w*|(vent|trent|quarant|cinquant|sessant|settant|ottant|novant)|mille\w*|\w*mila|milion[ei]|miliard[oi])$")


def words(ids, pieces):
    """(number of the word of each piece, words): a piece with the space mark begins a word, so do marks and digits."""
    number, out = [], []
    for i in ids:
        p = pieces[i]
        text = p.lstrip("▁")
        letters = lambda t: t.replace("'", "").isalpha()
        if p.startswith("▁") or not out or not letters(text) or not letters(out[-1]):
            out.append(text)
        else:
            out[-1] += text
        number.append(len(out) - 1)
    return number, out


@lru_cache(maxsize=None)
def form(word, italian):
    """The word in small letters, without what stands before or after an apostrophe; `` for what is no word."""
    w = word.lower()
    w = w.rsplit("'", 1)[1] if italian and "'" in w else w.split("'")[0]
    return w if w.isalpha() and len(w) > 1 and not (italian and NUMERAL.match(w)) else ""


@lru_cache(maxsize=None)
def stem(word, italian):
    return (IT if italian else EN).stemWord(word)


def lemma_forms(lemma):
    """Forms of an Italian lemma whose stems may differ from its own."""
    word = lemma[:-2] if lemma.endswith("rsi") else lemma
    word = word + "e" if lemma.endswith("rsi") else word
    yield word
    for ending, forms in IRREGULAR:
        if word.endswith(ending):
            for f in forms.split():
                yield word[:-len(ending)] + f


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    ap.add_argument("data"); ap.add_argument("out")
    ap.add_argument("--aligned", nargs="+", required=True)
    ap.add_argument("--hand", nargs="*", default=[])
    ap.add_argument("--english", nargs="*", default=[], help="texts")
    ap.add_argument("--pairs", help="PREFIX of the lexicon written by hand as sentence pairs, to train on")
    ap.add_argument("--words", nargs="*", default=[], help="lists of words")
    a = ap.parse_args()
    os.makedirs(a.out, exist_ok=True)
    pieces = {i: p for p, i in json.load(open(os.path.join(a.data, "vocab.json"), encoding="utf-8")).items()}
    seen, links = collections.Counter(), collections.defaultdict(collections.Counter)
    for n in a.aligned:
        z = np.load(os.path.join(a.data, n + ".npz"))
        src, trg, so, to, al = (z[k] for k in ("src", "trg", "src_off", "trg_off", "align"))
        for k in range(len(so) - 1):
            at = al[to[k]:to[k + 1]]
            if not (at >= 0).any():
                continue
            sn, sw = words(src[so[k]:so[k + 1]].tolist(), pieces)
            tn, tw = words(trg[to[k]:to[k + 1]].tolist(), pieces)
            f, e = [stem(form(w, True), True) for w in sw], [form(w, False) for w in tw]
            seen.update(x for x in f if x)
            for s, t in {(sn[p], tn[q]) for q, p in enumerate(at.tolist()) if 0 <= p < len(sn)}:
                if f[s] and e[t]:
                    links[f[s]][e[t]] += 1
    english = collections.Counter()
    for path in a.english:
        for line in open(path, encoding="utf-8"):
            english.update({stem(w.lower(), False) for w in re.findall(r"[a-zA-Z]+", line.split("|||")[-1])})
    english = {w for w, n in english.items() if n >= 2}
    for path in a.words:
        english |= {stem(w, False) for w in re.findall(r"[a-z]+", open(path, encoding="utf-8").read().lower())}
    hand, pairs = collections.defaultdict(dict), []
    for path in a.hand:
        for line in open(path, encoding="utf-8"):
            part = line.rstrip("\n").split("\t")
            if len(part) != 3 or not part[0].strip():
                continue
            renderings = [r.strip() for r in part[2].split(",") if r.strip()]
            english |= {stem(w.lower(), False) for r in renderings for w in re.findall(r"[a-zA-Z]+", r)}
            lemma = part[0].strip().lower()
            pairs.append((lemma, ("to " if part[1] == "v" else "") + renderings[0]))
            own = stem(lemma[:-2] + "e" if lemma.endswith("rsi") else lemma, True)
            for s, f in {(stem(f, True), f) for f in lemma_forms(lemma)} | {(own, lemma)}:
                # A form with a stem of its own stands for itself: `rivisto` is no form of `rivista`.
                of = hand[s].setdefault(lemma if s == own else f, [])
                of += [r for r in renderings if r not in of]
    if a.pairs:
        for side, ending in enumerate((".it", ".en")):
            open(a.pairs + ending, "w", encoding="utf-8").writelines(p[side] + "\n" for p in pairs)
    rows = []
    for f in sorted(set(seen) | set(hand)):
        n, stems = seen[f], collections.Counter()
        for e, c in links[f].items():
            stems[stem(e, False)] += c
        kept = {e for e, c in stems.most_common(STEMS) if c >= LEAST and c / n >= SHARE}
        each, forms = collections.Counter(), []
        for e, c in links[f].most_common():
            s = stem(e, False)
            if s in kept and each[s] < FORMS and c >= 0.1 * stems[s]:
                each[s] += 1
                forms.append(f"{e}:{min(999, round(1000 * c / n))}")
        if forms or f in hand:
            rows.append(f"{f}\t{n}\t{' '.join(forms)}\t{';'.join(l + '=' + '|'.join(rs) for l, rs in hand[f].items())}")
    rows.sort(key=lambda r: r.split("\t")[0].encode())
    open(os.path.join(a.out, "italian-english.tsv"), "w", encoding="utf-8").write("\n".join(rows) + "\n")
    open(os.path.join(a.out, "english.txt"), "w", encoding="utf-8").write("\n".join(sorted(w for w in english if w.isascii())) + "\n")
    print(len(rows), "Italian stems,", len(english), "English stems")


if __name__ == "__main__":
    main()
