"""Writes tests/parity/embedded.json: what transformers makes of the embedded model's checkpoint.

    python tests/parity/embedded.py models/small-it-en

Needs torch, transformers, sentencepiece and safetensors. Weights in int8 (`sunto models quantize`) are multiplied by
their scales first. Sources are Italian sentences of seeds/articles
(written for the project); their ids come from source.spm through vocab.json, as MarianTokenizer makes them.
"""
import glob, json, os, sys
import sentencepiece, torch
from transformers import __version__
from transformers.utils import logging

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../benches"))
from engines import multiplied_out

logging.set_verbosity_error()
torch.set_num_threads(1)
MAX, SENTENCES = 96, 320
here = os.path.dirname(os.path.abspath(__file__))
folder = sys.argv[1]

sentences = []
for path in sorted(glob.glob(os.path.join(here, "../../seeds/articles/train-*.txt"))):
    for line in open(path, encoding="utf-8"):
        left = line.split("|||")[0].strip()
        if "|||" in line and not left[:2] in ("T:", "S:") and len(left) > 20:
            sentences.append(left)
step = max(1, len(sentences) // SENTENCES)
sentences = sentences[::step][:SENTENCES]

spm = sentencepiece.SentencePieceProcessor(model_file=os.path.join(folder, "source.spm"))
vocab = json.load(open(os.path.join(folder, "vocab.json"), encoding="utf-8"))
sources = [[vocab.get(p, vocab["<unk>"]) for p in spm.encode(s, out_type=str)] + [vocab["</s>"]] for s in sentences]

model = multiplied_out(folder)
pad = model.config.pad_token_id


def generate(source, beams):
    with torch.no_grad():
        out = model.generate(torch.tensor([source]), num_beams=beams, do_sample=False, max_length=MAX,
                             output_scores=True, return_dict_in_generate=True)
    ids = out.sequences[0].tolist()[1:]
    return ids, (round(out.sequences_scores[0].item(), 5) if beams > 1 else None)


def logits(source, target):
    """The best five log-probabilities at each step, the target being fed."""
    with torch.no_grad():
        out = model(input_ids=torch.tensor([source]), decoder_input_ids=torch.tensor([[pad] + target[:-1]])).logits[0]
    top = torch.log_softmax(out.double(), -1).topk(5)
    return [[[t, round(p, 6)] for t, p in zip(ts, ps)] for ts, ps in zip(top.indices.tolist(), top.values.tolist())]


cases = []
for i, source in enumerate(sources):
    greedy, _ = generate(source, 1)
    beam, score = generate(source, 4)
    case = {"source": source, "greedy": greedy, "beam": beam, "score": score}
    if i % 32 == 0:
        case["steps"] = logits(source, greedy)
    cases.append(case)
    print(f"{i + 1}/{len(sources)}", end="\r", file=sys.stderr)
head = {"made_with": f"transformers {__version__}, torch {torch.__version__}", "max_length": MAX}
body = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
with open(os.path.join(here, "embedded.json"), "w") as f:
    f.write(json.dumps(head)[:-1] + ', "cases": [\n' + body + "\n]}\n")
