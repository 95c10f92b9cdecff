#!/usr/bin/env python3
"""sunto, CTranslate2 and transformers on the same checkpoint, sentences and output lengths, in turns.

Builds a random Marian checkpoint in the shape of opus-mt-it-en, converts it for CTranslate2, starts one process for
each engine and setting, and lets them take turns in every repetition, so that what else the machine does hits all
alike. Writes docs/performance.md's tables between its markers, and every measurement to a JSON file.

    python3 -m venv venv && venv/bin/pip install ctranslate2 torch transformers
    venv/bin/python benches/compare.py --work FOLDER [--quick] [--write]

Needs a built bench: cargo bench --bench decode --no-run
"""
import argparse, glob, json, os, random, statistics, subprocess, sys, time

TOKENS = 32
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


class Stub:
    """What the converter asks of a tokenizer: a name for every id."""
    def __init__(self, size, eos, pad):
        self.names = [f"t{i}" if i != pad else "<pad>" for i in range(size)]
        self.eos_token, self.unk_token, self.pad_token, self.bos_token = f"t{eos}", "t1", "<pad>", "<pad>"

    def get_vocab(self):
        return {name: i for i, name in enumerate(self.names)}

    def convert_ids_to_tokens(self, ids):
        return self.names[ids] if isinstance(ids, int) else [self.names[i] for i in ids]


def convert(folder, out):
    from ctranslate2.converters import TransformersConverter
    config = json.load(open(f"{folder}/config.json"))
    converter = TransformersConverter(folder)
    converter.load_tokenizer = lambda *a, **k: Stub(config["vocab_size"], config["eos_token_id"], config["pad_token_id"])
    converter.convert(out, force=True)


def worker_ct2(model, compute, threads):
    import ctranslate2
    begin = time.time()
    t = ctranslate2.Translator(model, compute_type=compute, inter_threads=threads, intra_threads=1)
    print(json.dumps({"load": time.time() - begin}), flush=True)
    for line in sys.stdin:
        job = json.loads(line)
        sources = [[f"t{i}" for i in s] for s in job["sources"]]
        limits = dict(min_decoding_length=job["tokens"], max_decoding_length=job["tokens"]) if job["tokens"] else dict(
            max_decoding_length=256)
        begin, cpu = time.time(), time.process_time()
        found = t.translate_batch(sources, beam_size=job["beams"], max_batch_size=job["batch"], **limits)
        seconds, cpu = time.time() - begin, time.process_time() - cpu
        print(json.dumps({"seconds": seconds, "cpu": cpu, "peak_mb": peak_mb(),
                          "ids": [[int(x[1:]) for x in r.hypotheses[0]] for r in found]}), flush=True)


def worker_hf(model, dtype, threads):
    import torch
    from transformers import AutoModelForSeq2SeqLM
    torch.set_num_threads(threads)
    begin = time.time()
    m = AutoModelForSeq2SeqLM.from_pretrained(model, dtype=getattr(torch, dtype)).eval()
    print(json.dumps({"load": time.time() - begin}), flush=True)
    pad = m.config.pad_token_id
    for line in sys.stdin:
        job = json.loads(line)
        limits = dict(min_new_tokens=job["tokens"], max_new_tokens=job["tokens"]) if job["tokens"] else dict(
            max_new_tokens=256)
        out, begin = [], time.time()
        with torch.inference_mode():
            for i in range(0, len(job["sources"]), job["batch"]):
                part = job["sources"][i:i + job["batch"]]
                longest = max(map(len, part))
                ids = torch.tensor([s + [pad] * (longest - len(s)) for s in part])
                found = m.generate(ids, attention_mask=(ids != pad).long(), num_beams=job["beams"], do_sample=False, **limits)
                out += [[t for t in row[1:] if t != pad] for row in found.tolist()]
        print(json.dumps({"seconds": time.time() - begin, "ids": out, "peak_mb": peak_mb()}), flush=True)


def peak_mb():
    return next(int(l.split()[1]) // 1024 for l in open("/proc/self/status") if l.startswith("VmHWM"))


class Engine:
    def __init__(self, command, env=None):
        self.p = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                  env={**os.environ, "OMP_WAIT_POLICY": "passive", **(env or {})})
        self.load = json.loads(self.p.stdout.readline())["load"]
        self.peak = 0

    def run(self, **job):
        before = self.cpu()
        self.p.stdin.write(json.dumps(job) + "\n")
        self.p.stdin.flush()
        line = self.p.stdout.readline()
        if not line:
            raise SystemExit(f"an engine stopped: {self.p.args}")
        result = json.loads(line)
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


def bench_binary():
    target = os.environ.get("CARGO_TARGET_DIR", "target")
    found = [f for f in glob.glob(f"{target}/release/deps/decode-*") if os.access(f, os.X_OK) and "." not in os.path.basename(f)]
    if not found:
        raise SystemExit("no bench: run `cargo bench --bench decode --no-run` first")
    return max(found, key=os.path.getmtime)


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--work", required=True, help="folder for checkpoints and measurements")
    a.add_argument("--model", help="a checkpoint of your own, with --sources")
    a.add_argument("--sources", help="JSON: a list of lists of ids, or parity cases; lengths are then free")
    a.add_argument("--engines", default="sunto-int8,ct2-int8,sunto-f32,ct2-float32,hf-float32")
    a.add_argument("--threads", default="1,2")
    a.add_argument("--batches", default="1,16,64")
    a.add_argument("--beams", default="1,4")
    a.add_argument("--repetitions", type=int, default=5)
    a.add_argument("--out", default="measurements.json", help="name within the work folder")
    a.add_argument("--worker", nargs=4, help=argparse.SUPPRESS)
    o = a.parse_args()
    if o.worker:
        kind, model, dtype, threads = o.worker
        return {"ct2": worker_ct2, "hf": worker_hf}[kind](model, dtype, int(threads))
    os.makedirs(o.work, exist_ok=True)
    model = o.model or f"{o.work}/random"
    if not os.path.exists(f"{model}/config.json"):
        make_checkpoint(model)
    name = os.path.basename(os.path.normpath(model))
    converted = f"{o.work}/{name}-ct2"
    if "ct2" in o.engines and not os.path.exists(f"{converted}/model.bin"):
        convert(model, converted)
    if o.sources:
        data = json.load(open(o.sources))
        sources = [c["source"] for c in data["cases"]] if isinstance(data, dict) else data
        tokens = 0
    else:
        r = random.Random(7)
        sources = [[r.randrange(2, 80000) for _ in range(r.randint(24, 34))] + [0] for _ in range(128)]
        tokens = TOKENS
    rows = []
    for threads in map(int, o.threads.split(",")):
        engines = {}
        for e in o.engines.split(","):
            kind, dtype = e.split("-")
            if kind == "sunto":
                # From a file in int8, where `sunto models quantize MODEL -o MODEL-int8` wrote one beside it.
                ahead = f"{os.path.normpath(model)}-int8"
                command = [bench_binary(), ahead if dtype == "int8" and os.path.isdir(ahead) else model, dtype]
            else:
                command = [sys.executable, __file__, "--work", o.work, "--worker", kind,
                           converted if kind == "ct2" else model, dtype, str(threads)]
            engines[e] = Engine(command, {"OMP_NUM_THREADS": str(threads)} if kind == "hf" else None)
        for batch in map(int, o.batches.split(",")):
            # At 2 threads twice the sentences, a batch for each; batch 1 takes a few sentences, one after another.
            for beams in map(int, o.beams.split(",")):
                calls = 4 if batch == 1 else 1
                times, work, lengths = {e: [] for e in engines}, {e: [] for e in engines}, {}
                for repetition in range(o.repetitions + 1):
                    for e, engine in engines.items():
                        seconds = cpu = count = 0
                        for call in range(calls):
                            part = sources[call * batch * threads:][:batch * threads]
                            found = engine.run(sources=part, beams=beams, threads=threads, batch=batch, tokens=tokens)
                            seconds += found["seconds"]
                            cpu += found["cpu"]
                            count += sum(map(len, found["ids"]))
                        lengths[e] = count
                        if repetition > 0:  # the first one warms up
                            times[e].append(count / seconds)
                            work[e].append(count / max(cpu, 0.01))
                for e in engines:
                    rows.append(dict(threads=threads, batch=batch, beams=beams, engine=e, median=statistics.median(times[e]),
                                     best=max(times[e]), all=times[e],
                                     per_cpu_second=statistics.median(work[e]), tokens=lengths[e]))
                base = next((r["median"] for r in rows[-len(engines):] if r["engine"] == "ct2-int8"), None)
                cpu_base = next((r["per_cpu_second"] for r in rows[-len(engines):] if r["engine"] == "ct2-int8"), None)
                line = "  ".join(f"{r['engine']} {r['median']:.0f}" + (
                    f" ({r['median'] / base:.2f}x; per processor second {r['per_cpu_second']:.0f}, "
                    f"{r['per_cpu_second'] / cpu_base:.2f}x)" if base else "")
                                 for r in rows[-len(engines):])
                print(f"t{threads} b{batch} k{beams}: {line}", flush=True)
        for e, engine in engines.items():
            rows.append(dict(threads=threads, engine=e, load=engine.load, peak_mb=engine.peak))
            print(f"t{threads} {e}: load {engine.load:.3f} s, peak {engine.peak} MB", flush=True)
            engine.close()
    json.dump(rows, open(f"{o.work}/{o.out}", "w"), indent=1)


if __name__ == "__main__":
    main()
