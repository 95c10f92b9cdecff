#!/usr/bin/env python3
"""Train a compact Italian->English Marian-style transformer from scratch and export it in the
Hugging Face MarianMT layout (config.json, model.safetensors, source.spm, target.spm, vocab.json).

Runs on one GPU (bf16, torch.compile) or on CPU (bf16 autocast where the CPU has it). The run is
bounded by wall-clock minutes: the learning-rate schedule is a function of elapsed time, so a run
always ends fully annealed, and a checkpoint is written every few minutes so that a later run can
go on from it.

Input: one .npz a corpus, made by prepare.py: `src`, `trg` (uint16 token ids, all sentences
concatenated, no EOS) and `src_off`, `trg_off` (int64 offsets, n+1 entries).
"""
import argparse, json, math, os, queue, threading, time
import numpy as np
import torch, torch.nn as nn, torch.nn.functional as F

EOS, UNK = 0, 1
PRE_NORM = False        # set by --pre-norm: the PEGASUS layout instead of Marian's post-norm


def sinusoid(n, d):
    """Marian/HF sinusoidal table: sines in the first half of the channels, cosines in the second."""
    pos = np.arange(n)[:, None]
    inv = 1.0 / np.power(10000, 2 * (np.arange(d) // 2) / d)
    ang = pos * inv[None, :]
    out = np.zeros((n, d), dtype=np.float32)
    out[:, : d // 2] = np.sin(ang[:, 0::2])
    out[:, d // 2:] = np.cos(ang[:, 1::2])
    return torch.from_numpy(out)


class Dropout:
    """Dropout whose masks are slices, at random offsets, of one pool drawn at the start: on a CPU drawing them costs
    as much as the layers do.
    """

    SIZE = 1 << 24

    def __init__(self, p):
        self.p, self.pool, self.training = p, None, True

    def set(self, p, dev):
        self.p = p
        if p:
            keep = torch.rand(2 * self.SIZE, device=dev) >= p
            self.pool = keep.to(torch.bfloat16) / (1 - p)

    def __call__(self, x):
        if not self.training or not self.p:
            return x
        assert x.numel() <= self.SIZE
        at = int(torch.randint(self.SIZE, ()))
        return x * self.pool[at:at + x.numel()].view(x.shape)


drop = Dropout(0.0)


class Attention(nn.Module):
    def __init__(self, d, h):
        super().__init__()
        self.h = h
        self.q_proj, self.k_proj = nn.Linear(d, d), nn.Linear(d, d)
        self.v_proj, self.out_proj = nn.Linear(d, d), nn.Linear(d, d)

    def forward(self, x, kv, mask=None, causal=False, links=None):
        b, t, d = x.shape
        s = kv.shape[1]
        q = self.q_proj(x).view(b, t, self.h, -1).transpose(1, 2)
        k = self.k_proj(kv).view(b, s, self.h, -1).transpose(1, 2)
        v = self.v_proj(kv).view(b, s, self.h, -1).transpose(1, 2)
        if links is not None:       # guided alignment (Chen et al. 2016) on head 0: cross entropy against the links
            w = (q[:, 0] @ k[:, 0].transpose(1, 2)).float() / q.shape[-1] ** 0.5
            w = w.masked_fill(~mask[:, 0], -1e9)
            self.guide = F.cross_entropy(w.reshape(b * t, s), links.reshape(-1), ignore_index=-1, reduction="sum")
        w = q @ k.transpose(2, 3) * self.h ** 0.5 / d ** 0.5
        if causal:
            w = w + torch.full((t, s), -1e4, dtype=w.dtype, device=w.device).triu(1)
        else:
            w = w.masked_fill(~mask, -1e4)
        o = w.softmax(-1).to(v.dtype) @ v
        return self.out_proj(o.transpose(1, 2).reshape(b, t, d))


class EncLayer(nn.Module):
    def __init__(self, d, h, f):
        super().__init__()
        self.self_attn, self.self_attn_layer_norm = Attention(d, h), nn.LayerNorm(d)
        self.fc1, self.fc2, self.final_layer_norm = nn.Linear(d, f), nn.Linear(f, d), nn.LayerNorm(d)

    def ffn(self, x, p):
        return drop(self.fc2(drop(F.silu(self.fc1(x)))))

    def forward(self, x, mask, p):
        if PRE_NORM:
            y = self.self_attn_layer_norm(x)
            x = x + drop(self.self_attn(y, y, mask))
            return x + self.ffn(self.final_layer_norm(x), p)
        x = self.self_attn_layer_norm(x + drop(self.self_attn(x, x, mask)))
        return self.final_layer_norm(x + self.ffn(x, p))


class DecLayer(EncLayer):
    def __init__(self, d, h, f):
        super().__init__(d, h, f)
        self.encoder_attn, self.encoder_attn_layer_norm = Attention(d, h), nn.LayerNorm(d)

    def forward(self, x, enc, mask, p, links=None):
        if PRE_NORM:
            y = self.self_attn_layer_norm(x)
            x = x + drop(self.self_attn(y, y, causal=True))
            x = x + drop(self.encoder_attn(self.encoder_attn_layer_norm(x), enc, mask, links=links))
            return x + self.ffn(self.final_layer_norm(x), p)
        x = self.self_attn_layer_norm(x + drop(self.self_attn(x, x, causal=True)))
        x = self.encoder_attn_layer_norm(x + drop(self.encoder_attn(x, enc, mask, links=links)))
        return self.final_layer_norm(x + self.ffn(x, p))


class LinearCrossEntropy(torch.autograd.Function):
    """Label-smoothed cross entropy of x W^T, summed over the rows whose target is not `pad`, and its gradient, in
    one pass over row blocks that stay in the cache: the logits of a batch never exist at once.
    """

    @staticmethod
    def forward(ctx, x, w, out, pad, eps, block=192):
        n, v = x.shape[0], w.shape[0]
        wb = w.bfloat16()
        keep = out != pad
        dx, dw = torch.zeros_like(x), torch.zeros(v, x.shape[1], dtype=torch.float32, device=x.device)
        loss = x.new_zeros((), dtype=torch.float32)
        for i in range(0, n, block):
            k = keep[i:i + block]
            if not bool(k.any()):
                continue
            xb, y = x[i:i + block].bfloat16(), out[i:i + block]
            z = (xb @ wb.t()).float()
            at = z.gather(1, y[:, None])[:, 0]
            total = z.sum(1)
            lse = z.logsumexp(1)
            loss += ((lse - (1 - eps) * at - eps / v * total) * k).sum()
            g = z.sub_(lse[:, None]).exp_().sub_(eps / v)
            g.scatter_add_(1, y[:, None], g.new_full((len(y), 1), eps - 1))
            g = g.mul_(k[:, None]).bfloat16()
            dx[i:i + block] = (g @ wb).to(dx.dtype)
            dw += (g.t() @ xb).float()
        ctx.save_for_backward(dx, dw)
        return loss

    @staticmethod
    def backward(ctx, up):
        dx, dw = ctx.saved_tensors
        return dx * up.to(dx.dtype), dw * up, None, None, None, None


class Marian(nn.Module):
    """HF MarianMT parameter names: model.shared, model.encoder.layers.N..., model.decoder.layers.N..."""

    def __init__(self, c):
        super().__init__()
        d, h, f = c["d_model"], c["encoder_attention_heads"], c["encoder_ffn_dim"]
        self.c, self.scale = c, math.sqrt(d)
        self.shared = nn.Embedding(c["vocab_size"], d)
        nn.init.normal_(self.shared.weight, std=d ** -0.5)
        self.enc = nn.ModuleList(EncLayer(d, h, f) for _ in range(c["encoder_layers"]))
        self.dec = nn.ModuleList(DecLayer(d, h, f) for _ in range(c["decoder_layers"]))
        for m in self.modules():
            if isinstance(m, nn.Linear):
                nn.init.xavier_uniform_(m.weight)
                nn.init.zeros_(m.bias)
        ends = [nn.LayerNorm(d), nn.LayerNorm(d)] if PRE_NORM else [nn.Identity(), nn.Identity()]
        self.enc_norm, self.dec_norm = ends
        self.register_buffer("pos", sinusoid(c["max_position_embeddings"], d), persistent=False)
        self.p = c["dropout"]

    def embed(self, ids):
        x = self.shared(ids) * self.scale + self.pos[: ids.shape[1]]
        return drop(x)

    def encode(self, src):
        mask = (src != self.c["pad_token_id"])[:, None, None, :]
        x = self.embed(src)
        for layer in self.enc:
            x = layer(x, mask, self.p)
        return self.enc_norm(x), mask

    def hidden(self, src, inp, links=None):
        enc, mask = self.encode(src)
        x = self.embed(inp)
        for layer in self.dec:
            x = layer(x, enc, mask, self.p, links)
        return self.dec_norm(x)

    def forward(self, src, inp, out, links=None):
        """(cross entropy, guided-alignment cross entropy), both summed over the batch."""
        x = self.hidden(src, inp, links)
        guide = sum(l.encoder_attn.guide for l in self.dec) / len(self.dec) if links is not None else x.new_zeros(())
        loss = LinearCrossEntropy.apply(x.reshape(-1, x.shape[-1]), self.shared.weight, out.reshape(-1), self.c["pad_token_id"],
                                        self.c["label_smoothing"])
        return guide, loss

    def hf_state(self):
        out = {"model.shared.weight": self.shared.weight}
        for side, layers in (("encoder", self.enc), ("decoder", self.dec)):
            for i, layer in enumerate(layers):
                for k, v in layer.state_dict().items():
                    out[f"model.{side}.layers.{i}.{k}"] = v
        if PRE_NORM:
            for side, norm in (("encoder", self.enc_norm), ("decoder", self.dec_norm)):
                out |= {f"model.{side}.layer_norm.{k}": v for k, v in norm.state_dict().items()}
        out["final_logits_bias"] = torch.zeros(1, self.c["vocab_size"])
        return {k: v.detach().float().cpu().contiguous() for k, v in out.items()}


    def load_hf(self, path):
        """Weights of an exported model.safetensors, floats or int8 with scales; the optimizer starts afresh."""
        from safetensors.torch import load_file
        sd = load_file(path)
        sd = {k: v.float() * sd[f"{k}_scale"].float()[:, None] if f"{k}_scale" in sd else v.float() for k, v in sd.items()}
        with torch.no_grad():
            self.shared.weight.copy_(sd["model.shared.weight"])
        for side, layers, norm in (("encoder", self.enc, self.enc_norm), ("decoder", self.dec, self.dec_norm)):
            for i, layer in enumerate(layers):
                layer.load_state_dict({k: sd[f"model.{side}.layers.{i}.{k}"] for k in layer.state_dict()})
            norm.load_state_dict({k: sd[f"model.{side}.layer_norm.{k}"] for k in norm.state_dict()})


class Corpus:
    """Length-bucketed batches of padded shapes that are multiples of 8 (few shapes: compile once)."""

    def __init__(self, paths, weights, pad, max_len, seed):
        self.sets, self.pad, self.max_len = [], pad, max_len
        self.rng = np.random.default_rng(seed)
        for p in paths:
            z = np.load(p)
            s = {k: z[k] for k in ("src", "trg", "src_off", "trg_off")}
            s["align"] = z["align"] if "align" in z else np.full(len(s["trg"]), -1, np.int16)
            s["ls"], s["lt"] = np.diff(s["src_off"]), np.diff(s["trg_off"])
            s["keep"] = np.where((s["ls"] > 0) & (s["lt"] > 0) & (s["ls"] < max_len) & (s["lt"] < max_len))[0]
            self.sets.append(s)
            print(f"{p}: {len(s['keep'])} pairs, {s['lt'][s['keep']].sum() / 1e6:.2f}M target tokens", flush=True)
        self.weights = weights

    def epoch(self, tokens, phase):
        """Batches for one weighted epoch. weights[i][phase]: copies of corpus i; a fraction is a sample."""
        which, idx = [], []
        for i, s in enumerate(self.sets):
            w = self.weights[i][phase]
            n = int(len(s["keep"]) * w)
            reps = [self.rng.permutation(s["keep"]) for _ in range(math.ceil(w))] if n else []
            if reps:
                ids = np.concatenate(reps)[:n]
                which.append(np.full(len(ids), i)), idx.append(ids)
        which, idx = np.concatenate(which), np.concatenate(idx)
        ls = np.concatenate([self.sets[i]["ls"][idx[which == i]] for i in range(len(self.sets))])
        lt = np.concatenate([self.sets[i]["lt"][idx[which == i]] for i in range(len(self.sets))])
        bs, bt = (ls + 1 + 3) // 4, (lt + 1 + 3) // 4
        order = np.lexsort((self.rng.random(len(ls)), bs, bt))
        batches, start = [], 0
        while start < len(order):
            n = max(8, tokens // (int(bt[order[start]]) * 4))
            while n > 8 and int(bt[order[min(start + n, len(order)) - 1]]) * 4 * n > tokens * 1.1:
                n = n * 7 // 8
            batches.append(order[start:start + n])
            start += n
        self.rng.shuffle(batches)
        for b in batches:
            yield self.pack([(which[j], idx[j]) for j in b])

    def pack(self, rows):
        src = [self.sets[i]["src"][self.sets[i]["src_off"][j]:self.sets[i]["src_off"][j + 1]] for i, j in rows]
        trg = [self.sets[i]["trg"][self.sets[i]["trg_off"][j]:self.sets[i]["trg_off"][j + 1]] for i, j in rows]
        up = lambda n: (n + 3) // 4 * 4
        S, T = up(max(map(len, src)) + 1), up(max(map(len, trg)) + 1)
        a = np.full((len(rows), S), self.pad, np.int64)
        b = np.full((len(rows), T), self.pad, np.int64)
        o = np.full((len(rows), T), self.pad, np.int64)
        for r, (s, t) in enumerate(zip(src, trg)):
            a[r, :len(s)] = s; a[r, len(s)] = EOS
            b[r, 1:len(t) + 1] = t                     # decoder starts from pad, as MarianMT does
            o[r, :len(t)] = t; o[r, len(t)] = EOS
        g = np.full((len(rows), T), -1, np.int64)
        for r, (i, j) in enumerate(rows):
            al = self.sets[i]["align"][self.sets[i]["trg_off"][j]:self.sets[i]["trg_off"][j + 1]]
            g[r, :len(al)] = al
            if (al >= 0).any():
                g[r, len(al)] = len(src[r])            # </s> looks at </s>
        return tuple(torch.from_numpy(x) for x in (a, b, o, g))


class Muon(torch.optim.Optimizer):
    """Momentum orthogonalised by Newton-Schulz iterations (Jordan et al. 2024), for the matrices inside the layers.

    Matrices of one shape are stacked, so that an iteration is a batched product. The update is scaled to the root
    mean square of an Adam step (0.2 sqrt(max(rows, columns)), Liu et al. 2025), so one learning rate serves both.
    """

    def __init__(self, params, lr, momentum=0.95, weight_decay=0.01, steps=5):
        super().__init__(params, dict(lr=lr, momentum=momentum, weight_decay=weight_decay, steps=steps))

    @torch.no_grad()
    def step(self):
        for g in self.param_groups:
            shapes = {}
            for p in g["params"]:
                if p.grad is not None:
                    shapes.setdefault(tuple(p.shape), []).append(p)
            for shape, ps in shapes.items():
                us = []
                for p in ps:
                    m = self.state[p].setdefault("m", torch.zeros_like(p))
                    m.lerp_(p.grad, 1 - g["momentum"])
                    us.append(p.grad.lerp(m, g["momentum"]))
                x = torch.stack(us).bfloat16()
                flip = shape[0] > shape[1]
                if flip:
                    x = x.transpose(1, 2)
                x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
                for _ in range(g["steps"]):
                    a = x @ x.transpose(1, 2)
                    b = torch.baddbmm(a, a, a, beta=-4.7750, alpha=2.0315)
                    x = torch.baddbmm(x, b, x, beta=3.4445)
                if flip:
                    x = x.transpose(1, 2)
                scale = g["lr"] * 0.2 * max(shape) ** 0.5
                for p, u in zip(ps, x.float()):
                    p.mul_(1 - g["lr"] * g["weight_decay"]).add_(u, alpha=-scale)


def ahead(batches, n=16):
    """The same batches, packed by a thread while the device works."""
    q = queue.Queue(n)
    def fill():
        for b in batches:
            q.put(b)
    threading.Thread(target=fill, daemon=True).start()
    while True:
        yield q.get()


@torch.no_grad()
def greedy(model, src_ids, pad, dev, max_ratio=2.0):
    """Batched greedy decoding without a cache: dev-set checks only."""
    out = [None] * len(src_ids)
    order = sorted(range(len(src_ids)), key=lambda i: len(src_ids[i]))
    for k in range(0, len(order), 64):
        part = order[k:k + 64]
        S = max(len(src_ids[i]) for i in part) + 1
        a = torch.full((len(part), S), pad, dtype=torch.long)
        for r, i in enumerate(part):
            a[r, :len(src_ids[i])] = torch.tensor(src_ids[i], dtype=torch.long); a[r, len(src_ids[i])] = EOS
        a = a.to(dev)
        enc, mask = model.encode(a)
        y = torch.full((len(part), 1), pad, dtype=torch.long, device=dev)
        done = torch.zeros(len(part), dtype=torch.bool, device=dev)
        for _ in range(min(int(S * max_ratio) + 10, model.c["max_position_embeddings"] - 1)):
            x = model.embed(y)
            for layer in model.dec:
                x = layer(x, enc, mask, 0.0)
            logits = F.linear(model.dec_norm(x[:, -1]), model.shared.weight)
            logits[:, pad] = -1e9
            n = logits.argmax(-1)
            n = torch.where(done, torch.full_like(n, EOS), n)
            y = torch.cat([y, n[:, None]], 1)
            done |= n == EOS
            if bool(done.all()):
                break
        for r, i in enumerate(part):
            ids = y[r, 1:].tolist()
            out[i] = ids[:ids.index(EOS)] if EOS in ids else ids
    return out


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    ap.add_argument("--data", nargs="+", required=True, help="PATH.npz:W1[:W2...], copies in a weighted epoch of each phase")
    ap.add_argument("--phases", type=float, nargs="*", default=[0.8], help="fractions of the time at which the next phase begins")
    ap.add_argument("--guide", type=float, default=0.3, help="weight of guided alignment at the start; falls to a tenth")
    ap.add_argument("--momentum", type=float, default=0.95)
    ap.add_argument("--vocab-dir", required=True, help="folder with source.spm, target.spm, vocab.json")
    ap.add_argument("--dev", nargs="*", default=[], help="NAME=SRC_FILE,REF_FILE plain text")
    ap.add_argument("--out", required=True)
    ap.add_argument("--resume", help="last.pt of an earlier run, or an exported model.safetensors of the same shape and vocabulary")
    ap.add_argument("--minutes", type=float, default=20)
    ap.add_argument("--tokens", type=int, default=32768, help="padded target tokens a batch")
    ap.add_argument("--accumulate", type=int, default=1)
    ap.add_argument("--lr", type=float, default=1.2e-3)
    ap.add_argument("--warmup", type=int, default=1500)
    ap.add_argument("--d", type=int, default=384); ap.add_argument("--ffn", type=int, default=1536)
    ap.add_argument("--heads", type=int, default=6)
    ap.add_argument("--enc", type=int, default=6); ap.add_argument("--dec", type=int, default=2)
    ap.add_argument("--dropout", type=float, nargs="+", default=[0.1], help="of each phase; the last one holds on")
    ap.add_argument("--max-len", type=int, default=160)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--pre-norm", action="store_true", help="PEGASUS layout: layer norms before, learns sooner")
    ap.add_argument("--hints", action="store_true", help="sources carry hints (hints.py): their marks never come out")
    ap.add_argument("--compile", action="store_true")
    ap.add_argument("--amp", default="bf16", choices=["bf16", "off"])
    ap.add_argument("--report", type=int, default=100)
    ap.add_argument("--ema", type=float, default=0.999)
    a = ap.parse_args()

    global PRE_NORM
    PRE_NORM = a.pre_norm
    start = time.time()
    os.makedirs(a.out, exist_ok=True)
    dev = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(a.seed)
    torch.set_float32_matmul_precision("high")
    vocab = json.load(open(os.path.join(a.vocab_dir, "vocab.json")))
    pad = vocab["<pad>"]
    c = dict(architectures=["MarianMTModel"], model_type="marian", activation_function="swish", add_bias_logits=False,
             add_final_layer_norm=False, normalize_before=False, normalize_embedding=False, is_encoder_decoder=True,
             scale_embedding=True, static_position_embeddings=True, share_encoder_decoder_embeddings=True,
             tie_word_embeddings=True, d_model=a.d, encoder_layers=a.enc, decoder_layers=a.dec,
             num_hidden_layers=a.enc, encoder_attention_heads=a.heads, decoder_attention_heads=a.heads,
             encoder_ffn_dim=a.ffn, decoder_ffn_dim=a.ffn, max_position_embeddings=512, max_length=512,
             vocab_size=len(vocab), decoder_vocab_size=len(vocab), pad_token_id=pad, eos_token_id=EOS,
             forced_eos_token_id=EOS, decoder_start_token_id=pad, bos_token_id=EOS, bad_words_ids=[[pad]],
             use_cache=True, num_beams=4, dropout=a.dropout[-1], attention_dropout=0.0, activation_dropout=0.0,
             init_std=0.02, label_smoothing=0.1, torch_dtype="float32")
    if PRE_NORM:
        c |= dict(architectures=["PegasusForConditionalGeneration"], model_type="pegasus", normalize_before=True, add_final_layer_norm=True)
    if a.hints:
        c["bad_words_ids"] += [[i] for p, i in sorted(vocab.items(), key=lambda v: v[1]) if p.strip("▁") in ("<", ">")]
    model = Marian(c).to(dev)
    ema = {k: v.detach().clone().float() for k, v in model.state_dict().items()}
    inner = [p for n, p in model.named_parameters() if p.ndim == 2 and not n.startswith("shared")]
    outer = [p for n, p in model.named_parameters() if p.ndim != 2 or n.startswith("shared")]
    opts = [Muon(inner, a.lr, a.momentum), torch.optim.AdamW(outer, lr=a.lr, betas=(0.9, 0.98), eps=1e-9, weight_decay=0.0, fused=True)]
    step, used = 0, 0.0
    if a.resume and a.resume.endswith(".safetensors"):
        model.load_hf(a.resume)
        ema = {k: v.detach().clone().float() for k, v in model.state_dict().items()}
        print("weights of", a.resume, flush=True)
    elif a.resume:
        z = torch.load(a.resume, map_location=dev)
        model.load_state_dict(z["model"]); [o.load_state_dict(x) for o, x in zip(opts, z["opt"])]; step = z["step"]
        ema = {k: v.to(dev) for k, v in z["ema"].items()}
        print("resumed at step", step, flush=True)
    n = sum(p.numel() for p in model.parameters())
    print(f"{dev}, {torch.get_num_threads()} threads, {n / 1e6:.2f}M parameters", flush=True)
    paths, weights = [], []
    for d in a.data:
        f = d.split(":")
        paths.append(f[0])
        w = [float(x) for x in f[1:]] or [1.0]
        weights.append(w + w[-1:] * (len(a.phases) + 1 - len(w)))
    corpus = Corpus(paths, weights, pad, a.max_len, a.seed + step)
    loss_fn = torch.compile(model, dynamic=True) if a.compile else model
    limit = a.minutes * 60
    model.train()
    seen, toks, tot, t0, last_save = 0, 0, 0.0, time.time(), time.time()
    guided, linked = 0.0, 0

    def save(name):
        torch.save({"model": model.state_dict(), "opt": [o.state_dict() for o in opts], "ema": ema, "step": step, "config": c},
                   os.path.join(a.out, name))

    def now():
        return sum((time.time() - start) / limit >= f for f in a.phases)

    def batches():
        while True:
            phase = now()
            drop.set(a.dropout[min(phase, len(a.dropout) - 1)], dev)
            for b in corpus.epoch(a.tokens, phase):
                yield b
                if now() != phase:
                    break

    acc, acc_tok = 0, 0
    for src, inp, out, links in (ahead(batches()) if dev == "cuda" else batches()):
        frac = (time.time() - start) / limit
        if frac >= 1:
            break
        lr = a.lr * min((step + 1) / a.warmup, 1.0) * (1 - max(0.0, frac - 0.02)) ** 1.0
        for o in opts:
            for g in o.param_groups:
                g["lr"] = lr
        guide = a.guide * max(0.1, 1 - 3 * frac)
        nt = int((out != pad).sum())
        src, inp, out, links = (x.to(dev, non_blocking=True) for x in (src, inp, out, links))
        with torch.autocast(dev, dtype=torch.bfloat16, enabled=a.amp == "bf16"):
            al, loss = loss_fn(src, inp, out, links if a.guide else None)
        nl = max(1, int((links >= 0).sum()))
        (loss / (nt * a.accumulate) + guide * al / (nl * a.accumulate)).backward()
        guided, linked = guided + float(al.detach()), linked + nl
        acc += 1
        seen += nt; toks += nt; tot += loss.detach()
        if acc < a.accumulate:
            continue
        acc = 0
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        [o.step() for o in opts]; [o.zero_grad(set_to_none=True) for o in opts]; step += 1
        decay = min(a.ema, (1 + step) / (10 + step))
        if step % 4 == 0:
            d4 = decay ** 4
            with torch.no_grad():
                sd = model.state_dict()
                ks = list(ema)
                torch._foreach_mul_([ema[k] for k in ks], d4)
                torch._foreach_add_([ema[k] for k in ks], [sd[k].float() for k in ks], alpha=1 - d4)
        if step % a.report == 0:
            el = time.time() - t0
            print(f"{(time.time() - start) / 60:6.1f} min step {step} lr {lr:.2e} loss {float(tot) / toks:.4f} align {guided / linked:.3f} "
                  f"{toks / el:.0f} tok/s {seen / 1e6:.1f}M", flush=True)
            toks, tot, t0, guided, linked = 0, 0.0, time.time(), 0.0, 0
        if time.time() - last_save > 300:
            save("last.pt"); last_save = time.time()
    save("last.pt")
    model.load_state_dict({k: v for k, v in ema.items()}, strict=False)
    drop.training = False
    model.eval()
    from safetensors.torch import save_file
    save_file({k: v.half() for k, v in model.hf_state().items()}, os.path.join(a.out, "model.safetensors"), {"format": "pt"})
    json.dump(c, open(os.path.join(a.out, "config.json"), "w"), indent=2)
    json.dump({"normalization": "sunto", "hints": a.hints}, open(os.path.join(a.out, "sunto.json"), "w"))
    for f in ("source.spm", "target.spm", "vocab.json"):
        open(os.path.join(a.out, f), "wb").write(open(os.path.join(a.vocab_dir, f), "rb").read())
    import sentencepiece as spm
    from prepare import norm
    if a.dev: import sacrebleu
    sp = spm.SentencePieceProcessor(os.path.join(a.vocab_dir, "source.spm"))
    inv = {v: k for k, v in vocab.items()}
    for d in a.dev:
        name, files = d.split("=")
        fs, fr = files.split(",")
        lines, ref = open(fs).read().splitlines(), open(fr).read().splitlines()
        t1 = time.time()
        ids = [[vocab.get(p, UNK) for p in sp.encode(norm(x), out_type=str)][: 400] for x in lines]
        with torch.autocast(dev, dtype=torch.bfloat16):
            hyp = greedy(model, ids, pad, dev)
        hyp = [sp.decode_pieces([inv[i] for i in h]) for h in hyp]
        open(os.path.join(a.out, f"{name}.hyp.txt"), "w").write("\n".join(hyp) + "\n")
        print(f"{name}: BLEU {sacrebleu.corpus_bleu(hyp, [ref]).score:.2f} chrF {sacrebleu.corpus_chrf(hyp, [ref]).score:.2f} "
              f"greedy, {len(hyp)} sentences, {time.time() - t1:.0f} s", flush=True)


if __name__ == "__main__":
    main()
