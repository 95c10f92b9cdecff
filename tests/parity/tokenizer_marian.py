"""Writes tests/parity/tokenizer/marian: ids of awkward strings by transformers' MarianTokenizer and sentencepiece.

Usage: tokenizer_marian.py CHECKPOINT     (a folder with the source.spm of a model of this project)
Needs sentencepiece 0.2 and transformers. source.spm is the checkpoint's; target.spm is a small one trained here on the
English sides of seeds/pairs; vocab.json joins both in an order of its own, as the OPUS-MT models do.
"""
import glob, hashlib, json, os, random, shutil, sys, tempfile
import sentencepiece as spm
from transformers import MarianTokenizer
from awkward import strings

here = os.path.dirname(os.path.abspath(__file__))
out = os.path.join(here, "tokenizer", "marian")
os.makedirs(out, exist_ok=True)
shutil.copyfile(os.path.join(sys.argv[1], "source.spm"), os.path.join(out, "source.spm"))
os.chmod(os.path.join(out, "source.spm"), 0o644)
english = [l.rstrip("\n").split("|||")[-1].strip() for f in sorted(glob.glob(os.path.join(here, "../../seeds/pairs/*")))
           for l in open(f, encoding="utf-8") if "|||" in l or "\t" in l]
with tempfile.TemporaryDirectory() as tmp:
    open(os.path.join(tmp, "en"), "w", encoding="utf-8").write("\n".join(english))
    spm.SentencePieceTrainer.train(
        input=os.path.join(tmp, "en"), model_prefix=os.path.join(tmp, "m"), vocab_size=1000, model_type="unigram",
        normalization_rule_name="identity", eos_id=0, unk_id=1, bos_id=-1, pad_id=-1, hard_vocab_limit=False,
        num_threads=1, minloglevel=2)
    shutil.copyfile(os.path.join(tmp, "m.model"), os.path.join(out, "target.spm"))
sides = [spm.SentencePieceProcessor(os.path.join(out, n)) for n in ("source.spm", "target.spm")]
pieces = sorted({sp.id_to_piece(i) for sp in sides for i in range(sp.get_piece_size())} - {"</s>", "<unk>"})
random.Random(3).shuffle(pieces)
vocab = {p: i for i, p in enumerate(["</s>", "<unk>"] + pieces + ["<pad>"])}
json.dump(vocab, open(os.path.join(out, "vocab.json"), "w", encoding="utf-8"), ensure_ascii=False, separators=(",", ":"))

tokenizer = MarianTokenizer(*(os.path.join(out, n) for n in ("source.spm", "target.spm", "vocab.json")),
                            source_lang="it", target_lang="en")


def digest(ids):
    return hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()[:12]


with open(os.path.join(out, "ids.jsonl"), "w", encoding="utf-8") as f:
    long = [("Perché la Polizia Postale l’ha «fermato»? ", 200), ("è", 5000), ("parola ", 3000), ("日本", 900), (" ", 4000)]
    rows = [(s, 1) for s in strings(3000)] + long
    for n, (text, times) in enumerate(rows):
        whole = text * times
        # Straight from sentencepiece: transformers first looks for added tokens, of which these texts have none.
        ids = [vocab.get(p, 1) for p in sides[0].encode(whole, out_type=str)] + [0]
        assert ids == tokenizer(whole)["input_ids"], whole[:80]
        target = [vocab.get(p, 1) for p in sides[1].encode(whole, out_type=str)]
        assert target + [0] == tokenizer(text_target=whole)["input_ids"], whole[:80]
        back = tokenizer.decode(target, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        row = [text, times, digest(ids), digest(target), hashlib.sha256(back.encode("utf-8", "replace")).hexdigest()[:12]]
        if n % 100 == 20:
            row += [ids, target, back]
        f.write(json.dumps(row, ensure_ascii=False) + "\n")
