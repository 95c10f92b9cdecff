"""Writes tests/parity/encoders/: tiny random checkpoints and what transformers, bert-score and unbabel-comet make of them.

    pip install torch transformers safetensors
    pip install --no-deps bert-score==0.3.13 unbabel-comet==2.2.7 entmax
    python tests/parity/encoders.py
"""
import importlib.util
import json
import sys
import types
from math import log
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file

# bert_score imports these for its plots; they stand in only while it loads.
PLOTS = ("matplotlib", "matplotlib.pyplot", "pandas", "mpl_toolkits", "mpl_toolkits.axes_grid1")
for name in PLOTS:
    sys.modules[name] = types.ModuleType(name)
sys.modules["mpl_toolkits.axes_grid1"].make_axes_locatable = None
from bert_score.utils import greedy_cos_idf  # noqa: E402

for name in PLOTS:
    del sys.modules[name]

OUT = Path(__file__).parent / "encoders"
SIZES = dict(vocab_size=120, hidden_size=24, num_hidden_layers=3, num_attention_heads=4, intermediate_size=40,
             max_position_embeddings=40, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)


def comet_module(name):
    """A file of the comet package without the package's own imports."""
    path = Path(importlib.util.find_spec("comet").submodule_search_locations[0]) / "modules" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rounded(tensor):
    return [[round(x, 6) for x in row] for row in tensor.tolist()]


def randomize(model):
    generator = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(torch.randn(p.shape, generator=generator) * 0.25 + (1.0 if p.dim() == 1 and p.shape[0] == 24 else 0.0) * 0.5)
    return model.eval()


def hidden(model, ids):
    with torch.no_grad():
        out = model(torch.tensor([ids]), attention_mask=torch.ones(1, len(ids), dtype=torch.long), output_hidden_states=True)
    return out.hidden_states


def bert_scores(model, layer, hyp, ref, idf):
    h, r = hidden(model, hyp)[layer].clone(), hidden(model, ref)[layer].clone()
    weight = lambda ids: torch.tensor([[idf(i, n, len(ids)) for n, i in enumerate(ids)]])
    mask = lambda ids: torch.ones(1, len(ids), dtype=torch.long)
    values = greedy_cos_idf(r, mask(ref), weight(ref), h, mask(hyp), weight(hyp))
    return [round(v.item(), 6) for v in values]


def main():
    OUT.mkdir(exist_ok=True)
    texts = [[0, 5, 17, 99, 42, 2], [0, 17, 5, 63, 2], [0, 42, 42, 7, 8, 9, 10, 11, 2], [0, 99, 2], [0, 2]]
    pairs = [(0, 1), (1, 0), (2, 0), (3, 3), (4, 0), (0, 4)]
    expected = {}
    documents = [set(t) for t in texts[:4]]
    count = lambda i: sum(i in d for d in documents)
    idf = lambda i, n, length: log((len(documents) + 1) / (count(i) + 1))
    plain = lambda i, n, length: 0.0 if n in (0, length - 1) else 1.0
    for family, config, kind in (
        ("xlm-roberta", transformers.XLMRobertaConfig(**SIZES, type_vocab_size=1, pad_token_id=1), transformers.XLMRobertaModel),
        ("bert", transformers.BertConfig(**SIZES, type_vocab_size=2, pad_token_id=0), transformers.BertModel),
    ):
        torch.manual_seed(1)
        model = randomize(kind(config, add_pooling_layer=False))
        folder = OUT / family
        folder.mkdir(exist_ok=True)
        (folder / "config.json").write_text(json.dumps({k: v for k, v in config.to_dict().items() if isinstance(v, (int, float, str))}) + "\n")
        weights = {f"{'encoder.model.' if family == 'xlm-roberta' else ''}{k}": v.contiguous() for k, v in model.state_dict().items()
                   if "position_ids" not in k and "token_type_ids" not in k}
        entry = {
            "texts": texts,
            "hidden": [[rounded(layer[0]) for layer in hidden(model, t)] for t in texts[:3]],
            "bertscore": [{"hyp": h, "ref": r, "layer": layer, "idf": use,
                           "expected": bert_scores(model, layer, texts[h], texts[r], idf if use else plain)}
                          for h, r in pairs for layer in (0, 2, 3) for use in (False, True)],
        }
        if family == "xlm-roberta":
            mixes = {}
            for transformation in ("softmax", "sparsemax"):
                mix = comet_module("layerwise_attention").LayerwiseAttention(
                    4, layer_weights=[0.3, -0.2, 0.9, 0.55], layer_transformation=transformation)
                with torch.no_grad():
                    mix.gamma.fill_(1.3)
                    torch.manual_seed(3)
                    ff = comet_module("feedforward").FeedForward(24 * 6, hidden_sizes=[20, 12], activations="Tanh").eval()
                    embed = lambda t: mix(list(hidden(model, t)), torch.ones(1, len(t))).mean(1)
                    def score(s, m, r):
                        s, m, r = embed(s), embed(m), embed(r)
                        x = torch.cat((m, r, m * r, (m - r).abs(), m * s, (m - s).abs()), dim=1)
                        return round(ff(x).item(), 6)
                    triples = [(0, 1, 2), (1, 2, 0), (2, 0, 1), (3, 1, 1)]
                    mixes[transformation] = [{"triple": t, "expected": score(*(texts[i] for i in t))} for t in triples]
            weights |= {f"layerwise_attention.{k}": v for k, v in mix.state_dict().items()}
            weights |= {f"estimator.{k}": v for k, v in ff.state_dict().items()}
            entry["comet"] = mixes
        save_file(weights, folder / "model.safetensors")
        expected[family] = entry
    (OUT / "expected.json").write_text(json.dumps(expected) + "\n")


main()
