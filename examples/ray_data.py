"""Briefs of many articles with Ray Data: one long-lived `sunto` an actor.

    python examples/ray_data.py articles.jsonl briefs --workers 2

`articles.jsonl` has a record a line: {"id", "title", "date", "text"}. `briefs` gets files of one brief a line; a record
that is no article has a line {"error", "input"} in the place of its brief. Ray starts a lost actor again and gives it
its batch once more; a lost `sunto` is started again by its actor.
"""
import argparse
import os
import sys

import ray

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from sunto_process import Sunto  # noqa: E402


class Brief:
    """An actor: loads the model once, then answers batch after batch."""

    def __init__(self, command):
        self.sunto = Sunto(command)

    def __call__(self, batch):
        return {"brief": self.sunto.ask(str(line) for line in batch["text"])}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("articles", help="a .jsonl file or a folder of them")
    parser.add_argument("briefs", help="a new folder")
    parser.add_argument("--workers", type=int, default=2, help="actors, each with a sunto process")
    parser.add_argument("--threads", type=int, default=1, help="processor threads of each")
    parser.add_argument("--batch", type=int, default=16, help="articles an actor gets at a time")
    parser.add_argument("--cpus", type=int, help="processors that a Ray of its own may count on; by default the machine's")
    parser.add_argument("--sunto", default="sunto", help="the program")
    args = parser.parse_args()

    here = os.path.dirname(os.path.abspath(__file__))
    ray.init(runtime_env={"env_vars": {"PYTHONPATH": here}}, include_dashboard=False, log_to_driver=False, num_cpus=args.cpus)
    ray.data.DataContext.get_current().execution_options.preserve_order = True
    command = [args.sunto, "--quiet", "--threads", str(args.threads), "brief", "-", "--format", "jsonl"]
    # Reading asks for no processor of its own: on a small machine the actors hold them all.
    briefs = ray.data.read_text(args.articles, ray_remote_args={"num_cpus": 0}).map_batches(
        Brief,
        fn_constructor_args=(command,),
        batch_size=args.batch,
        num_cpus=args.threads,
        compute=ray.data.ActorPoolStrategy(size=args.workers),
    )
    os.makedirs(args.briefs)
    # A file a block, by rename: a reader sees whole files only.
    for number, batch in enumerate(briefs.iter_batches(batch_size=256)):
        path = os.path.join(args.briefs, f"part-{number:05}.jsonl")
        with open(path + ".part", "w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in batch["brief"])
        os.replace(path + ".part", path)


if __name__ == "__main__":
    main()
