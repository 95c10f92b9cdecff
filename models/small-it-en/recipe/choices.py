#!/usr/bin/env python3
"""The hint of each Italian form, where the pairs know better than its lemma: choices.py LEXICON_DIR --pairs PREFIX ...

`soggetti` is no form of `soggettivo`, and `detenuti` are prisoners more often than held: the lexicon knows stems, the
pairs (PREFIX.it, PREFIX.en) know which rendering stands beside a form. Writes LEXICON_DIR/choices.tsv, sorted by bytes:
  form (small letters), rendering; `-` where no rendering stands beside it often enough to be offered
`src/text/lexicon.rs` and hints.py read it. Pairs that differ in figures and names alone count once.
"""
import argparse, collections, os, re
from functools import lru_cache
import hints

# Occurrences that tell something; by how much a rendering must stand more often than the default; share of the
# occurrences below which none is offered, and occurrences that prove it; the same for a form that was only counted.
LEAST, GAIN, RATIO = 3, 1.5, 1.2
NONE, NONE_LEAST = 0.15, 8
COUNTED, COUNTED_LEAST, NEW = 2.0, 5, 0.4
PART = 0.25             # share of the default that keeps it against a part of itself: `police` of `police commissioner`
COMMON = 2000           # stems that stand more often are no hints
NATIONS = ("ian", "ians", "ese", "ish")
IRREGULAR = [x.split() for x in """give gave given|take took taken|hold held|keep kept|find found|sell sold|buy bought|bring brought|teach taught
think thought|catch caught|fight fought|seek sought|say said|pay paid|lay laid|lead led|feed fed|meet met|leave left|lose lost|send sent|spend spent
build built|lend lent|bend bent|deal dealt|feel felt|mean meant|sleep slept|sweep swept|creep crept|weep wept|kneel knelt|steal stole stolen
speak spoke spoken|break broke broken|choose chose chosen|freeze froze frozen|wear wore worn|tear tore torn|swear swore sworn|bear bore borne born
begin began begun|drink drank drunk|sing sang sung|ring rang rung|swim swam swum|sink sank sunk|shrink shrank shrunk|spring sprang sprung|run ran
come came|become became|win won|spin spun|hang hung|dig dug|stick stuck|strike struck|swing swung|write wrote written|ride rode ridden
rise rose risen|drive drove driven|arise arose arisen|fall fell fallen|see saw seen|eat ate eaten|forbid forbade forbidden|forgive forgave forgiven
forget forgot forgotten|get got gotten|know knew known|grow grew grown|throw threw thrown|blow blew blown|fly flew flown|draw drew drawn|show shown
withdraw withdrew withdrawn|overthrow overthrew overthrown|go went gone|undergo underwent undergone|do did done|make made|have had has|be was were been is are
stand stood|understand understood|withstand withstood|tell told|sit sat|spit spat|shoot shot|light lit|slide slid|bite bit bitten|hide hid hidden
bind bound|wind wound|grind ground|hear heard|flee fled|bleed bled|breed bred|speed sped|shine shone|lie lay lain|wake woke woken|shake shook shaken
mistake mistook mistaken|undertake undertook undertaken|overtake overtook overtaken|weave wove woven|thief thieves|knife knives|wife wives|life lives
leaf leaves|half halves|shelf shelves|wolf wolves|calf calves|loaf loaves|man men|woman women|child children|foot feet|tooth teeth|mouse mice
goose geese|person people|fisherman fishermen|businessman businessmen|firefighter firefighters|bacterium bacteria|crisis crises|criterion criteria
analysis analyses|hypothesis hypotheses""".replace("\n", "|").split("|")]
BASE = {form: forms[0] for forms in reversed(IRREGULAR) for form in forms}
FORMS = collections.defaultdict(set)
for form, base in BASE.items():
    FORMS[base].add(form)


@lru_cache(maxsize=None)
def inflected(word):
    """What a word may be in a text: `give`, `gives`, `giving`, `gave`."""
    base = BASE.get(word, word)
    out = {word, base} | FORMS[base]
    for x in {word, base}:
        out |= {x + "s", x + "es", x + "ed", x + "d", x + "ing", x + x[-1] + "ed", x + x[-1] + "ing"}
        if x.endswith("e"):
            out.add(x[:-1] + "ing")
        if x.endswith("y"):
            out |= {x[:-1] + "ies", x[:-1] + "ied"}
    return frozenset(out)


def told(rendering):
    return [w for w in re.findall(r"[a-z]+", rendering.lower()) if w not in hints.STOP_EN]


@lru_cache(maxsize=None)
def needed(rendering):
    return [inflected(w) for w in told(rendering)]


@lru_cache(maxsize=None)
def stems(rendering):
    return tuple(hints.en(BASE.get(w, w)) for w in told(rendering))


def candidates(entry, word):
    """Renderings of a form: by hand, those of the likely lemma first, then what was counted."""
    if not entry or entry[0] >= COMMON:
        return []
    by_lemma = sorted(entry[2], key=lambda l: -(2 * (hints.body(l) == hints.body(word)) + hints.common(l, word) / len(l)))
    hand = list(dict.fromkeys(r for l in by_lemma for r in entry[2][l]))
    known = {stems(r) for r in hand}
    # Adjectives of nations were counted in small letters.
    return hand + [f for f, s in entry[1] if s >= 0.04 and stems(f) not in known and not f.endswith(NATIONS)]


def chosen(word, entry, of, n, hits, chance):
    """What the table says of a form, or None where the lexicon's own choice stands."""
    default = hints.by_lexicon(entry, word)
    score = lambda r: hits[word, r] - n * chance(r)
    best_of = lambda rs: max(rs, key=lambda r: (score(r), -of.index(r)), default=None)
    hand = {r for rs in entry[2].values() for r in rs}
    best, counted = best_of([r for r in of if r in hand]), best_of([r for r in of if r not in hand])
    if best is None or counted is not None and n >= COUNTED_LEAST and score(counted) >= COUNTED * max(score(best), 0) + 1:
        best = counted
    if best is None or (default or "").endswith("-year-old"):
        return None
    if default and stems(default) == stems(best):
        best = default
    if n >= NONE_LEAST and max(hits[word, best], hits[word, default] if default else 0) < NONE * n:
        return "-" if default else None
    if default is None:
        return best if score(best) >= NEW * n else None
    part = set(stems(best)) < set(stems(default)) and hits[word, default] >= PART * n
    return best if best != default and not part and score(best) >= RATIO * max(score(default), 0) + GAIN else None


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    ap.add_argument("lexicon")
    ap.add_argument("--pairs", nargs="+", required=True)
    a = ap.parse_args()
    table, known = hints.load(a.lexicon, choices=False), hints.load_phrases(a.lexicon)
    seen, n, hits, texts, of = set(), collections.Counter(), collections.Counter(), collections.Counter(), {}
    small, capital = collections.Counter(), collections.Counter()
    for prefix in a.pairs:
        for it, eng in zip(open(prefix + ".it", encoding="utf-8"), open(prefix + ".en", encoding="utf-8")):
            it = hints.norm(it.strip())
            plain = re.sub(r"\d+|[A-Z]\w+", "", it)
            if plain in seen:
                continue
            seen.add(plain)
            english = set(re.findall(r"[a-z]+", eng.lower()))
            inside = re.findall(r"(?<=[^\W_] )[^\W\d_]+", it)
            small.update(w for w in inside if w[0].islower())
            capital.update(w.lower() for w in inside if w[0].isupper())
            texts.update({hints.en(BASE.get(w, w)) for w in english})
            found = hints.expressions(known, it)
            for m in hints.content(it):
                if not hints.outside(found, m):
                    continue
                word = m[0].lower()
                if word not in of:
                    of[word] = candidates(table.get(hints.IT.stemWord(word)), word)
                n[word] += 1
                hits.update((word, r) for r in of[word] if needed(r) and all(not forms.isdisjoint(english) for forms in needed(r)))
    chance = lambda r: min((texts[s] / len(seen) for s in stems(r)), default=0)
    # Names have no hint where they open a sentence either.
    rows = {w: "-" for w in of if of[w] and capital[w] >= LEAST and capital[w] > 2 * small[w]}
    for word, renderings in of.items():
        if word in rows:
            continue
        if renderings and n[word] >= LEAST:
            choice = chosen(word, table[hints.IT.stemWord(word)], renderings, n[word], hits, chance)
            if choice:
                rows[word] = choice
    with open(os.path.join(a.lexicon, "choices.tsv"), "w", encoding="utf-8") as out:
        out.writelines(f"{w}\t{rows[w]}\n" for w in sorted(rows, key=str.encode))
    print(len(seen), "pairs,", len(rows), "forms,", sum(r == "-" for r in rows.values()), "without a hint")


if __name__ == "__main__":
    main()
