#!/usr/bin/env python3
"""Word alignments for guided attention: align.py DATA_DIR NAME[:MAX_PAIRS] ...

Reads DATA_DIR/NAME.npz (prepare.py), aligns the token ids with eflomal (Östling and Tiedemann 2016) in both
directions and adds `align` to the file: for each target token the source position it is linked to, or -1.
"""
import os, subprocess, sys, tempfile
import numpy as np
import eflomal


def main():
    d, names = sys.argv[1], sys.argv[2:]
    sets, src, trg = [], [], []
    for n in names:
        n, _, most = n.partition(":")
        z = dict(np.load(os.path.join(d, n + ".npz")))
        count = len(z["src_off"]) - 1
        take = min(count, int(most)) if most else count
        sets.append((n, z, take))
        for i in range(take):
            src.append(" ".join(map(str, z["src"][z["src_off"][i]:z["src_off"][i + 1]])))
            trg.append(" ".join(map(str, z["trg"][z["trg_off"][i]:z["trg_off"][i + 1]])))
    with tempfile.TemporaryDirectory() as t:
        fwd, rev = os.path.join(t, "fwd"), os.path.join(t, "rev")
        eflomal.Aligner(model=3, n_iterations=(2, 1, 2)).align(
            src, trg, links_filename_fwd=fwd, links_filename_rev=rev, quiet=False)
        links = zip(open(fwd), open(rev))
        for n, z, take in sets:
            al = np.full(len(z["trg"]), -1, np.int16)
            total = 0
            for i in range(take):
                f, r = next(links)
                f = {tuple(map(int, x.split("-"))) for x in f.split()}
                r = {tuple(map(int, x.split("-"))) for x in r.split()}
                off = z["trg_off"][i]
                for s, g in sorted(r | f) + sorted(f & r):       # links both directions agree on are written last
                    al[off + g] = s
                total += len({g for _, g in f | r})
            z["align"] = al
            np.savez(os.path.join(d, n + ".npz"), **z)
            print(f"{n}: {take} pairs, {total / max(1, z['trg_off'][take]):.2f} of target tokens aligned", flush=True)


if __name__ == "__main__":
    main()
