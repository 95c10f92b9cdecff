"""Writes tests/parity/attention.json: where transformers' decoders look in the tiny checkpoints of families.py.

    python tests/parity/attention.py

Cross-attention of the last layer, averaged over heads, for every step of the greedy output. Needs torch and transformers.
"""
import json, os
import safetensors.torch as st
import torch
from transformers import AutoModelForSeq2SeqLM, __version__

here = os.path.dirname(os.path.abspath(__file__))
torch.set_num_threads(1)


def main():
    lines = []
    for name in sorted(os.listdir(os.path.join(here, "families"))):
        folder = os.path.join(here, "families", name)
        model = AutoModelForSeq2SeqLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
        head = st.load_file(os.path.join(folder, "model.safetensors")).get("lm_head.weight")
        if head is not None:
            model.lm_head.weight = torch.nn.Parameter(head.float())
        cases = json.load(open(os.path.join(folder, "expected.json")))["cases"]
        start = model.generation_config.decoder_start_token_id
        for case in cases[:2]:
            fed = [start] + case["greedy"][:-1]
            with torch.no_grad():
                out = model(input_ids=torch.tensor([case["source"]]), decoder_input_ids=torch.tensor([fed]),
                            output_attentions=True)
            seen = out.cross_attentions[-1][0].mean(0)
            rows = [[round(x, 6) for x in row] for row in seen.tolist()][:12]
            lines.append(json.dumps(dict(family=name, source=case["source"], fed=fed[:12], attention=rows), separators=(",", ":")))
    with open(os.path.join(here, "attention.json"), "w") as f:
        f.write(f'{{"made_with": "transformers {__version__}, torch {torch.__version__}", "cases": [\n' + ",\n".join(lines) + "\n]}\n")


main()
