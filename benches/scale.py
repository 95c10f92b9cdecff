"""How memory and time of `sunto brief INPUT -o DIR` grow with the input: tables for docs/scale.md.

    cargo build --release
    python3 benches/scale.py --sunto target/release/sunto       # minutes of processor time; some GB of disk
    python3 benches/scale.py --sunto target/release/sunto --megabytes 10,100,1000 --repeated ''    # all of 1 GB: longer

Runs a model without weights that echoes its source (the tests' toy), so that what is measured is sunto itself: reading,
splitting, searching, checking, writing, the journal. Each size is a process of its own; its greatest resident memory
and processor time are the system's own counts (Linux). Every article must have its brief once, and the same command
given again must find nothing to do. Python's standard library only. Exit status 1 if a line does not hold.
"""
import argparse
import collections
import glob
import json
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PLACES = ["Lodi", "Udine", "Pavia", "Cremona", "Rovigo", "Savona", "Teramo", "Isernia", "Nuoro", "Cuneo"]
OFFICES = ["La Procura", "La Guardia di Finanza", "Il comune", "La prefettura", "Il tribunale", "La questura"]
ACTS = [
    "ha concluso una verifica su {a} fatture e ha contestato {b} mila euro",
    "ha approvato il bilancio di previsione, che vale {a} milioni di euro",
    "ha sequestrato {a} dispositivi e {b} telefoni in due magazzini",
    "ha fissato l'udienza al {d} marzo 2024 davanti al giudice",
    "ha disposto controlli in {a} esercizi, e {b} sono risultati in regola",
]


def article(number, sentences):
    """An article of its own for each number: title and text."""
    place, office = PLACES[number % 10], OFFICES[number % 6]
    lines = []
    for i in range(sentences):
        mixed = number * 31 + i * 17
        act = ACTS[mixed % len(ACTS)].format(a=2 + mixed % 97, b=100 + number % 899, d=1 + mixed % 28)
        lines.append(f"{OFFICES[(number + i) % 6]} di {PLACES[(number + 3 * i) % 10]} {act}.")
    return f"{office} di {place}, atto numero {number}", " ".join(lines)


def field(number, kind, payload):
    """A field of a protocol buffer: kind 0 a number, 2 bytes, 5 four bytes."""
    return bytes([number << 3 | kind]) + (bytes([payload]) if kind == 0 else bytes([len(payload)]) * (kind == 2) + payload)


def pieces(words):
    """A SentencePiece model of these words: few pieces, so that the toy's search costs little beside sunto."""
    special = [("<pad>", 3), ("</s>", 3), ("<unk>", 2)]
    plain = ["\u2581" + w for w in words if w] + ["\u2581", *"0123456789.,'"]
    piece = lambda text, score, kind: field(1, 2, text.encode()) + field(2, 5, struct.pack("<f", score)) + field(3, 0, kind)
    listed = [piece(text, 0.0, kind) for text, kind in special] + [piece(text, -len(plain) / len(text), 1) for text in plain]
    trainer = field(3, 0, 1)  # unigram
    return b"".join(field(1, 2, p) for p in listed) + field(2, 2, trainer), len(listed)


def own_words():
    """The words of the articles above."""
    return sorted({w.strip(".,{}") for text in PLACES + OFFICES + ACTS + ["di atto numero"] for w in text.split()})


def toy(folder, words):
    """A model folder that echoes its source, by these words."""
    os.makedirs(folder)
    model, count = pieces(words)
    config = {
        "model_type": "toy", "vocab_size": count, "echo": 40.0, "max_positions": 512,
        "decoder_start_token_id": 0, "pad_token_id": 0, "eos_token_id": 1,
    }
    with open(os.path.join(folder, "config.json"), "w", encoding="utf-8") as file:
        json.dump(config, file)
    with open(os.path.join(folder, "spiece.model"), "wb") as file:
        file.write(model)
    return folder


def small_files(folder, count):
    """Files of three sentences, a thousand a folder; (input, articles, bytes)."""
    size = 0
    for number in range(count):
        below = os.path.join(folder, f"{number // 1000:03}")
        if number % 1000 == 0:
            os.makedirs(below)
        title, text = article(number, 3)
        content = f"{title}\n\n{text}\n".encode()
        with open(os.path.join(below, f"{number:06}.txt"), "wb") as file:
            file.write(content)
        size += len(content)
    return folder, count, size


def records(path, megabytes, sentences, times=1):
    """One file of records of so many megabytes, each article `times` times; (input, articles, bytes)."""
    number = size = 0
    with open(path, "wb") as file:
        while size < megabytes * 1_000_000:
            title, text = article(number, sentences)
            line = (json.dumps({"id": f"r{number}", "title": title, "text": text}) + "\n").encode()
            size += file.write(line * times)
            number += 1
    return path, number, size


def seeds():
    """Italian sentences and titles of `seeds/articles`."""
    sentences, titles = [], []
    for path in sorted(glob.glob(os.path.join(ROOT, "seeds", "articles", "*.txt"))):
        with open(path, encoding="utf-8") as file:
            for line in file:
                if "|||" in line:
                    italian = line.split("|||")[0].strip()
                    (titles if italian[:2] in ("T:", "S:") else sentences).append(italian.removeprefix("T:").removeprefix("S:").strip())
    return sentences, titles


def frequent(sentences, count=700):
    """The most frequent words of sentences."""
    words = collections.Counter(w.strip(".,«»“”()") for s in sentences for w in s.split())
    return [w for w, _ in words.most_common(count) if w and len(w.encode()) < 60]


def mixed(path, megabytes, sentences, titles):
    """One file of records of shuffled sentences with changed figures; (input, articles, bytes)."""
    draw = random.Random(8)

    def figure(match):
        digits = len(match.group())
        if digits == 4 and match.group()[:2] in ("19", "20"):
            return str(draw.randint(1995, 2026))
        return str(draw.randint(10 ** (digits - 1), 10 ** digits - 1) if digits > 2 else draw.randint(1, 28))

    changed = lambda text: re.sub(r"\d+", figure, text)
    number = size = 0
    with open(path, "wb") as file:
        while size < megabytes * 1_000_000:
            body = [changed(draw.choice(sentences)) for _ in range(draw.randint(4, 24))]
            paragraphs = [" ".join(body[i:i + 4]) for i in range(0, len(body), 4)]
            day = f"2024-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
            record = {"id": f"m{number}", "title": changed(draw.choice(titles)), "date": day, "text": "\n\n".join(paragraphs)}
            size += file.write((json.dumps(record, ensure_ascii=False) + "\n").encode())
            number += 1
    return path, number, size


def run(command):
    """(exit status, seconds, processor seconds, greatest resident MiB, stderr)."""
    with tempfile.TemporaryFile() as said:
        begun = time.monotonic()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said)
        memory, status = 0, 0
        # The system's own count at the end begins with the memory of the process that started it: this script's.
        while True:
            memory = max(memory, high_water(process.pid))
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            if ended:
                break
            # Often at first: what is over soon is to be seen as well.
            time.sleep(0.05 if time.monotonic() - begun > 0.5 else 0.002)
        took = time.monotonic() - begun
        said.seek(0)
        text = said.read().decode(errors="replace")
    return os.waitstatus_to_exitcode(status), took, usage.ru_utime + usage.ru_stime, memory / 1024, text


def high_water(pid):
    """Greatest resident memory of a running process so far, in KiB."""
    try:
        with open(f"/proc/{pid}/status", encoding="utf-8") as file:
            return next((int(line.split()[1]) for line in file if line.startswith("VmHWM")), 0)
    except OSError:
        return 0


def briefs(folder):
    """Briefs and journal lines of an output folder."""
    files = sum(1 for e in os.scandir(folder) if e.name.endswith(".md") and not e.name.startswith("."))
    with open(os.path.join(folder, "journal.jsonl"), "rb") as file:
        return files, len({json.loads(line)["article"] for line in file})


def measure(sunto, model, made, out, jobs, times=1):
    source, count, size = made
    command = [sunto, "--threads", "1", "brief", source, "-o", out, "--strategy", "lead", "--model", model, "--beams", "1"]
    # An echo of the Italian fails its checks in every sentence: without repair, which would search each anew.
    command += ["--no-repair", "--jobs", str(jobs)]
    code, took, cpu, memory, said = run(command)
    assert code == 0, f"exit {code}: {said[-500:]}"
    assert briefs(out) == (count, count), f"{count} articles, but briefs and lines {briefs(out)}"
    again, _, cpu_again, memory_again, said = run(command)
    assert again == 0 and f"0 articles briefed into `{out}`, {times * count} done before" in said, said[-500:]
    return {"articles": count, "size": size / 1e6, "seconds": took, "cpu": cpu, "memory": memory,
            "again": cpu_again, "memory_again": memory_again}


def table(name, rows):
    print(f"\n| briefs of {name} | MB | peak memory, MiB | processor s | s per 1,000 articles | s per MB | resumed: s | MiB |")
    print("|---:|---:|---:|---:|---:|---:|---:|---:|")
    for r in rows:
        print(f"| {r['articles']:,} | {r['size']:,.1f} | {r['memory']:.1f} | {r['cpu']:.1f} | "
              f"{1000 * r['cpu'] / r['articles']:.2f} | {r['cpu'] / r['size']:.2f} | {r['again']:.1f} | {r['memory_again']:.1f} |")
    sys.stdout.flush()


def growth(rows):
    """Of the last step: memory added for each article, in bytes, and processor time against proportion."""
    a, b = rows[-2], rows[-1]
    more = b["articles"] - a["articles"]
    per_article = (b["memory"] - a["memory"]) * 1024 * 1024 / more
    ratio = (b["cpu"] / b["size"]) / (a["cpu"] / a["size"])
    print(f"\nlast step: {per_article:.0f} bytes of memory an article more, {ratio:.2f} times the time a megabyte")
    return per_article, ratio


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sunto", required=True)
    parser.add_argument("--files", default="1000,10000,100000", help="numbers of small files")
    parser.add_argument("--megabytes", default="10,100", help="sizes of one jsonl file")
    parser.add_argument("--repeated", default="1000", help="sizes of one jsonl file that has each article ten times")
    parser.add_argument("--mixed", default="", help="sizes of one jsonl file of shuffled sentences of seeds/articles")
    parser.add_argument("--sentences", type=int, default=20, help="of a record")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--folder", help="where to work (several GB); a temporary folder by default")
    args = parser.parse_args()
    numbers = lambda text: [int(n) for n in text.split(",") if n]
    held = True
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        plain, real = toy(os.path.join(folder, "toy"), own_words()), os.path.join(folder, "real")
        source, out = os.path.join(folder, "in"), os.path.join(folder, "out")
        kinds = [("files", args.files, 1), ("records", args.megabytes, 1), ("records, each ten times", args.repeated, 10)]
        kinds += [("mixed records", args.mixed, 1)]
        for name, sizes, times in kinds:
            rows = []
            for n in numbers(sizes):
                model = plain
                if name == "files":
                    made = small_files(source, n)
                elif name == "mixed records":
                    sentences, titles = seeds()
                    model = real if os.path.isdir(real) else toy(real, frequent(sentences))
                    made = mixed(source + ".jsonl", n, sentences, titles)
                else:
                    made = records(source + ".jsonl", n, args.sentences, times)
                rows.append(measure(args.sunto, model, made, out, args.jobs, times))
                print(f"{rows[-1]}", file=sys.stderr, flush=True)
                shutil.rmtree(out)
                shutil.rmtree(source) if os.path.isdir(source) else os.remove(made[0])
            if rows:
                table(name, rows)
            if len(rows) > 1:
                per_article, ratio = growth(rows)
                # What is remembered of an article is its fingerprint and its name's, not its text.
                held &= per_article < 400 and ratio < 1.5
    print("all hold" if held else "memory or time grows more than it may")
    sys.exit(not held)


if __name__ == "__main__":
    main()
