"""Writes tests/parity/tokenizer/more: further layouts of the same vocabularies, and reference ids of a thousand lines.

    python tests/parity/tokenizer_more.py

The lines are the first thousand of tests/parity/tokenizer/layouts/ids.jsonl. References: transformers' M2M100Tokenizer;
sentencepiece with PEGASUS' and NLLB's arithmetic on its ids; sentencepiece alone for tokenizer.model; transformers'
BartTokenizer for the tokenizer.json that it saves.
"""
import glob, hashlib, json, os, random, shutil, tempfile
import sentencepiece as spm
from transformers import BartTokenizer, M2M100Tokenizer

here = os.path.dirname(os.path.abspath(__file__))
layouts, out = os.path.join(here, "tokenizer", "layouts"), os.path.join(here, "tokenizer", "more")
os.makedirs(out, exist_ok=True)
lines = [side.strip() for f in sorted(glob.glob(os.path.join(here, "../../seeds/pairs/w7-0*.txt")))
         for line in open(f, encoding="utf-8") for side in line.split("|||")]
with tempfile.TemporaryDirectory() as tmp:
    corpus = os.path.join(tmp, "text")
    open(corpus, "w", encoding="utf-8").write("\n".join(lines))
    # As Llama's: pairs, bytes for what is unknown, digits apart, spaces kept.
    spm.SentencePieceTrainer.train(input=corpus, model_prefix=os.path.join(tmp, "m"), vocab_size=700, model_type="bpe",
                                   byte_fallback=True, split_digits=True, remove_extra_whitespaces=False, hard_vocab_limit=False,
                                   normalization_rule_name="identity", num_threads=1, minloglevel=2)
    os.replace(os.path.join(tmp, "m.model"), os.path.join(out, "tokenizer.model"))
fs = spm.SentencePieceProcessor(os.path.join(layouts, "sentencepiece.bpe.model"))
t5 = spm.SentencePieceProcessor(os.path.join(layouts, "spiece.model"))
llama = spm.SentencePieceProcessor(os.path.join(out, "tokenizer.model"))
pieces = [fs.id_to_piece(i) for i in range(3, fs.get_piece_size())]
random.Random(5).shuffle(pieces)
# Ten pieces are missing: what the model cuts may not be in the vocabulary.
vocab = {p: i for i, p in enumerate(["<s>", "<pad>", "</s>", "<unk>"] + pieces[10:])}
json.dump(vocab, open(os.path.join(out, "vocab.json"), "w", encoding="utf-8"), ensure_ascii=False, separators=(",", ":"))
m2m = M2M100Tokenizer(vocab_file=os.path.join(out, "vocab.json"), spm_file=os.path.join(layouts, "sentencepiece.bpe.model"),
                      src_lang="it", tgt_lang="en")
bart = BartTokenizer.from_pretrained(layouts)
with tempfile.TemporaryDirectory() as tmp:
    bart.save_pretrained(tmp)
    shutil.copy(os.path.join(tmp, "tokenizer.json"), os.path.join(out, "tokenizer.json"))
nllb_it = fs.get_piece_size() + 1 + 1  # the second of two languages, after the pieces shifted by one


def digest(ids):
    return hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()[:8]


rows = [json.loads(l)[0] for l in open(os.path.join(layouts, "ids.jsonl"), encoding="utf-8")][:1000]
with open(os.path.join(out, "digests.txt"), "w") as f:
    for text in rows:
        m2m_ids = [m2m.get_lang_id("it")] + [vocab.get(p, 3) for p in fs.encode(text, out_type=str)] + [2]
        pegasus = [i + 103 for i in t5.encode(text)] + [1]
        nllb = [nllb_it] + [i + 1 if i else 3 for i in fs.encode(text)] + [2]
        f.write(" ".join(map(digest, [pegasus, m2m_ids, nllb, [1] + llama.encode(text), bart(text)["input_ids"]])) + "\n")
        # transformers looks for added tokens and strips first; where it need not, it agrees.
        if text.strip() == text and "<" not in text and "__" not in text:
            assert m2m(text)["input_ids"] == m2m_ids, text
