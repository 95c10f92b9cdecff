#!/usr/bin/env python3
"""sunto, CTranslate2, ONNX Runtime and transformers on the same checkpoint, sentences and output lengths, in turns.

One command: makes a random Marian checkpoint in the shape of opus-mt-it-en, converts, exports and quantizes it for each
engine, measures the machine's limits (benches/roofline.rs), starts one process for each engine and lets them take turns
in every repetition, so that what else the machine does hits all alike; then the embedded model on real sentences
(seeds/articles/eval-*.txt) in the engines that read its layout. Every measurement goes to WORK/measurements.json; the
tables go to docs/performance.md, between its markers.

    cargo build --release && cargo bench --no-run
    python3 -m venv venv && venv/bin/pip install ctranslate2 onnxruntime onnx torch transformers sentencepiece
    venv/bin/python benches/compare.py --work FOLDER --write
    venv/bin/python benches/compare.py --work FOLDER --render        # the tables again, without measuring

An engine whose name is in --slow takes at most --limit seconds a cell (one repetition at least): the tables say how
many repetitions there were. Needs Linux. Half an hour on two quiet cores.
"""
import argparse, glob, json, os, random, statistics, subprocess, sys, time

os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = os.environ["TQDM_DISABLE"] = "1"

import report
from engines import Engine, convert, make_checkpoint, multiplied_out

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
TOKENS = 32


def built(name):
    """The newest bench of this name."""
    target = os.environ.get("CARGO_TARGET_DIR", f"{ROOT}/target")
    found = [f for f in glob.glob(f"{target}/release/deps/{name}-*") if os.access(f, os.X_OK) and "." not in os.path.basename(f)]
    if not found:
        raise SystemExit(f"error: no bench `{name}` in `{target}/release/deps`\n  hint: run `cargo bench --no-run` first")
    return max(found, key=os.path.getmtime)


def quantize(sunto, model, out):
    """A folder with the checkpoint in int8, as `sunto models quantize` writes it."""
    if os.path.exists(f"{out}/config.json"):
        return out
    if not os.access(sunto, os.X_OK):
        raise SystemExit(f"error: no binary `{sunto}`\n  hint: run `cargo build --release` first, or name one by --sunto")
    subprocess.run([sunto, "models", "quantize", model, "-o", out], check=True)
    return out


def prepare(o):
    """The folders that each kind of engine reads, for the random checkpoint and for the embedded model."""
    kinds = {e.split("-")[0] for e in o.engines}
    model = f"{o.work}/random"
    if not os.path.exists(f"{model}/config.json"):
        make_checkpoint(model)
    random_ = {"sunto-f32": model, "hf": model}
    if "sunto-int8" in o.engines:
        random_["sunto-int8"] = quantize(o.sunto, model, f"{model}-int8")
    if "ct2" in kinds:
        random_["ct2"] = f"{model}-ct2"
        if not os.path.exists(f"{model}-ct2/model.bin"):
            convert(model, f"{model}-ct2")
    if "ort" in kinds:
        random_["ort"] = f"{model}-onnx"
        if not os.path.exists(f"{model}-onnx/config.json"):
            import onnx_int8
            onnx_int8.export(model, f"{model}-onnx")
    small, floats = f"{ROOT}/models/small-it-en", f"{o.work}/small-floats"
    if o.real and not os.path.exists(f"{floats}/config.json"):
        multiplied_out(small).save_pretrained(floats)
    if o.real and not os.path.exists(f"{floats}-ct2/model.bin"):
        convert(floats, f"{floats}-ct2")
    return random_, {"sunto-int8": small, "sunto-f32": small, "hf": floats, "ct2": f"{floats}-ct2"}


def random_sources():
    r = random.Random(7)
    return [[r.randrange(2, 80000) for _ in range(r.randint(24, 34))] + [0] for _ in range(128)]


def real_sources():
    """Ids of every third Italian sentence of the articles that nothing was trained on."""
    import sentencepiece
    folder = f"{ROOT}/models/small-it-en"
    spm = sentencepiece.SentencePieceProcessor(model_file=f"{folder}/source.spm")
    vocab = json.load(open(f"{folder}/vocab.json", encoding="utf-8"))
    texts = []
    for path in sorted(glob.glob(f"{ROOT}/seeds/articles/eval-*.txt")):
        for line in open(path, encoding="utf-8"):
            left = line.split("|||")[0].strip()
            if "|||" in line and left[:2] not in ("T:", "S:"):
                texts.append(left)
    return [[vocab.get(p, vocab["<unk>"]) for p in spm.encode(t, out_type=str)] + [vocab["</s>"]] for t in texts[::3]]


def command(engine, folders, threads):
    kind, dtype = engine.split("-")
    if kind == "sunto":
        return [built("decode"), folders[engine], dtype]
    return [sys.executable, f"{HERE}/engines.py", kind, folders[kind], dtype, str(threads)]


def cell(o, engines, job, calls):
    """Repetitions in turns -> a row for each engine. `calls` is a list of lists of sources."""
    slow = {e for e in engines if e in o.slow}
    spent = dict.fromkeys(engines, 0.0)
    found = {e: [] for e in engines}
    for repetition in range(o.repetitions + 1):
        for e, engine in engines.items():
            # The first one warms up; slow engines are warm from the first cell, which they take whole.
            if e in slow and (spent[e] > o.limit and found[e] or repetition == 0 and job["batch"] > 1):
                continue
            one = dict(seconds=0.0, cpu=0.0, tokens=0, sentences=0)
            ids = []
            for sources in calls:
                answer = engine.run(sources=sources, **job)
                one["seconds"] += answer["seconds"]
                one["cpu"] += answer["cpu"]
                ids += answer["ids"]
            one["tokens"], one["sentences"] = sum(map(len, ids)), len(ids)
            if repetition > 0:
                spent[e] += one["seconds"]
                found[e].append(one)
                one["ids"] = ids
    rows = []
    for e, all_ in found.items():
        outputs = all_[-1]["ids"]
        [one.pop("ids", None) for one in all_]
        rows.append(dict(engine=e, threads=job["threads"], batch=job["batch"], beams=job["beams"], all=all_, ids=outputs))
    return rows


def measure_cells(o, name, folders, sources, tokens, ban, names, shapes):
    """All cells of one model; `shapes` are pairs (batch, sentences) -> how many calls."""
    rows, processes = [], []
    for threads in o.threads:
        engines = {e: Engine(command(e, folders, threads), threads) for e in names}
        for batch in o.batches:
            for beams in o.beams:
                job = dict(beams=beams, threads=threads, batch=batch, tokens=tokens, ban=ban)
                rows += cell(o, engines, job, shapes(batch, threads, sources))
                print(report.line(name, rows[-len(engines):]), flush=True)
        processes += [dict(engine=e, threads=threads, load=g.load, peak_mb=g.peak) for e, g in engines.items()]
        [g.close() for g in engines.values()]
    return rows, processes


def forced(batch, threads, sources):
    """A batch for each thread; at batch 1, four sentences each, one after another."""
    size = batch * threads
    return [sources[i * size:][:size] for i in range(4 if batch == 1 else 1)]


def free(batch, threads, sources):
    """One batch for each thread; at batch 1 a sentence a thread, of every eighth, one call after another."""
    few = sources[::8]
    return [few[i:i + threads] for i in range(0, len(few), threads)] if batch == 1 else [sources[:batch * threads]]


def agreement(rows, base):
    """Share of sentences with the ids of the engine `base`, in each cell."""
    cells = {(r["threads"], r["batch"], r["beams"]): r["ids"] for r in rows if r["engine"] == base}
    for r in rows:
        expected = cells.get((r["threads"], r["batch"], r["beams"]))
        ids = r.pop("ids")
        if expected and len(expected) == len(ids):
            r["same"] = sum(a == b for a, b in zip(ids, expected)) / len(ids)
            pairs = [(x, y) for a, b in zip(ids, expected) for x, y in zip(a, b)]
            r["same_tokens"] = sum(x == y for x, y in pairs) / max(len(pairs), 1)


def machine():
    cpu = open("/proc/cpuinfo").read()
    field = lambda n: next((l.split(":")[1].strip() for l in cpu.splitlines() if l.startswith(n)), "unknown")
    said = field("flags").split()
    wanted = [f for f in ("avx2", "avx512f", "avx512_vnni", "avx_vnni", "avx512_bf16", "amx_int8", "hypervisor") if f in said]
    huge = "/sys/kernel/mm/transparent_hugepage/enabled"
    return dict(cpu=field("model name"), family=field("cpu family"), model=field("model\t"), flags=wanted, cores=os.cpu_count(),
                memory_gib=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
                huge_pages=open(huge).read().strip() if os.path.exists(huge) else "none", kernel=".".join(os.uname().release.split(".")[:2]))


def versions():
    from importlib.metadata import PackageNotFoundError, version

    def of(name):
        try:
            return version(name)
        except PackageNotFoundError:
            return "none"
    git = lambda *a: subprocess.run(["git", "-C", ROOT, *a], capture_output=True, text=True).stdout.strip()
    rustc = subprocess.run(["rustc", "--version"], capture_output=True, text=True).stdout.split()
    changed = git("status", "--porcelain", "--untracked-files=no", "--", "src", "Cargo.toml", "Cargo.lock")
    return {"sunto": git("rev-parse", "--short", "HEAD") + (" with changes" if changed else ""),
            "rustc": rustc[1] if len(rustc) > 1 else "unknown",
            **{n: of(n) for n in ("ctranslate2", "onnxruntime", "torch", "transformers")}}


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    numbers = lambda text: [int(n) for n in text.split(",") if n]
    names = lambda text: [n for n in text.split(",") if n]
    a.add_argument("--work", required=True, help="folder for checkpoints and measurements")
    a.add_argument("--sunto", default=f"{os.environ.get('CARGO_TARGET_DIR', f'{ROOT}/target')}/release/sunto")
    a.add_argument("--engines", type=names, default="sunto-int8,ct2-int8,ort-int8,sunto-f32,ct2-float32,hf-float32,hf-bfloat16")
    a.add_argument("--slow", type=names, default="sunto-f32,ct2-float32,hf-float32,hf-bfloat16")
    a.add_argument("--limit", type=float, default=25, help="seconds a cell of a slow engine")
    a.add_argument("--threads", type=numbers, default="1,2")
    a.add_argument("--batches", type=numbers, default="1,16,64")
    a.add_argument("--beams", type=numbers, default="1,4")
    a.add_argument("--repetitions", type=int, default=5)
    a.add_argument("--no-real", dest="real", action="store_false", help="without the embedded model")
    a.add_argument("--out", default="measurements.json", help="name within the work folder")
    a.add_argument("--write", action="store_true", help="write the tables into docs/performance.md")
    a.add_argument("--render", action="store_true", help="do not measure: write the tables of saved measurements")
    o = a.parse_args()
    path = f"{o.work}/{o.out}"
    if o.render:
        return report.write(json.load(open(path)), f"{ROOT}/docs/performance.md")
    os.makedirs(o.work, exist_ok=True)
    random_, small = prepare(o)
    built("decode")
    begun = time.time()
    found = dict(begun=time.strftime("%Y-%m-%d %H:%M", time.gmtime()), load_begin=os.getloadavg(), machine=machine(),
                 versions=versions(), tokens=TOKENS, repetitions=o.repetitions, limit=o.limit, slow=o.slow)
    limits = subprocess.run([built("roofline"), "--measure"], capture_output=True, text=True, check=True).stdout
    found["roofline"] = json.loads(limits)
    save = lambda: json.dump(found, open(path, "w"), indent=1)
    sources = random_sources()
    found["source_tokens"] = statistics.mean(map(len, sources[:64]))
    rows, found["processes"] = measure_cells(o, "random", random_, sources, TOKENS, [], o.engines, forced)
    agreement(rows, "sunto-f32")
    found["rows"] = rows
    save()
    if o.real:
        sentences = real_sources()
        ban = json.load(open(f"{ROOT}/models/small-it-en/config.json"))["bad_words_ids"]
        o.batches = [b for b in o.batches if b in (1, 64)]
        engines = [e for e in ("sunto-int8", "ct2-int8", "sunto-f32", "ct2-float32", "hf-float32") if e in o.engines]
        rows, _ = measure_cells(o, "embedded", small, sentences, 0, ban, engines, free)
        agreement(rows, "hf-float32" if "hf-float32" in engines else "sunto-f32")
        found["real"] = dict(rows=rows, sentences=len(sentences), source_tokens=statistics.mean(map(len, sentences)))
    found.update(load_end=os.getloadavg(), minutes=round((time.time() - begun) / 60, 1))
    save()
    if o.write:
        report.write(found, f"{ROOT}/docs/performance.md")


if __name__ == "__main__":
    main()
