"""Builds models of real size with random weights and measures sunto on them: load time, memory, tokens a second.

    python benches/realsize.py SUNTO FOLDER [NAME...] [--dtypes int8,f32] [--repeats 3] [--device cpu] [--keep]

SUNTO is a release binary, FOLDER takes the weights (up to 2.5 GB each; one at a time, deleted after use unless `--keep`).
Needs torch, safetensors and transformers, for the shapes only. Random weights never end a sentence: every output has the
full number of tokens, which makes the count exact. Speed is a run of 36 tokens (`--tokens`) for each of four sentences less
one of 4: load and encoder fall out of it. One thread; medians of all repeats, in seconds of processor time, which other
programs on the machine disturb little, and in seconds of the clock, which they disturb much.
"""
import argparse, json, math, os, shutil, statistics, subprocess, sys, time
import torch
from safetensors.torch import save_file
from transformers import BartConfig, BartForConditionalGeneration, M2M100Config, M2M100ForConditionalGeneration, MarianConfig, MarianMTModel

parser = argparse.ArgumentParser()
parser.add_argument("sunto")
parser.add_argument("folder")
parser.add_argument("names", nargs="*")
parser.add_argument("--dtypes", default="int8,f32")
parser.add_argument("--repeats", type=int, default=3)
parser.add_argument("--beams", default="1,4")
parser.add_argument("--device", default="cpu")
parser.add_argument("--tokens", type=int, default=36, help="of each sentence in the long run")
parser.add_argument("--keep", action="store_true")
parser.add_argument("--build", action="store_true", help="write the weights and stop")
args = parser.parse_intermixed_args()
sunto, root = args.sunto, args.folder
here = os.path.dirname(os.path.abspath(__file__))
fixtures = os.path.join(here, "..", "tests", "parity", "tokenizer")
wide = lambda n, ffn: dict(encoder_layers=n, decoder_layers=n, encoder_attention_heads=16, decoder_attention_heads=16,
                           encoder_ffn_dim=ffn, decoder_ffn_dim=ffn, d_model=1024)
MODELS = {
    "opus-mt-tc-big": (MarianMTModel, MarianConfig(**wide(6, 4096), vocab_size=61250, decoder_vocab_size=61250, max_position_embeddings=1024,
                       activation_function="relu", scale_embedding=True, pad_token_id=61249, eos_token_id=0,
                       decoder_start_token_id=61249), torch.float16, "marian"),
    "bart-large": (BartForConditionalGeneration, BartConfig(**wide(12, 4096), vocab_size=50264, max_position_embeddings=1024,
                   pad_token_id=1, bos_token_id=0, eos_token_id=2, decoder_start_token_id=2), torch.float32, "bart"),
    "nllb-600m": (M2M100ForConditionalGeneration, M2M100Config(**wide(12, 4096), vocab_size=256206, max_position_embeddings=1024,
                  activation_function="relu", scale_embedding=True, pad_token_id=1, bos_token_id=0, eos_token_id=2,
                  decoder_start_token_id=2), torch.float16, "t5"),
}
FILES = {"marian": ["marian/source.spm", "marian/target.spm", "marian/vocab.json"],
         "bart": ["layouts/vocab.json", "layouts/merges.txt"], "t5": ["layouts/spiece.model"]}
LINES = ["La polizia ha perquisito nove case e ha sequestrato 74 dispositivi in tre province.",
         "Il consiglio comunale ha approvato il bilancio con due voti di scarto dopo sei ore di discussione.",
         "La biblioteca resterà chiusa fino al 12 maggio per lavori al tetto.",
         "Secondo la procura il gruppo avrebbe trasferito all'estero oltre un milione di euro."]
SHORT = 4


def build(name, folder):
    cls, config, dtype, files = MODELS[name]
    path = os.path.join(folder, "model.safetensors")
    if os.path.isfile(path):
        from safetensors import safe_open
        with safe_open(path, "pt") as f:
            return sum(math.prod(f.get_slice(k).get_shape()) for k in f.keys()), os.path.getsize(path)
    with torch.device("meta"):
        shapes = {k: v.shape for k, v in cls(config).state_dict().items()}
    generator = torch.Generator().manual_seed(1)
    tied = ("lm_head.weight", "model.encoder.embed_tokens.weight", "model.decoder.embed_tokens.weight")
    tensors = {k: (torch.randn(s, generator=generator) * 0.02).to(dtype) for k, s in shapes.items()
               if k not in tied and "embed_positions" not in k or "embed_positions" in k and name == "bart-large"}
    os.makedirs(folder, exist_ok=True)
    save_file(tensors, path)
    config.save_pretrained(folder)
    for file in FILES[files]:
        shutil.copy(os.path.join(fixtures, file), folder)
    return sum(t.numel() for t in tensors.values()), sum(t.numel() * t.element_size() for t in tensors.values())


def once(folder, lines, tokens, beams, dtype):
    before = time.time()
    words = [sunto, "--device", args.device, "--threads", "1", "translate", "--lines", "--model", folder, "--beams", str(beams), "--max-tokens", str(tokens), "--dtype", dtype,
            "--batch", "64", "--quiet"]
    p = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    p.stdin.write(("\n".join(lines) + "\n").encode()); p.stdin.close()
    _, status, usage = os.wait4(p.pid, 0)
    if status:
        sys.exit(f"{' '.join(words)}: status {status}")
    return usage.ru_utime + usage.ru_stime, time.time() - before, usage.ru_maxrss / 1024


def run(*how):
    """Medians: seconds of processor time, of the clock; megabytes."""
    return [statistics.median(column) for column in zip(*(once(*how) for _ in range(args.repeats)))]


for name in args.names or MODELS:
    folder = os.path.join(root, name)
    parameters, size = build(name, folder)
    for dtype in [] if args.build else args.dtypes.split(","):
        load, load_clock, _ = run(folder, LINES[:1], 1, 1, dtype)
        row = dict(model=name, parameters=parameters, file_mb=round(size / 1e6), computes=dtype, repeats=args.repeats,
                   load_cpu_s=round(load, 1), load_s=round(load_clock, 1))
        for beams in map(int, args.beams.split(",")):
            short, short_clock, _ = run(folder, LINES, SHORT, beams, dtype)
            seconds, clock, rss = run(folder, LINES, args.tokens, beams, dtype)
            tokens = len(LINES) * (args.tokens - SHORT)
            row[f"tokens_per_cpu_s_beam{beams}"] = round(tokens / max(seconds - short, 1e-3), 1)
            row[f"tokens_per_s_beam{beams}"] = round(tokens / max(clock - short_clock, 1e-3), 1)
            row["rss_mb"] = round(rss)
        print(json.dumps(row), flush=True)
    if not (args.keep or args.build):
        shutil.rmtree(folder)
