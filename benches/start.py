"""What a cold start costs: one sentence, or one article, from a process of its own, by the clock.

    python3 benches/start.py target/release/sunto [OTHER_BINARY ...]      # a quiet machine; seconds

Prints, for each command, the median and the least of 21 processes by the clock, their median processor time and the
greatest resident memory of one. Binaries take turns, so that what else the machine does meets them alike. Python's
standard library only (Linux, macOS).
"""
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 21
LINE = "La Polizia di Stato ha arrestato due persone a Milano.\n"
ARTICLES = Path(__file__).resolve().parent.parent / "seeds" / "articles" / "eval-01.txt"


def article():
    """The first held-out article, as plain text."""
    lines = ARTICLES.read_text(encoding="utf-8").split("\nBRIEF")[0].splitlines()
    sentences = [line.split(" ||| ")[0].removeprefix("T: ").removeprefix("S: ") for line in lines if " ||| " in line]
    return "\n\n".join(sentences) + "\n"


def once(command, line):
    """Seconds by the clock, processor seconds and MB of one process."""
    with open(line) as given:
        began = time.perf_counter()
        child = subprocess.Popen(command, stdin=given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(child.pid, 0)
        took = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"{' '.join(command)}: exit status {child.returncode}")
    unit = 1 if sys.platform == "darwin" else 1024
    return took, used.ru_utime + used.ru_stime, used.ru_maxrss * unit / 1e6


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as work:
        line, text = Path(work) / "line.txt", Path(work) / "article.txt"
        line.write_text(LINE, encoding="utf-8")
        text.write_text(article(), encoding="utf-8")
        commands = {
            "--version": ["--version"],
            "translate --lines --no-repair": ["translate", "--lines", "--no-repair"],
            "translate --lines": ["translate", "--lines"],
            "brief ARTICLE": ["brief", str(text)],
        }
        print("| command | by the clock, median (least) | processor | memory |\n|---|---|---|---|")
        for shown, arguments in commands.items():
            runs = {binary: [] for binary in sys.argv[1:]}
            for _ in range(RUNS):
                for binary in runs:
                    runs[binary].append(once([binary, *arguments], line))
            for binary, found in runs.items():
                clock, processor, memory = zip(*found)
                who = f" ({binary})" if len(runs) > 1 else ""
                print(f"| `sunto {shown}`{who} | {1e3 * statistics.median(clock):.1f} ms ({1e3 * min(clock):.1f}) | "
                      f"{1e3 * statistics.median(processor):.0f} ms | {max(memory):.0f} MB |")


if __name__ == "__main__":
    main()
