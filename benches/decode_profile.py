"""Where the time of decoding goes, cell by cell: samples of `perf` by what they belong to, as a table.

    RUSTFLAGS='-C force-frame-pointers=yes' CARGO_PROFILE_RELEASE_DEBUG=line-tables-only CARGO_TARGET_DIR=target/profile \\
        cargo bench --no-run --bench decode
    python3 benches/decode_profile.py --binary target/profile/release/deps/decode-... --model WORK/random-int8

Jobs are those of benches/compare.py at one thread. A sample belongs to the encoder where its call chain holds
`admit`, and to a part by its inlined frames and the source lines that they name. Needs perf, readelf, addr2line.
"""
import argparse, collections, functools, json, os, random, subprocess, tempfile

PARTS = ["products: vocabulary", "products: layers", "products: encoder", "epilogue: vocabulary", "epilogue: layers",
         "self-attention", "cross-attention", "encoder's attention", "quantizing", "norms", "the rest"]


@functools.cache
def source(path):
    try:
        return open(path, encoding="utf-8").read().splitlines()
    except OSError:
        return []


def part(frames, encoding):
    """Of one sample: inlined frames from the inside out as (function, path, line)."""
    files = [os.path.basename(path) for _, path, _ in frames]
    functions = " ".join(f for f, _, _ in frames)
    said = lambda name: " ".join(source(p)[n - 1] for _, p, n in frames if p.endswith(name) and 0 < n <= len(source(p)))
    # The kernels are inlined: their lines are those of `multiply`.
    if "multiply::<I>(" in said("linear.rs"):
        return "products: vocabulary" if "vocabulary.rs" in files else "products: encoder" if encoding else "products: layers"
    if "vocabulary.rs" in files:
        return "epilogue: vocabulary"
    if "attention.rs" in files or "attend" in functions:
        if encoding:
            return "encoder's attention"
        return "self-attention" if "attend_cells" in functions else "cross-attention"
    if "uantize" in functions:
        return "quantizing"
    if "layer_norm" in functions or "Normalise" in functions:
        return "norms"
    if "linear.rs" in files:
        return "epilogue: layers"
    return "the rest"


def samples(data, binary):
    """[(address in the file, whether encoding)] of the samples within the binary."""
    run = lambda *c: subprocess.run(c, capture_output=True, text=True).stdout
    name = os.path.basename(binary)
    # perf counts from the file's beginning, addr2line from where it is loaded.
    load = next(l.split() for l in run("readelf", "-lW", binary).splitlines() if "LOAD" in l and "R E" in l)
    shift = int(load[2], 16) - int(load[1], 16)
    for block in run("perf", "script", "-i", data, "-F", "ip,sym,dso").strip().split("\n\n"):
        lines = block.strip().splitlines()
        if lines and lines[0].endswith(f"/{name})"):
            yield int(lines[0].split()[0], 16) + shift, "::admit" in block
        elif lines:
            yield None, False


def shares(data, binary):
    taken = collections.Counter(samples(data, binary))
    addresses = sorted({a for a, _ in taken if a})
    said = subprocess.run(["addr2line", "-i", "-f", "-C", "-a", "-e", binary], input="\n".join(map(hex, addresses)),
                          capture_output=True, text=True).stdout
    frames, at = {}, None
    lines = iter(said.splitlines())
    for line in lines:
        if line.startswith("0x"):
            at = frames.setdefault(int(line, 16), [])
        else:
            path, _, number = next(lines).split(" ")[0].rpartition(":")
            at.append((line, path, int(number) if number.isdigit() else 0))
    total, found = sum(taken.values()), collections.Counter()
    for (address, encoding), n in taken.items():
        found[part(frames[address], encoding) if frames.get(address) else "the rest"] += n
    return {p: found[p] / total for p in PARTS}


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--binary", required=True)
    a.add_argument("--model", required=True)
    a.add_argument("--cells", default="1x1,1x4,16x1,16x4,64x1,64x4", help="batch x beams")
    a.add_argument("--sentences", type=int, default=64, help="decoded in each cell, at least a batch")
    o = a.parse_args()
    r = random.Random(7)
    sources = [[r.randrange(2, 80000) for _ in range(r.randint(24, 34))] + [0] for _ in range(128)]
    found = {}
    for cell in o.cells.split(","):
        batch, beams = map(int, cell.split("x"))
        count = max(o.sentences // batch, 1) if batch > 1 else o.sentences // 4
        jobs = [dict(sources=sources[i * batch % 128:][:batch], beams=beams, threads=1, tokens=32) for i in range(count)]
        with tempfile.TemporaryDirectory() as folder:
            data = os.path.join(folder, "perf.data")
            subprocess.run(["perf", "record", "-q", "--call-graph", "fp", "-o", data, o.binary, o.model, "int8"], check=True,
                           input="\n".join(map(json.dumps, jobs)) + "\n", stdout=subprocess.DEVNULL, text=True)
            found[f"b{batch} k{beams}"] = shares(data, o.binary)
    print("| part | " + " | ".join(found) + " |\n|---" + "|---:" * len(found) + "|")
    for p in PARTS:
        print(f"| {p} | " + " | ".join(f"{100 * s[p]:.0f}%" for s in found.values()) + " |")


if __name__ == "__main__":
    main()
