"""Writes tests/parity/learned/: tiny checkpoints with a tokenizer, and what the reference implementations score of texts.

    pip install torch transformers tokenizers safetensors
    pip install --no-deps bert-score==0.3.13 unbabel-comet==2.2.7 entmax
    python tests/parity/learned.py
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
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

PLOTS = ("matplotlib", "matplotlib.pyplot", "pandas", "mpl_toolkits", "mpl_toolkits.axes_grid1")
for name in PLOTS:
    sys.modules[name] = types.ModuleType(name)
sys.modules["mpl_toolkits.axes_grid1"].make_axes_locatable = None
from bert_score.utils import greedy_cos_idf  # noqa: E402

for name in PLOTS:
    del sys.modules[name]

HERE = Path(__file__).parent
SPREAD = 2.0
OUT = HERE / "learned"
CASES = [  # source, output, references
    ("Il tribunale ha sede a Milano.", "The court sits in Milan.", ["The court is in Milan.", "Milan has the court."]),
    ("La polizia ha fermato tre persone. Nessuno è ferito.", "Police stopped three people. Nobody is hurt.",
     ["The police stopped three people. No one is injured."]),
    ("La gara vale 2,4 milioni di euro.", "The tender is worth 2.4 million euros.", ["The contract is worth 2.4 million euros."]),
    ("Il sindaco non ha risposto.", "Bananas!", ["The mayor did not answer.", "The mayor gave no answer."]),
    ("Il treno parte alle 9.", "", ["The train leaves at 9."]),
]


def randomize(model, seed):
    """Weights of which texts come out apart: a trained model's spread, not an untrained one's."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, p in model.named_parameters():
            noise = torch.randn(p.shape, generator=generator)
            if p.dim() == 1:
                p.copy_(noise * 0.2 + (1.0 if "norm" in name.lower() and name.endswith("weight") else 0.0))
            else:
                p.copy_(noise if "embed" in name else noise * (2.0 / p.shape[-1] ** 0.5))
    return model.eval()


def tokenizer(first, last, others, frame):
    """A unigram vocabulary of 120 pieces over the texts; `frame` names what stands around a text."""
    t = Tokenizer(models.Unigram())
    t.normalizer = normalizers.NFKC()
    t.pre_tokenizer = pre_tokenizers.Metaspace()
    special = [first, "<pad>", last, "<unk>"] + others
    texts = [x for s, h, r in CASES for x in [s, h, *r]] + ["source: candidate: reference:"]
    t.train_from_iterator(texts, trainers.UnigramTrainer(vocab_size=120, special_tokens=special, unk_token="<unk>"))
    ids = [(p, t.token_to_id(p)) for p in (first, last)]
    single = f"{first} $A {last}" if frame else f"$A {last}"
    pair = f"{first} $A {last} $B {last}" if frame else f"$A {last} $B {last}"
    t.post_processor = processors.TemplateProcessing(single=single, pair=pair, special_tokens=ids)
    return t


def save(folder, config, weights, tok):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config) + "\n")
    tok.save(str(folder / "tokenizer.json"))
    save_file({k: v.contiguous().clone() for k, v in weights.items() if "_ids" not in k}, folder / "model.safetensors")


def plain(config):
    return {k: v for k, v in config.to_dict().items() if isinstance(v, (int, float, str, list, dict)) and k not in ("transformers_version",)}


def comet_module(name):
    path = Path(importlib.util.find_spec("comet").submodule_search_locations[0]) / "modules" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def encoder_scores(tok, expected):
    """BERTScore in layers with and without idf, COMET with both layer mixes, by the encoder that is committed already."""
    config = transformers.XLMRobertaConfig(
        vocab_size=120, hidden_size=24, num_hidden_layers=3, num_attention_heads=4, intermediate_size=40, max_position_embeddings=40,
        type_vocab_size=1, pad_token_id=1, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    model = randomize(transformers.XLMRobertaModel(config, add_pooling_layer=False), 3)
    weights = {f"encoder.model.{k}": v for k, v in model.state_dict().items()}
    fit = lambda ids: ids if len(ids) <= 38 else ids[:37] + ids[-1:]
    ids = lambda text: fit(tok.encode(text).ids)

    def hidden(x):
        with torch.no_grad():
            return model(torch.tensor([x]), attention_mask=torch.ones(1, len(x), dtype=torch.long), output_hidden_states=True).hidden_states

    documents = [set(ids(r.strip())) for _, _, refs in CASES for r in refs]
    weigh = {
        False: lambda i, n, last: 0.0 if n in (0, last) else 1.0,
        True: lambda i, n, last: log((len(documents) + 1) / (sum(i in d for d in documents) + 1)),
    }
    out = {}
    for layer in (0, 2, 3):
        for idf in (False, True):
            column = []
            for _, hyp, refs in CASES:
                best = []
                for ref in refs:
                    h, r = ids(hyp.strip()), ids(ref.strip())
                    mask = lambda x: torch.ones(1, len(x), dtype=torch.long)
                    weight = lambda x: torch.tensor([[weigh[idf](i, n, len(x) - 1) for n, i in enumerate(x)]])
                    f1 = greedy_cos_idf(hidden(r)[layer].clone(), mask(r), weight(r), hidden(h)[layer].clone(), mask(h), weight(h))[2]
                    best.append(f1.item())
                column.append(max(best))
            out[f"layer={layer}" + (",idf" if idf else "")] = column
    expected["bertscore"] = out

    comet = {}
    for kind in ("softmax", "sparsemax"):
        mix = comet_module("layerwise_attention").LayerwiseAttention(4, layer_weights=[0.3, -0.2, 0.9, 0.55], layer_transformation=kind)
        ff = comet_module("feedforward").FeedForward(24 * 6, hidden_sizes=[20, 12], activations="Tanh")
        with torch.no_grad():
            mix.gamma.fill_(1.3)
            randomize(ff, 4)
            embed = lambda text: (lambda x: mix(list(hidden(x)), torch.ones(1, len(x))).mean(1))(ids(text))
            def score(s, m, r):
                s, m, r = embed(s), embed(m), embed(r)
                return ff(torch.cat((m, r, m * r, (m - r).abs(), m * s, (m - s).abs()), dim=1)).item()
            comet[kind] = [sum(score(s, h, r) for r in refs) / len(refs) for s, h, refs in CASES]
    expected["comet"] = comet
    weights |= {f"layerwise_attention.{k}": v for k, v in mix.state_dict().items()}
    weights |= {f"estimator.{k}": v for k, v in ff.state_dict().items()}
    save(OUT / "xlm-roberta", plain(config), weights, tok)


def deberta(tok, expected):
    config = transformers.DebertaV2Config(
        vocab_size=120, hidden_size=24, num_hidden_layers=3, num_attention_heads=3, intermediate_size=40, max_position_embeddings=48,
        relative_attention=True, position_buckets=8, norm_rel_ebd="layer_norm", share_att_key=True, pos_att_type="p2c|c2p",
        position_biased_input=False, type_vocab_size=0, pad_token_id=1, layer_norm_eps=1e-7, hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0, pooler_dropout=0.0, pooler_hidden_size=24, id2label={0: "entailment", 1: "neutral", 2: "contradiction"})
    model = randomize(transformers.DebertaV2ForSequenceClassification(config), 11)
    save(OUT / "deberta", plain(config) | {"pos_att_type": "p2c|c2p"}, model.state_dict(), tok)

    def classes(ids):
        with torch.no_grad():
            return model(torch.tensor([ids]), attention_mask=torch.ones(1, len(ids), dtype=torch.long)).logits.softmax(-1)[0].tolist()

    texts = [tok.encode(s, h).ids[:48] for s, h, _ in CASES]
    expected["deberta"] = [{"ids": ids, "classes": classes(ids)} for ids in texts]
    column = []
    for source, hyp, _ in CASES:
        parts = lambda text: [p.strip() for p in text.replace(". ", ".\n").split("\n") if p.strip()]
        best = [max(classes(tok.encode(p, h).ids)[0] for p in parts(source)) for h in parts(hyp)]
        column.append(sum(best) / max(1, len(best)))
    expected["nli"] = column


def metricx(tok, expected):
    config = transformers.MT5Config(vocab_size=120, d_model=24, d_kv=6, d_ff=40, num_layers=2, num_decoder_layers=2, num_heads=4,
                                    dropout_rate=0.0, pad_token_id=1, eos_token_id=2, decoder_start_token_id=0, tie_word_embeddings=False)
    model = randomize(transformers.MT5ForConditionalGeneration(config), 7)
    token = tok.token_to_id("<extra_id_10>")
    with torch.no_grad():  # scores over the scale, not at its ends only
        model.lm_head.weight[token] *= SPREAD
    save(OUT / "metricx", plain(config), model.state_dict(), tok)

    def score(text):
        ids = tok.encode(text).ids[:-1]  # without </s>, as metricx24/predict.py
        with torch.no_grad():  # MT5ForRegression of metricx24/models.py: one step of the decoder from token 0, one logit, clipped
            logits = model(input_ids=torch.tensor([ids]), attention_mask=torch.ones(1, len(ids), dtype=torch.long),
                           decoder_input_ids=torch.zeros(1, 1, dtype=torch.long)).logits
        return logits[0, 0, token].clamp(0, 25).item()

    expected["metricx"] = [sum(score(f"source: {s} candidate: {h} reference: {r}") for r in refs) / len(refs) for s, h, refs in CASES]
    expected["metricx-qe"] = [score(f"source: {s} candidate: {h}") for s, h, _ in CASES]


def main():
    OUT.mkdir(exist_ok=True)
    expected = {"cases": [{"source": s, "hypothesis": h, "references": r} for s, h, r in CASES]}
    framed = tokenizer("<s>", "</s>", [], True)
    encoder_scores(framed, expected)
    deberta(tokenizer("[CLS]", "[SEP]", [], True), expected)
    metricx(tokenizer("<s>", "</s>", ["<extra_id_10>"], False), expected)
    (OUT / "expected.json").write_text(json.dumps(expected, indent=1, ensure_ascii=False) + "\n")
    for key in ("bertscore", "comet", "nli", "metricx", "metricx-qe"):
        print(key, expected[key])


main()
