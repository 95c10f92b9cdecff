"""Writes tests/parity/families/NAME/: tiny random checkpoints with real-life quirks, and what transformers makes of them.

    python tests/parity/families.py

Needs torch and transformers. Weights are drawn with a fixed seed, wide enough that outputs differ from token to token.
"""
import json, os, shutil, sys
import torch
from transformers import (BartConfig, BartForConditionalGeneration, M2M100Config, M2M100ForConditionalGeneration,
                          MarianConfig, MarianMTModel, MBartConfig, MBartForConditionalGeneration, MT5Config,
                          MT5ForConditionalGeneration, PegasusConfig, PegasusForConditionalGeneration, T5Config,
                          T5ForConditionalGeneration, __version__)
from transformers.utils import logging

logging.set_verbosity_error()
torch.set_num_threads(1)
here = os.path.dirname(os.path.abspath(__file__))
MAX = 41  # 40 steps after the start token
bart = dict(vocab_size=97, d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4,
            decoder_attention_heads=4, encoder_ffn_dim=48, decoder_ffn_dim=56, max_position_embeddings=64)
t5 = dict(vocab_size=97, d_model=32, d_kv=12, d_ff=48, num_layers=3, num_decoder_layers=2, num_heads=3,
          relative_attention_num_buckets=8, relative_attention_max_distance=20)
FAMILIES = {
    # Two vocabularies, swish, scaled embeddings, a bias on the logits, half precision.
    "marian": (MarianMTModel, MarianConfig(**{**bart, "decoder_vocab_size": 83}, share_encoder_decoder_embeddings=False,
               activation_function="swish", scale_embedding=True, pad_token_id=82, eos_token_id=0, bos_token_id=0,
               decoder_start_token_id=82, forced_eos_token_id=0), dict(bad_words_ids=[[82]]), torch.float16),
    "marian-shared": (MarianMTModel, MarianConfig(**bart, decoder_vocab_size=97, activation_function="relu", scale_embedding=False,
               pad_token_id=96, eos_token_id=0, bos_token_id=0, decoder_start_token_id=96), dict(bad_words_ids=[[96]], length_penalty=0.6), torch.float32),
    "pegasus": (PegasusForConditionalGeneration, PegasusConfig(**bart, activation_function="relu", scale_embedding=True,
                pad_token_id=0, eos_token_id=1, decoder_start_token_id=0), dict(length_penalty=0.8, early_stopping=True), torch.bfloat16),
    # forced first and last tokens, no n-gram twice, a minimum length: as the CNN summarizers.
    "bart": (BartForConditionalGeneration, BartConfig(**bart, activation_function="gelu", pad_token_id=1, bos_token_id=0,
             eos_token_id=2, decoder_start_token_id=2), dict(forced_bos_token_id=0, forced_eos_token_id=2,
             no_repeat_ngram_size=3, min_length=12, length_penalty=2.0, early_stopping=True), torch.float32),
    "mbart": (MBartForConditionalGeneration, MBartConfig(**bart, activation_function="gelu", scale_embedding=True,
              pad_token_id=1, bos_token_id=0, eos_token_id=2, decoder_start_token_id=2), dict(forced_bos_token_id=90), torch.float32),
    "m2m_100": (M2M100ForConditionalGeneration, M2M100Config(**bart, activation_function="relu", scale_embedding=True,
                pad_token_id=1, bos_token_id=0, eos_token_id=2, decoder_start_token_id=2),
                dict(forced_bos_token_id=91, early_stopping="never"), torch.float16),
    "t5": (T5ForConditionalGeneration, T5Config(**t5, feed_forward_proj="relu", tie_word_embeddings=True), dict(decoder_start_token_id=0), torch.float32),
    "t5-gated": (T5ForConditionalGeneration, T5Config(**t5, feed_forward_proj="gated-gelu", tie_word_embeddings=False), dict(decoder_start_token_id=0), torch.bfloat16),
    "mt5": (MT5ForConditionalGeneration, MT5Config(**t5, feed_forward_proj="gated-gelu", tie_word_embeddings=False),
            dict(length_penalty=1.4, decoder_start_token_id=0), torch.float32),
}


def spread(model):
    """Random weights wide enough that attention and outputs are far from flat."""
    for name, p in model.named_parameters():
        if p.dim() == 1:
            base = 1.0 if "norm" in name and name.endswith("weight") else 0.0
            p.data = base + 0.2 * torch.randn_like(p)
        elif "embed_positions" in name:
            p.data = torch.randn_like(p) if p.requires_grad else p.data
        else:
            # T5 does not scale its scores: its queries carry the factor, as in its own initialisation.
            narrow = 12 ** -0.5 if name.endswith(".q.weight") else 1.0
            p.data = torch.randn_like(p) * (1.6 / p.shape[-1] ** 0.5) * narrow
    if hasattr(model, "final_logits_bias"):
        model.final_logits_bias.normal_(std=0.5)


def main():
    root = os.path.join(here, "families")
    for name, (cls, config, generation, dtype) in FAMILIES.items():
        torch.manual_seed(sum(map(ord, name)))
        model = cls(config).eval()
        spread(model)
        # The end must be likely enough that hypotheses of many lengths compete.
        eos = config.eos_token_id
        if hasattr(model, "final_logits_bias"):
            model.final_logits_bias[0, eos] += 2.0
        model.get_output_embeddings().weight.data[eos] *= 1.5
        if name in ("t5-gated", "mt5"):
            # A head of its own, as their checkpoints hold.
            model.lm_head.weight = torch.nn.Parameter(torch.randn_like(model.shared.weight) * 0.3)
            model.lm_head.weight.data[eos] *= 2
        g = model.generation_config
        for key, value in dict(generation, max_length=MAX, num_beams=4).items():
            setattr(g, key, value)
        folder = os.path.join(root, name)
        shutil.rmtree(folder, ignore_errors=True)
        model.to(dtype).save_pretrained(folder)
        if name in ("t5-gated", "mt5"):
            import safetensors.torch as st
            path = os.path.join(folder, "model.safetensors")
            tensors = st.load_file(path)
            tensors["lm_head.weight"] = model.lm_head.weight.data.to(dtype).contiguous()
            st.save_file(tensors, path, metadata={"format": "pt"})
            c = os.path.join(folder, "config.json")
            j = json.load(open(c)); j["tie_word_embeddings"] = False; json.dump(j, open(c, "w"), indent=2)
        head = model.lm_head.weight.data.float().clone()
        model = cls.from_pretrained(folder, dtype=torch.float32).eval()
        if name in ("t5-gated", "mt5"):
            model.lm_head.weight = torch.nn.Parameter(head)
        start, eos = model.generation_config.decoder_start_token_id, config.eos_token_id
        cases = []
        for i in range(12):
            n = [3, 9, 17, 24, 6, 31, 12, 5, 20, 8, 40, 2][i]
            source = torch.randint(5, 80, (n,)).tolist() + [eos]
            with torch.no_grad():
                ids = torch.tensor([source])
                greedy = model.generate(ids, num_beams=1, do_sample=False)[0].tolist()[1:]
                out = model.generate(ids, num_beams=4, do_sample=False, output_scores=True, return_dict_in_generate=True)
                beam = out.sequences[0].tolist()[1:]
                score = out.sequences_scores[0].item()
                case = dict(source=source, greedy=greedy, beam=beam, score=round(score, 5))
                if i < 3:
                    # Forty steps over a fixed target: the buckets of long distances are passed.
                    forced = torch.randint(5, 80, (40,)).tolist()
                    logits = model(input_ids=ids, decoder_input_ids=torch.tensor([[start] + forced[:-1]])).logits[0]
                    all = torch.log_softmax(logits.double(), -1)
                    top = all.topk(3)
                    case["fed"] = forced
                    case["steps"] = [[[t, round(p, 6)] for t, p in zip(ts, ps)]
                                     for ts, ps in zip(top.indices.tolist(), top.values.tolist())]
                if i == 1:
                    # Every token of the vocabulary, for one source.
                    case["rows"] = [[round(p, 5) for p in row] for row in all.tolist()]
            cases.append(case)
        body = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
        with open(os.path.join(folder, "expected.json"), "w") as f:
            f.write(f'{{"made_with": "transformers {__version__}, torch {torch.__version__}", "max_length": {MAX}, "cases": [\n{body}\n]}}\n')
        print(name, [len(c["greedy"]) for c in cases], [len(c["beam"]) for c in cases], file=sys.stderr)


main()
