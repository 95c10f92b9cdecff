"""The engines that benches/compare.py times, each a process of its own that answers jobs; and what they read.

A job is a JSON line: ids of sources, beams, batch, threads, and how many tokens each target must have (0: as many as
the model says). The answer has the seconds by the clock, the processor seconds and the ids. sunto's process is the
bench `decode`, written in Rust; the others are this file: `python engines.py KIND MODEL DTYPE THREADS`.
"""
import json, os, subprocess, sys, time

SHAPE = dict(vocab_size=80035, d_model=512, encoder_layers=6, decoder_layers=6, encoder_attention_heads=8,
             decoder_attention_heads=8, encoder_ffn_dim=2048, decoder_ffn_dim=2048, max_position_embeddings=512,
             activation_function="swish", scale_embedding=True, pad_token_id=80034, eos_token_id=0,
             forced_eos_token_id=0, decoder_start_token_id=80034, bad_words_ids=[[80034]])


def make_checkpoint(folder):
    """A random Marian model; weights wide enough that outputs are not all alike."""
    import torch
    from transformers import MarianConfig, MarianMTModel
    torch.manual_seed(1)
    config = MarianConfig(**SHAPE, share_encoder_decoder_embeddings=True, tie_word_embeddings=True, init_std=0.05)
    MarianMTModel(config).save_pretrained(folder)


def multiplied_out(folder):
    """A checkpoint, in int8 with its scales or not -> transformers' model in f32, for engines that know no such file."""
    import torch
    from safetensors.torch import load_file
    from transformers import AutoConfig, AutoModelForSeq2SeqLM
    weights = load_file(os.path.join(folder, "model.safetensors"))
    weights = {k: v.float() * weights[f"{k}_scale"][:, None] if f"{k}_scale" in weights else v.float()
               for k, v in weights.items() if not k.endswith("_scale")}
    model = AutoModelForSeq2SeqLM.from_config(AutoConfig.from_pretrained(folder), dtype=torch.float32).eval()
    missing, unknown = model.load_state_dict(weights, strict=False)
    assert not unknown and all("embed_" in n or n == "lm_head.weight" for n in missing), (missing, unknown)
    model.tie_weights()
    return model


class Stub:
    """What CTranslate2's converter asks of a tokenizer: a name for every id."""
    def __init__(self, c):
        size, eos, pad = c["vocab_size"], c["eos_token_id"], c["pad_token_id"]
        self.names = [f"t{i}" for i in range(size)]
        # So named and last, the converter leaves it out, as it does for a published checkpoint.
        self.names[pad] = "<pad>"
        self.eos_token, self.unk_token, self.pad_token, self.bos_token = f"t{eos}", "t1", "<pad>", "<pad>"
        self.eos_token_id, self.pad_token_id, self.bos_token_id, self.unk_token_id = eos, pad, pad, 1
        self.offset, self.additional_special_tokens = 0, []

    def get_vocab(self):
        return {name: i for i, name in enumerate(self.names)}

    def convert_ids_to_tokens(self, ids):
        return self.names[ids] if isinstance(ids, int) else [self.names[i] for i in ids]

    def __len__(self):
        return len(self.names)


def convert(folder, out):
    from ctranslate2.converters import TransformersConverter
    config = json.load(open(f"{folder}/config.json"))
    converter = TransformersConverter(folder)
    converter.load_tokenizer = lambda *a, **k: Stub(config)
    converter.convert(out, force=True)


def limits(job, low, high):
    return {low: job["tokens"], high: job["tokens"]} if job["tokens"] else {high: 256}


def ct2(model, compute, threads):
    import ctranslate2
    t = ctranslate2.Translator(model, compute_type=compute, inter_threads=threads, intra_threads=1)
    names = json.load(open(f"{model}/shared_vocabulary.json", encoding="utf-8"))
    ids, name = {n: i for i, n in enumerate(names)}, names.__getitem__

    def run(job):
        # A token that the converted model lacks needs no ban, and would be taken for the unknown one.
        ban = [list(map(name, b)) for b in job["ban"] if max(b) < len(names)]
        # `sources` of the batch at once: it sorts them and cuts batches itself.
        found = t.translate_batch([list(map(name, s)) for s in job["sources"]], beam_size=job["beams"],
                                  max_batch_size=job["batch"], suppress_sequences=ban,
                                  return_end_token=True, **limits(job, "min_decoding_length", "max_decoding_length"))
        return [[ids[x] for x in r.hypotheses[0]] for r in found]
    return run


def hf(model, dtype, threads):
    import torch
    from transformers import AutoModelForSeq2SeqLM
    torch.set_num_threads(threads)
    m = AutoModelForSeq2SeqLM.from_pretrained(model, dtype=getattr(torch, dtype)).eval()
    pad = m.config.pad_token_id

    def run(job):
        out = []
        with torch.inference_mode():
            for i in range(0, len(job["sources"]), job["batch"]):
                part = job["sources"][i:i + job["batch"]]
                longest = max(map(len, part))
                ids = torch.tensor([s + [pad] * (longest - len(s)) for s in part])
                found = m.generate(ids, attention_mask=(ids != pad).long(), num_beams=job["beams"], do_sample=False,
                                   **limits(job, "min_new_tokens", "max_new_tokens"))
                out += [[t for t in row[1:] if t != pad] for row in found.tolist()]
        return out
    return run


def ort(model, _, threads):
    from onnx_int8 import Runtime
    runtime = Runtime(model)
    return lambda job: runtime.run(job["sources"], job["beams"], job["batch"], job["tokens"], job["threads"])


def peak_mb():
    return next(int(l.split()[1]) // 1024 for l in open("/proc/self/status") if l.startswith("VmHWM"))


def serve(kind, model, dtype, threads):
    begin = time.time()
    run = {"ct2": ct2, "hf": hf, "ort": ort}[kind](model, dtype, int(threads))
    print(json.dumps({"load": time.time() - begin}), flush=True)
    for line in sys.stdin:
        job = json.loads(line)
        begin, cpu = time.time(), time.process_time()
        ids = run(job)
        print(json.dumps({"seconds": time.time() - begin, "cpu": time.process_time() - cpu, "peak_mb": peak_mb(),
                          "ids": ids}), flush=True)


class Engine:
    """A running engine."""
    def __init__(self, command, threads):
        env = {**os.environ, "OMP_WAIT_POLICY": "passive", "OMP_NUM_THREADS": str(threads), "PYTHONWARNINGS": "ignore"}
        self.p = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)
        self.load = self.answer()["load"]
        self.peak = 0

    def answer(self):
        line = self.p.stdout.readline()
        if not line:
            raise SystemExit(f"an engine stopped: {self.p.args}")
        return json.loads(line)

    def run(self, **job):
        before = self.cpu()
        self.p.stdin.write(json.dumps(job) + "\n")
        self.p.stdin.flush()
        result = self.answer()
        self.peak = max(self.peak, result.get("peak_mb") or 0)
        result.setdefault("cpu", self.cpu() - before)
        return result

    def cpu(self):
        """Seconds of processor time so far, all threads: what a busy machine does not distort."""
        fields = open(f"/proc/{self.p.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self):
        self.p.stdin.close()
        self.p.wait()


if __name__ == "__main__":
    serve(*sys.argv[1:])
