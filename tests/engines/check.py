"""Runs examples/spark_pipe.py and examples/ray_data.py for real, kills a worker in the middle, and compares.

    pip install pyspark 'ray[data]'        # Spark needs Java 17
    python tests/engines/check.py --sunto target/release/sunto [--engine spark|ray] [--articles 300]
    python tests/engines/check.py --sunto target/release/sunto --scaling 1,2,4     # nobody killed: seconds by workers

The briefs of one `sunto` process over the same records are what each engine must give: every record once, in order,
with a line of error for a bad record. Run by hand: it takes minutes, and engines are no dependency of the tests.
"""
import argparse
import glob
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def records(count, sentences):
    """Beginnings of the project's seed articles as records, repeated under other ids; three are no articles."""
    articles = []
    for path in sorted(glob.glob(os.path.join(ROOT, "seeds/articles/*.txt"))):
        article = None
        for line in open(path, encoding="utf-8"):
            line = line.rstrip("\n")
            if line.startswith("#ART"):
                article = {"id": line[5:].strip(), "title": "", "date": "", "text": ""}
            elif line == "BRIEF" and article:
                articles.append(article)
                article = None
            elif article and line.startswith("date:"):
                article["date"] = line[5:].strip()
            elif article and line.startswith("T: "):
                article["title"] = line[3:].split("|||")[0].strip()
            elif article and "|||" in line and article["text"].count("\n") < sentences:
                article["text"] += line.removeprefix("S: ").split("|||")[0].strip() + "\n"
    lines = []
    for i in range(count):
        article = dict(articles[i % len(articles)])
        article["id"] = f"{article['id']}-{i}"
        lines.append(json.dumps(article, ensure_ascii=False))
    for at, bad in ((count // 4, {"id": "no-text"}), (count // 2, {"id": "empty", "text": ""}), (count - 2, {"text": 5})):
        lines[at] = json.dumps(bad)
    return lines


def processes(marker):
    """Ids of processes whose command line begins with `marker`: a path that only this run uses."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                if file.read().split(b"\0")[0].decode(errors="replace") == marker:
                    found.append(int(pid))
        except OSError:
            pass
    return found


def parent(pid):
    """The process that started `pid`: of a `sunto` in Ray, its actor."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        return int(file.read().rpartition(")")[2].split()[1])


def killer(marker, victim, after, killed, stop):
    """Kills one worker, or its actor, `after` seconds from the moment when one is first seen."""
    seen = None
    while not stop.is_set():
        workers = processes(marker)
        seen = seen or (time.monotonic() if workers else None)
        if workers and time.monotonic() - seen > after:
            pid = workers[0] if victim == "worker" else parent(workers[0])
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)
            return
        time.sleep(0.02)


def key(line):
    """What two briefs of one record have in common wherever they were made: not the line number of their stream."""
    value = json.loads(line)
    if "error" in value:
        return "error"
    value["source"]["path"] = None
    return json.dumps(value, sort_keys=True)


def run(engine, sunto, folder, articles, workers, after, victim="worker"):
    out = tempfile.mktemp(prefix=engine, dir=folder)
    script = {"spark": "spark_pipe.py", "ray": "ray_data.py"}[engine]
    split = {"spark": ["--master", f"local[{workers},4]", "--partitions", str(2 * workers)], "ray": ["--workers", str(workers), "--cpus", str(max(workers, os.cpu_count()))]}
    killed, stop = [], threading.Event()
    if after is not None:
        threading.Thread(target=killer, args=(sunto, victim, after, killed, stop), daemon=True).start()
    start = time.monotonic()
    command = [sys.executable, os.path.join(ROOT, "examples", script), articles, out, "--sunto", sunto, *split[engine]]
    done = subprocess.run(command, capture_output=True, text=True)
    took = time.monotonic() - start
    stop.set()
    if done.returncode:
        sys.exit(f"{engine}: exit {done.returncode}\n{done.stderr[-3000:]}")
    lines = []
    for path in sorted(glob.glob(os.path.join(out, "part-*"))):
        lines += open(path, encoding="utf-8").read().splitlines()
    return lines, took, killed


def scaling(engine, sunto, folder, articles, expected, counts):
    """A row a number of workers: seconds in all, and beyond those of three records, which are the engine's own start."""
    few = os.path.join(folder, "few.jsonl")
    with open(articles, encoding="utf-8") as file, open(few, "w", encoding="utf-8") as out:
        out.writelines(file.readline() for _ in range(3))
    first = None
    for workers in counts:
        _, start, _ = run(engine, sunto, folder, few, workers, None)
        lines, took, _ = run(engine, sunto, folder, articles, workers, None)
        assert [key(line) for line in lines] == expected, f"{engine}, {workers} workers: not as one process"
        work = took - start
        first = first or work
        print(f"{engine:<5} {workers} workers   {took:6.1f} s in all, {start:5.1f} s of them start; work {work:6.1f} s, "
              f"{first / work:.2f} times as fast as {counts[0]}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sunto", required=True)
    parser.add_argument("--engine", choices=["spark", "ray"])
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--sentences", type=int, default=3, help="of each article")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--after", type=float, default=2.0, help="seconds until a worker is killed")
    parser.add_argument("--scaling", help="numbers of workers, separated by commas: seconds only, nobody is killed")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        # A path of its own tells the workers of this run from any other sunto of the machine.
        sunto = os.path.join(folder, "sunto")
        os.symlink(os.path.abspath(args.sunto), sunto)
        articles = os.path.join(folder, "articles.jsonl")
        with open(articles, "w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in records(args.articles, args.sentences))
        start = time.monotonic()
        with open(articles, encoding="utf-8") as file:
            alone = subprocess.run(
                [sunto, "--quiet", "--threads", "1", "brief", "-", "--format", "jsonl"],
                stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8",
            )
        expected = [key(line) for line in alone.stdout.splitlines()]
        assert alone.returncode == 1, f"three records are no articles: exit {alone.returncode}"
        assert len(expected) == args.articles and expected.count("error") == 3, (len(expected), expected.count("error"))
        print(f"one process          {args.articles} records in {time.monotonic() - start:6.1f} s", flush=True)
        for engine in [args.engine] if args.engine else ["spark", "ray"]:
            if args.scaling:
                scaling(engine, sunto, folder, articles, expected, [int(n) for n in args.scaling.split(",")])
                continue
            # Spark runs `sunto` in its own process, which is all of a local cluster; Ray in an actor.
            victims = [None, "worker"] + (["actor"] if engine == "ray" else [])
            for victim in victims:
                after = victim and args.after
                lines, took, killed = run(engine, sunto, folder, articles, args.workers, after, victim)
                found = [key(line) for line in lines]
                assert after is None or killed, f"{engine}: no worker was killed"
                assert found == expected, f"{engine}: {len(found)} lines, {sum(a != b for a, b in zip(found, expected))} differ"
                note = f"{victim} {killed[0]} killed" if killed else "nobody killed"
                print(f"{engine:<5} {args.workers} workers      {len(found)} records in {took:6.1f} s, {note}: as one process", flush=True)


if __name__ == "__main__":
    main()
