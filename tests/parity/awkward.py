"""Awkward strings for tokenizers: accents, quotes, emoji, digits, controls, combining marks, scripts, spaces, lengths.

`strings(n, seed)` gives the same strings on every machine. No special tokens are in them: this project reads `</s>` in
a text as text, transformers does not.
"""
import random

WORDS = """polizia questura procura indagini arresto perquisizione operazione tribunale città perché è già più così
l'operazione dell'indagato un'altra avrebbe sarebbe denunciato 117mila 1.250.000 14.30 3,5% 416-bis C.N.C.P.O. P.S.
dott. art. n. 231/2001 16/12/2023 47enne Milano L'Aquila Forlì-Cesena police officers prosecutor's court well-known
don't 2,200.112 $3.5m COVID-19 e-mail https://esempio.it/a?b=1&c=2 nome.cognome@esempio.it PERQUISIZIONI ROMA""".split()
PARTS = [
    list("«»“”„‟‘’‚‛\"'`´‹›"), list("–—‒―−-‐‑…·•"), list("àèéìòùÀÈÉÌÒÙçñüßøåæœ"),
    ["a\u0300", "e\u0301", "i\u0308\u0301", "n\u0303", "o\u0302\u0323", "\u0301", "\u20dd", "q\u0307\u0323"],
    ["😀", "👩\u200d💻", "🇮🇹", "👍🏽", "❤\ufe0f", "🏳\ufe0f\u200d🌈", "#\ufe0f\u20e3", "🧑🏿\u200d🤝\u200d🧑🏻"],
    list("0123456789٠١٢٣४५①②½¼²³₂Ⅳⅻ㎏㎡％"),
    ["\u0000", "\u0001", "\u0007", "\u0008", "\t", "\n", "\r", "\u000b", "\u000c", "\u001b", "\u001f", "\u007f",
     "\u0080", "\u0085", "\u009f"],
    ["\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u2060", "\ufeff", "\u00ad", "\u061c", "\u180e", "\ufffd",
     "\ufffe", "\U0010ffff"],
    [" ", "  ", "   ", "\u00a0", "\u1680", "\u2000", "\u2003", "\u2009", "\u202f", "\u205f", "\u3000", "\u2028",
     "\u2029", "▁", "▁▁", " ▁ "],
    list("日本語中文字漢字ひらがなカタカナｶﾞﾊﾟ한국어각ᄀ"), ["\u1100\u1161\u11a8", "각", "ｶ\uff9e", "神", "﨑"],
    list("العربية עברית فارسی").copy(), ["שָׁלוֹם", "مُحَمَّد", "ﷺ", "ﻻ", "ﬁ", "ﬄ", "Ǆ", "ŀ"],
    list("Русский Ελληνικά ไทย हिन्दी").copy(), ["क्षि", "สวัสดี", "Ω", "Å", "µ", "ſ", "ẞ", "İ", "ı"],
    list("ＡＢＣａｂｃ１２３！？　"), list("𝐀𝑏𝒞𝔡𝕖𝖋𝟘𝟙🄰🅱"), list("+=<>|\\/^~_{}[]()#@&*%$€£¥§°©®™"), ["<", ">", "</", "<<", ">>"],
]


def strings(n, seed=7):
    rng = random.Random(seed)
    fixed = ["", " ", "   ", "\t\n", "\u00a0", "\u3000\u3000", "▁", "a", "è", "😀", "0", "\u0000", "\u200b", "\u0301"]
    out = list(fixed)
    while len(out) < n:
        kind = rng.randrange(8)
        if kind < 3:      # words with awkward parts between or inside
            text = ""
            for _ in range(rng.randint(1, 7)):
                text += rng.choice(WORDS) if rng.random() < 0.6 else rng.choice(rng.choice(PARTS))
                text += rng.choice(["", " ", " ", " ", "  ", ", ", ". "])
        elif kind < 6:    # parts only
            text = "".join(rng.choice(rng.choice(PARTS)) for _ in range(rng.randint(1, 12)))
        elif kind == 6:   # any code points
            text = "".join(chr(c) for c in (rng.choice([rng.randrange(0x250), rng.randrange(0x3000),
                   rng.randrange(0x110000)]) for _ in range(rng.randint(1, 8))) if not 0xd800 <= c < 0xe000)
        else:             # spaces around
            text = rng.choice([" ", "  ", "\t", "\u00a0", ""]) + rng.choice(WORDS) + rng.choice([" ", "\n\n", " \u200b", ""])
        out.append(text)
    return out
