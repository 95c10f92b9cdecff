"""Writes tests/parity/chat/quantized.gguf, a tiny random chat model in eleven quantized types, and quantized.json.

    python tests/parity/chat_quantized.py

Needs torch, transformers and gguf. Matrices of the types that gguf cannot write (2 to 6 bits in super-blocks) are drawn as
random blocks. gguf's own reader says which numbers the file means, and transformers computes with those in f32.
"""
import json, os, sys
import gguf, numpy as np, torch
from gguf import GGMLQuantizationType as T
from transformers import Qwen3Config, Qwen3ForCausalLM, __version__
from chat import CHATML, out

SIZE = 256  # a super-block
TYPES = {"token_embd": T.Q6_K,
         "blk.0.attn_q": T.Q4_K, "blk.0.attn_k": T.Q5_K, "blk.0.attn_v": T.Q6_K, "blk.0.attn_output": T.Q8_0,
         "blk.0.ffn_gate": T.Q4_0, "blk.0.ffn_up": T.Q5_0, "blk.0.ffn_down": T.Q3_K,
         "blk.1.attn_q": T.Q2_K, "blk.1.attn_k": T.Q4_1, "blk.1.attn_v": T.Q5_1, "blk.1.attn_output": T.Q4_K,
         "blk.1.ffn_gate": T.Q4_K, "blk.1.ffn_up": T.Q4_K, "blk.1.ffn_down": T.Q6_K}
PATHS = {"attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj",
         "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj"}
random = np.random.default_rng(7)


def bytes_of(count, width):
    return random.integers(0, 256, (count, width), dtype=np.uint8)


def halves(values):
    return values.astype(np.float16).reshape(-1, 1).view(np.uint8)


def near(scales, most):
    """Least values whose steps are near the scales, so that weights lie around zero."""
    return np.clip(scales.astype(int) + random.integers(-3, 4, scales.shape), 0, most).astype(np.uint8)


def six_bits(scales, least):
    """Eight pairs of six bits in twelve bytes, as in Q4_K and Q5_K."""
    s, m = scales.astype(np.uint8), least.astype(np.uint8)
    return np.concatenate([s[:, :4] | (s[:, 4:] >> 4 << 6), m[:, :4] | (m[:, 4:] >> 4 << 6), (s[:, 4:] & 15) | (m[:, 4:] << 4)], axis=1)


def blocks(kind, n, step):
    """`n` super-blocks of random weights, `step` their unit."""
    d = step * random.uniform(0.8, 1.2, n)
    if kind in (T.Q4_K, T.Q5_K):
        scales = random.integers(20, 64, (n, 8))
        centre = 7.5 if kind == T.Q4_K else 15.5
        quants = [bytes_of(n, 32)] * (kind == T.Q5_K) + [bytes_of(n, 128)]
        return np.concatenate([halves(d), halves(d * centre), six_bits(scales, near(scales, 63)), *quants], axis=1)
    if kind == T.Q6_K:
        signs = random.choice([-1, 1], (n, 16))
        scales = (random.integers(30, 128, (n, 16)) * signs).astype(np.int8).view(np.uint8)
        return np.concatenate([bytes_of(n, 128), bytes_of(n, 64), scales, halves(d)], axis=1)
    if kind == T.Q3_K:
        return np.concatenate([bytes_of(n, 32), bytes_of(n, 64), bytes_of(n, 12), halves(d)], axis=1)
    scales = random.integers(4, 16, (n, 16))  # Q2_K
    pairs = (scales | near(scales, 15).astype(int) << 4).astype(np.uint8)
    return np.concatenate([pairs, bytes_of(n, 64), halves(d), halves(d * 1.5)], axis=1)


def matrix(kind, rows, columns):
    """Random weights of a type: (bytes, the numbers they mean)."""
    wide = 1.3 / columns ** 0.5
    if kind in (T.Q4_0, T.Q4_1, T.Q5_0, T.Q5_1, T.Q8_0):
        data = gguf.quants.quantize((random.standard_normal((rows, columns)) * wide).astype(np.float32), kind)
    else:
        n = rows * columns // SIZE
        state = random.bit_generator.state
        unit = gguf.quants.dequantize(blocks(kind, n, 1e-3).reshape(rows, -1), kind).std() / 1e-3
        random.bit_generator.state = state
        data = blocks(kind, n, wide / unit).reshape(rows, -1)
    return data, gguf.quants.dequantize(data, kind).astype(np.float32)


def main():
    torch.set_num_threads(1)
    # Bytes without merges but one, and the control tokens of the template.
    from transformers.convert_slow_tokenizer import bytes_to_unicode
    controls = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<think>", "</think>"]
    tokens = list(bytes_to_unicode().values()) + ["ab"] + controls
    config = Qwen3Config(vocab_size=len(tokens), hidden_size=SIZE, intermediate_size=SIZE, num_hidden_layers=2, num_attention_heads=4,
                         num_key_value_heads=1, head_dim=64, max_position_embeddings=2048, rms_norm_eps=1e-6, tie_word_embeddings=True,
                         rope_parameters={"rope_type": "default", "rope_theta": 1e6})
    torch.manual_seed(7)
    model = Qwen3ForCausalLM(config).eval()
    w = gguf.GGUFWriter(os.path.join(out, "quantized.gguf"), "qwen3")
    w.add_context_length(2048); w.add_embedding_length(SIZE); w.add_block_count(2); w.add_feed_forward_length(SIZE)
    w.add_head_count(4); w.add_head_count_kv(1); w.add_layer_norm_rms_eps(1e-6); w.add_key_length(64); w.add_value_length(64)
    w.add_rope_freq_base(1e6)
    w.add_tokenizer_model("gpt2"); w.add_tokenizer_pre("qwen2"); w.add_token_list(tokens)
    w.add_token_types([1] * (len(tokens) - 5) + [3] * 5); w.add_token_merges(["a b"])
    w.add_eos_token_id(tokens.index("<|im_end|>")); w.add_bos_token_id(tokens.index("<|endoftext|>")); w.add_chat_template(CHATML)
    norm = lambda p: p.data.copy_(1 + 0.2 * torch.randn_like(p))

    def add_norm(name, p):
        norm(p)
        w.add_tensor(name + ".weight", p.data.numpy())

    for name, kind in TYPES.items():
        if name == "token_embd":
            parameter = model.model.embed_tokens.weight
        else:
            _, i, part = name.split(".")
            parameter = model.get_parameter(f"model.layers.{i}.{PATHS[part]}.weight")
        data, weight = matrix(kind, *parameter.shape)
        parameter.data = torch.tensor(weight)
        w.add_tensor(name + ".weight", data, raw_dtype=kind)
    model.tie_weights()
    add_norm("output_norm", model.model.norm.weight)
    for i, layer in enumerate(model.model.layers):
        add_norm(f"blk.{i}.attn_norm", layer.input_layernorm.weight)
        add_norm(f"blk.{i}.ffn_norm", layer.post_attention_layernorm.weight)
        add_norm(f"blk.{i}.attn_q_norm", layer.self_attn.q_norm.weight)
        add_norm(f"blk.{i}.attn_k_norm", layer.self_attn.k_norm.weight)
    w.write_header_to_file(); w.write_kv_data_to_file(); w.write_tensors_to_file(); w.close()

    def read(ids):
        with torch.no_grad():
            return model(torch.tensor([ids])).logits[0]

    cases = []
    for length in (5, 12, 40):
        prompt = torch.randint(0, 256, (length,)).tolist()
        forced = torch.randint(0, 256, (40,)).tolist()
        greedy, margins = [], []
        for _ in range(24):
            best = read(prompt + greedy)[-1].topk(2)
            margins.append((best.values[0] - best.values[1]).item())
            greedy.append(best.indices[0].item())
        top = torch.log_softmax(read(prompt + forced[:-1])[length - 1:].double(), -1).topk(3)
        steps = [[[t, round(p, 6)] for t, p in zip(ts, ps)] for ts, ps in zip(top.indices.tolist(), top.values.tolist())]
        print(length, "distinct", len(set(greedy)), "least margin", min(margins), file=sys.stderr)
        cases.append(dict(prompt=prompt, forced=forced, steps=steps, greedy=greedy))
    with open(os.path.join(out, "quantized.json"), "w", encoding="utf-8") as f:
        json.dump({"made_with": f"transformers {__version__}, torch {torch.__version__}, gguf", "cases": cases}, f, separators=(",", ":"))
        f.write("\n")


main()
