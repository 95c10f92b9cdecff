"""Writes tests/parity/tokenizer/layouts: small vocabularies in the layouts of T5, fairseq and BART, and reference ids.

The vocabularies are trained on seeds/pairs. References: sentencepiece with T5's and fairseq's arithmetic on its ids;
for byte-level pairs transformers' BartTokenizer.
"""
import glob, hashlib, json, os, tempfile
import sentencepiece as spm
from tokenizers import ByteLevelBPETokenizer
from transformers import BartTokenizer
from awkward import strings

here = os.path.dirname(os.path.abspath(__file__))
out = os.path.join(here, "tokenizer", "layouts")
os.makedirs(out, exist_ok=True)
lines = [side.strip() for f in sorted(glob.glob(os.path.join(here, "../../seeds/pairs/*.txt")))
         for line in open(f, encoding="utf-8") for side in line.split("|||")]
with tempfile.TemporaryDirectory() as tmp:
    corpus = os.path.join(tmp, "text")
    open(corpus, "w", encoding="utf-8").write("\n".join(lines))
    common = dict(input=corpus, num_threads=1, minloglevel=2, hard_vocab_limit=False, normalization_rule_name="identity")
    spm.SentencePieceTrainer.train(model_prefix=os.path.join(tmp, "t5"), vocab_size=800, pad_id=0, eos_id=1, unk_id=2,
                                   bos_id=-1, **common)
    spm.SentencePieceTrainer.train(model_prefix=os.path.join(tmp, "fs"), vocab_size=800, model_type="bpe", **common)
    os.replace(os.path.join(tmp, "t5.model"), os.path.join(out, "spiece.model"))
    os.replace(os.path.join(tmp, "fs.model"), os.path.join(out, "sentencepiece.bpe.model"))
    bpe = ByteLevelBPETokenizer()
    bpe.train([corpus], vocab_size=800, special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"], show_progress=False)
    bpe.save_model(out)

t5 = spm.SentencePieceProcessor(os.path.join(out, "spiece.model"))
fs = spm.SentencePieceProcessor(os.path.join(out, "sentencepiece.bpe.model"))
bart = BartTokenizer.from_pretrained(out)


def digest(ids):
    return hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()[:12]


texts = strings(700, seed=11) + lines[:400]
with open(os.path.join(out, "ids.jsonl"), "w", encoding="utf-8") as f:
    for text in texts:
        fairseq = [0] + [i + 1 if i else 3 for i in fs.encode(text)] + [2]
        row = [t5.encode(text) + [1], fairseq, bart(text)["input_ids"]]
        f.write(json.dumps([text, [digest(ids) for ids in row]], ensure_ascii=False) + "\n")
