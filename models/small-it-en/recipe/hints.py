#!/usr/bin/env python3
"""Source sentences with English hints from the lexicon: hints.py LEXICON_DIR IN_PREFIX OUT_PREFIX [MOST] [SEED]

Expressions of several words (phrases.py) have one hint, after their last word; the words in them have none.

`I calabroni asiatici` becomes `I calabroni < hornet > asiatici`: the model learns to use, inflect or override a base
form that stands beside a rare word (T. Bergmanis and M. Pinnis, "Facilitating terminology translation with target lemma
annotations", EACL 2021). A third of the sentences stays as it is. Reads and writes PREFIX.it and PREFIX.en.
"""
import os, random, re, sys, unicodedata
from functools import lru_cache
import Stemmer
from lexicon import NUMERAL
from prepare import norm
import phrases
from stopwords import STOP_EN, STOP_IT

OPEN, CLOSE = "<", ">"
RARE = 800              # occurrences: words seen more often get no hint (400 in the runs up to the tenth)
RARE_PHRASE = 400       # the same for expressions
IT, EN = Stemmer.Stemmer("italian"), Stemmer.Stemmer("english")


def fold(w):
    return "".join(c for c in unicodedata.normalize("NFD", w.lower()) if not unicodedata.combining(c))


CHOICES = {}            # what choices.py found out about forms: it goes before the lexicon's own choice


def load(folder, choices=True):
    table = {}
    path = os.path.join(folder, "choices.tsv")
    if choices and os.path.exists(path):
        CHOICES.update(line.rstrip("\n").split("\t") for line in open(path, encoding="utf-8"))
    for line in open(os.path.join(folder, "italian-english.tsv"), encoding="utf-8"):
        stem, count, forms, hand = line.rstrip("\n").split("\t")
        forms = [f.rsplit(":", 1) for f in forms.split()]
        table[stem] = (int(count), [(f, int(s) / 1000) for f, s in forms if f not in STOP_EN], {l: rs.split("|") for l, rs in (x.split("=", 1) for x in hand.split(";") if x)})
    return table


def load_phrases(folder):
    table = phrases.load(os.path.join(folder, "phrases.tsv"))
    return table, {k[0] for k in table}


@lru_cache(maxsize=None)
def en(word):
    return EN.stemWord(word)


def common(a, b):
    n = 0
    while n < min(len(a), len(b)) and a[n] == b[n]:
        n += 1
    return n


FINITE = ("ano", "ono", "ava", "avano", "eva", "evano", "iva", "ivano", "ò", "arono", "erono", "irono", "ando", "endo", "are", "ere", "ire",
          "arsi", "ersi", "irsi", "rà", "ranno", "rebbe", "rebbero", "asse", "esse", "isse", "ssero", "ato", "ati", "ate", "uto", "uti", "ute")


def is_verb(lemma):
    return lemma.endswith(("are", "ere", "ire", "rre", "rsi"))


def body(word):
    """A word without its last vowel: what singular and plural share."""
    return word[:-1] if word[-1:] in tuple("aeio") else word


def by_hand(entry, word):
    """Renderings written by hand, of the lemma that is most like the word."""
    if not entry[2]:
        return []
    verbal = word.endswith(FINITE)
    lemma = max(entry[2], key=lambda l: (l == word, verbal and is_verb(l), body(l) == body(word), common(l, word), -len(l), l))
    return entry[2][lemma]


def first_choice(entry, word):
    """The rendering that is offered: lexicon.rs chooses in the same way."""
    choice = CHOICES.get(word)
    return (choice if choice != "-" else None) if choice else by_lexicon(entry, word)


def by_lexicon(entry, word):
    """The rendering of the lemma that is most like the word that stood most often, else what was mostly counted."""
    count, forms, _ = entry
    hand = by_hand(entry, word)
    if hand:
        parts = lambda r: [en(w) for w in r.lower().split() if w not in STOP_EN]
        mass = lambda r: sum(s for f, s in forms if en(f) in parts(r))
        return max(hand, key=lambda r: (mass(r), -hand.index(r)))
    return forms[0][0] if count >= 5 and forms and forms[0][1] >= 0.4 else None


def content(it):
    for m in re.finditer(r"[^\W\d_]+", it):
        w = m[0]
        if len(w) > 3 and fold(w) not in STOP_IT and not (w[0].isupper() and m.start() > 0) and not NUMERAL.match(w.lower()):
            yield m


def put(it, puts):
    for at, r in reversed(puts):
        it = f"{it[:at]} {OPEN} {r} {CLOSE}{it[at:]}"
    return it


def expressions(known, it):
    """(start, end, occurrences, renderings) of the expressions of a sentence."""
    return [(a.start(), b.end(), *entry) for a, b, entry in phrases.find(*known, it)]


def outside(found, m):
    return not any(start <= m.start() < end for start, end, _, _ in found)


def offered(table, known, it):
    """The sentence as the program gives it to the model: every rare word and expression with the first choice."""
    if OPEN in it or CLOSE in it:
        return it
    found = expressions(known, it)
    puts = [(end, rs[0]) for _, end, n, rs in found if n < RARE_PHRASE]
    entries = ((m, table.get(IT.stemWord(m[0].lower()))) for m in content(it) if outside(found, m))
    chosen = ((m.end(), first_choice(e, m[0].lower())) for m, e in entries if e and e[0] < RARE)
    return put(it, sorted(puts + [(at, r) for at, r in chosen if r]))


def main():
    folder, src, out = sys.argv[1:4]
    most = int(sys.argv[4]) if len(sys.argv) > 4 else 0
    rng = random.Random(int(sys.argv[5]) if len(sys.argv) > 5 else 1)
    table, known = load(folder), load_phrases(folder)
    n = hinted = hints = wrong = 0
    pairs = list(zip(open(src + ".it", encoding="utf-8"), open(src + ".en", encoding="utf-8")))
    if most:
        pairs = rng.sample(pairs, min(most, len(pairs)))
    with open(out + ".it", "w", encoding="utf-8") as A, open(out + ".en", "w", encoding="utf-8") as B:
        for it, eng in pairs:
            it, eng = norm(it), norm(eng)
            n += 1
            if rng.random() < 0.3 or OPEN in it or CLOSE in it:
                A.write(it + "\n"); B.write(eng + "\n")
                continue
            target = {en(w) for w in re.findall(r"[a-z]+", eng.lower())}
            found, puts, plain = expressions(known, it), [], " ".join(re.findall(r"[a-z]+", eng.lower()))
            for _, end, count, renderings in found:
                if rng.random() > (0.85 if count < RARE_PHRASE else 0.1):
                    continue
                right = [r for r in renderings if phrases.inside(r, plain, target)]
                if renderings[0] in right or rng.random() < 0.25:
                    puts.append((end, renderings[0])); wrong += renderings[0] not in right
                elif right:
                    puts.append((end, right[0]))
            for m in content(it):
                if not outside(found, m):
                    continue
                entry = table.get(IT.stemWord(m[0].lower()))
                if not entry:
                    continue
                rare = entry[0] < RARE
                if rng.random() > (0.85 if rare else 0.06):
                    continue
                first, hand = first_choice(entry, m[0].lower()), by_hand(entry, m[0].lower())
                inside = lambda r: all(en(w) in target for w in re.findall(r"[a-z]+", r.lower()) if w not in STOP_EN or r == w)
                right = [r for r in hand if inside(r)] + [f for f, s in entry[1] if s >= 0.04 and en(f) in target]
                if first and (inside(first) or rng.random() < 0.25):
                    puts.append((m.end(), first)); wrong += not inside(first)
                elif right:
                    puts.append((m.end(), right[0]))
            puts.sort()
            hinted += bool(puts); hints += len(puts)
            A.write(put(it, puts) + "\n"); B.write(eng + "\n")
    print(f"{src}: {n} pairs, {hinted} with hints, {hints} hints, {wrong} not in the target", flush=True)


if __name__ == "__main__":
    main()
