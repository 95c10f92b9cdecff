"""Writes tests/parity/chat/: tiny random chat models as GGUF files, and what transformers makes of them.

    python tests/parity/chat.py

Needs torch, transformers, sentencepiece and gguf. Vocabularies are those of tests/parity/tokenizer/layouts with control
tokens; templates are written for this project with what real ones use. Matrices are stored in half precision and the
reference computes with the rounded values in f32.
"""
import json, os, re, sys
import gguf, numpy as np, sentencepiece as spm, torch
from tokenizers import AddedToken, Regex, Tokenizer, decoders, normalizers, pre_tokenizers
from tokenizers.models import BPE
from transformers import (Gemma3ForCausalLM, Gemma3TextConfig, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast,
                          Qwen3Config, Qwen3ForCausalLM, __version__)
from awkward import strings

torch.set_num_threads(1)
here = os.path.dirname(os.path.abspath(__file__))
out, layouts = os.path.join(here, "chat"), os.path.join(here, "tokenizer", "layouts")
os.makedirs(out, exist_ok=True)
CHATML = """{%- set ns = namespace(last=-1) %}
{%- if messages[0].role == 'system' %}
    {{- '<|im_start|>system\\n' + messages[0].content.strip() + '<|im_end|>\\n' }}
{%- endif %}
{%- for message in messages[::-1] %}
    {%- if ns.last == -1 and message.role == 'user' and not message.content.startswith('<tool') %}
        {%- set ns.last = loop.index0 %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- if message.role != 'system' %}
        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}"""
TURNS = """{{ bos_token }}
{%- if messages[0]['role'] == 'system' -%}
    {%- set first = messages[0]['content'] + '\\n\\n' -%}
    {%- set turns = messages[1:] -%}
{%- else -%}
    {%- set first = '' -%}
    {%- set turns = messages -%}
{%- endif -%}
{%- for message in turns -%}
    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}
        {{ raise_exception('turns must alternate') }}
    {%- endif -%}
    {%- set role = 'model' if message['role'] == 'assistant' else message['role'] -%}
    {{ '<start_of_turn>' + role + '\\n' + (first if loop.first else '') }}
    {{- message['content'] | trim }}{{ '<end_of_turn>\\n' }}
{%- endfor -%}
{%- if add_generation_prompt %}{{ '<start_of_turn>model\\n' }}{% endif %}"""
HEADERS = """{{- bos_token }}
{%- if not date_string is defined %}{% set date_string = '1 Jan 2024' %}{% endif %}
{%- for message in messages %}
<|start|>{{ message['role'] }}<|end|>

{% if loop.first and message['role'] == 'system' %}
Today is {{ date_string }}.
{% endif %}
{{ message['content'] | trim }}{{ eos_token }}
{%- endfor %}
{%- if add_generation_prompt %}<|start|>assistant<|end|>

{% endif %}"""
QWEN = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
SIZES = dict(hidden_size=32, intermediate_size=48, num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=2048,
             rms_norm_eps=1e-6)


def pieces():
    """The pairs of the fairseq layout, as Llama and Gemma number theirs: (tokens, scores, types)."""
    sp = spm.SentencePieceProcessor(os.path.join(layouts, "sentencepiece.bpe.model"))
    kind = lambda i: 2 if sp.is_unknown(i) else 3 if sp.is_control(i) else 1
    ids = range(sp.get_piece_size())
    return sp, [sp.id_to_piece(i) for i in ids], [sp.get_score(i) for i in ids], [kind(i) for i in ids]


def byte_level(controls):
    vocab = json.load(open(os.path.join(layouts, "vocab.json"), encoding="utf-8"))
    merges = [l for l in open(os.path.join(layouts, "merges.txt"), encoding="utf-8").read().splitlines()
              if l and not l.startswith("#version")]
    tokens = [t for t, _ in sorted(vocab.items(), key=lambda x: x[1])]
    types = [3 if re.fullmatch(r"<(s|/s|pad|unk|mask)>", t) else 1 for t in tokens]
    tokens += controls
    types += [3] * len(controls)
    tokenizer = Tokenizer(BPE({t: i for i, t in enumerate(tokens)}, [tuple(m.split(" ")) for m in merges]))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(QWEN), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(t, special=True, normalized=False) for t, k in zip(tokens, types) if k == 3])
    return tokenizer, tokens, types, merges


def spread(model):
    for name, p in model.named_parameters():
        if p.dim() == 1:
            # Gemma keeps its norms around zero and adds one.
            centre = 0.0 if "gemma" in model.config.model_type else 1.0
            p.data = centre + 0.2 * torch.randn_like(p)
        else:
            p.data = (torch.randn_like(p) * (1.3 / p.shape[-1] ** 0.5)).half().float()
    model.lm_head.weight.data = model.lm_head.weight.data * 1.0


NAMES = [("model.embed_tokens.weight", "token_embd.weight"), ("model.norm.weight", "output_norm.weight"),
         ("lm_head.weight", "output.weight"), (r"model.layers.(\d+).self_attn.(q|k|v)_proj.weight", r"blk.\1.attn_\2.weight"),
         (r"model.layers.(\d+).self_attn.o_proj.weight", r"blk.\1.attn_output.weight"),
         (r"model.layers.(\d+).self_attn.(q|k)_norm.weight", r"blk.\1.attn_\2_norm.weight"),
         (r"model.layers.(\d+).mlp.(gate|up|down)_proj.weight", r"blk.\1.ffn_\2.weight"),
         (r"model.layers.(\d+).input_layernorm.weight", r"blk.\1.attn_norm.weight")]
LLAMA = [(r"model.layers.(\d+).post_attention_layernorm.weight", r"blk.\1.ffn_norm.weight")]
GEMMA = [(r"model.layers.(\d+).post_attention_layernorm.weight", r"blk.\1.post_attention_norm.weight"),
         (r"model.layers.(\d+).pre_feedforward_layernorm.weight", r"blk.\1.ffn_norm.weight"),
         (r"model.layers.(\d+).post_feedforward_layernorm.weight", r"blk.\1.post_ffw_norm.weight")]


def write(name, arch, model, tokenizer, extra):
    w = gguf.GGUFWriter(os.path.join(out, name + ".gguf"), arch)
    c = model.config
    w.add_context_length(c.max_position_embeddings); w.add_embedding_length(c.hidden_size)
    w.add_block_count(c.num_hidden_layers); w.add_feed_forward_length(c.intermediate_size)
    w.add_head_count(c.num_attention_heads); w.add_head_count_kv(c.num_key_value_heads)
    w.add_layer_norm_rms_eps(c.rms_norm_eps); w.add_key_length(c.head_dim); w.add_value_length(c.head_dim)
    extra(w)
    for key, value in tokenizer.items():
        getattr(w, "add_" + key)(value)
    rules = NAMES + (GEMMA if arch == "gemma3" else LLAMA)
    for key, tensor in model.state_dict().items():
        if key == "lm_head.weight" and c.tie_word_embeddings:
            continue
        new = next(re.sub(a, b, key) for a, b in rules if re.fullmatch(a, key))
        a = tensor.float().numpy()
        if arch == "llama" and re.search(r"attn_[qk]\.weight", new):
            # Llama files order rows so that neighbours turn together.
            heads = c.num_attention_heads if "attn_q" in new else c.num_key_value_heads
            a = a.reshape(heads, 2, a.shape[0] // heads // 2, a.shape[1]).swapaxes(1, 2).reshape(a.shape)
        if a.ndim == 1 and arch == "gemma3":
            a = a + 1
        w.add_tensor(new, a.astype(np.float16 if a.ndim == 2 else np.float32))
    w.write_header_to_file(); w.write_kv_data_to_file(); w.write_tensors_to_file(); w.close()


CONVERSATIONS = [
    [("user", "Quanti sono gli indagati?")],
    [("system", " Rispondi in breve. "), ("user", "  Chi ha firmato l'ordinanza?\n\nIl gip?  ")],
    [("system", "Translate."), ("user", "La seduta è sospesa."), ("assistant", "The sitting is adjourned."),
     ("user", "Si riprende alle 14.30, «salvo rinvii».")],
]


def main():
    sp, tokens, scores, types = pieces()
    turn = ["<start_of_turn>", "<end_of_turn>"]
    spm_tokens = lambda controls: (tokens + controls, scores + [0.0] * len(controls), types + [3] * len(controls))
    chatml = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<think>", "</think>"]
    fast, btokens, btypes, merges = byte_level(chatml)
    lines = strings(250, seed=23)
    report = {"made_with": f"transformers {__version__}, torch {torch.__version__}", "models": {}}
    for arch in ("qwen3", "llama", "gemma3"):
        torch.manual_seed(sum(map(ord, arch)))
        if arch == "qwen3":
            config = Qwen3Config(**SIZES, vocab_size=len(btokens), num_hidden_layers=2, head_dim=12, tie_word_embeddings=True,
                                 rope_parameters={"rope_type": "default", "rope_theta": 1e6})
            model, template = Qwen3ForCausalLM(config), CHATML
            meta = dict(tokenizer_model="gpt2", tokenizer_pre="qwen2", token_list=btokens, token_types=btypes, token_merges=merges,
                        eos_token_id=btokens.index("<|im_end|>"), bos_token_id=btokens.index("<|endoftext|>"), chat_template=CHATML)
            extra = lambda w: w.add_rope_freq_base(1e6)
            bos, eos = "<|endoftext|>", "<|im_end|>"
            encode = lambda t: fast.encode(t, add_special_tokens=False).ids
        else:
            gemma = arch == "gemma3"
            controls = turn if gemma else ["<|start|>", "<|end|>"]
            all_tokens, all_scores, all_types = spm_tokens(controls)
            common = dict(SIZES, vocab_size=len(all_tokens), head_dim=8)
            if gemma:
                # Seven layers: the sixth sees everything; a window that forty steps pass by far.
                config = Gemma3TextConfig(**common, num_hidden_layers=7, sliding_window=9, query_pre_attn_scalar=8,
                                          hidden_activation="gelu_pytorch_tanh", rope_parameters={
                                              "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1e6},
                                              "sliding_attention": {"rope_type": "default", "rope_theta": 1e4}})
                model, template = Gemma3ForCausalLM(config), TURNS

                def extra(w):
                    w.add_sliding_window(9); w.add_rope_freq_base(1e6)
                    w.add_rope_scaling_type(gguf.RopeScalingType.LINEAR); w.add_rope_scaling_factor(8.0)
            else:
                config = LlamaConfig(**common, num_hidden_layers=2, tie_word_embeddings=False,
                                     rope_parameters={"rope_type": "default", "rope_theta": 1e4})
                model, template = LlamaForCausalLM(config), HEADERS
                extra = lambda w: (w.add_rope_freq_base(1e4), w.add_rope_dimension_count(8))
            eos = turn[1] if gemma else "</s>"
            bos = "<s>"
            meta = dict(tokenizer_model="llama", token_list=all_tokens, token_scores=all_scores, token_types=all_types,
                        bos_token_id=1, eos_token_id=all_tokens.index(eos), add_space_prefix=False, chat_template=template)
            special = {t: i for i, (t, k) in enumerate(zip(all_tokens, all_types)) if k == 3}
            model_proto = open(os.path.join(layouts, "sentencepiece.bpe.model"), "rb").read()
            from sentencepiece import sentencepiece_model_pb2 as pb
            proto = pb.ModelProto(); proto.ParseFromString(model_proto)
            proto.normalizer_spec.add_dummy_prefix = False; proto.normalizer_spec.remove_extra_whitespaces = False
            plain = spm.SentencePieceProcessor(model_proto=proto.SerializeToString())

            def encode(text, plain=plain, special=special):
                ids = []
                for part in re.split("(" + "|".join(map(re.escape, special)) + ")", text):
                    ids += [special[part]] if part in special else plain.encode(part) if part else []
                return ids
        model = model.eval()
        spread(model)
        model.tie_weights()
        write(arch, arch, model, meta, extra)
        hf = PreTrainedTokenizerFast(tokenizer_object=fast if arch == "qwen3" else Tokenizer(BPE({"a": 0}, [])), bos_token=bos, eos_token=eos,
                                     chat_template=template)
        texts, chats = [], []
        for conversation in CONVERSATIONS:
            messages = [dict(role=r, content=c) for r, c in conversation]
            text = hf.apply_chat_template(messages, add_generation_prompt=True, tokenize=False, enable_thinking=False)
            chats.append({"messages": conversation, "text": text, "ids": encode(text)})
        for line in lines:
            texts.append([line, encode(line)])
        n = model.config.vocab_size
        cases = []
        for i, length in enumerate([3, 30, 12]):
            prompt = torch.randint(5, n - 8, (length,)).tolist()
            forced = torch.randint(5, n - 8, (40,)).tolist()
            with torch.no_grad():
                logits = model(torch.tensor([prompt + forced[:-1]])).logits[0, length - 1:]
                greedy = []
                for _ in range(24):
                    greedy.append(model(torch.tensor([prompt + greedy])).logits[0, -1].argmax().item())
            top = torch.log_softmax(logits.double(), -1).topk(3)
            steps = [[[t, round(p, 6)] for t, p in zip(ts, ps)] for ts, ps in zip(top.indices.tolist(), top.values.tolist())]
            cases.append(dict(prompt=prompt, forced=forced, steps=steps, greedy=greedy))
        report["models"][arch] = dict(chats=chats, texts=texts, cases=cases)
        print(arch, n, [len(set(c["greedy"])) for c in cases], file=sys.stderr)
    with open(os.path.join(out, "expected.json"), "w", encoding="utf-8") as f:
        json.dump(report, f, ensure_ascii=False, separators=(",", ":"))
        f.write("\n")


if __name__ == "__main__":
    main()
