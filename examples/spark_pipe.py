"""Briefs of many articles with Apache Spark: `pipe` through one `sunto` a partition.

    python examples/spark_pipe.py articles.jsonl briefs --master 'local[2,4]' --partitions 8

`articles.jsonl` has a record a line: {"id", "title", "date", "text"}. `briefs` gets Spark's part files of one brief a
line, in the order of the records; a record that is no article has a line {"error", "input"} in the place of its brief.
A task whose `sunto` is killed fails, is tried again from its first record, and only whole tasks are committed.
"""
import argparse
import shlex

from pyspark.sql import SparkSession

# 1 says that some records were no articles: they have their lines. Anything above fails the task.
COMMAND = "{sunto} --quiet --threads {threads} brief - --format jsonl; test $? -le 1"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("articles", help="a .jsonl file or a folder of them")
    parser.add_argument("briefs", help="a new folder")
    parser.add_argument("--master", default="local[2,4]", help="Spark's master; local[N] alone never tries a task again, local[N,F] up to F times")
    parser.add_argument("--partitions", type=int, default=8, help="a sunto starts for each: some hundred articles or more")
    parser.add_argument("--threads", type=int, default=1, help="processor threads of each sunto")
    parser.add_argument("--sunto", default="sunto", help="the program, on every worker")
    args = parser.parse_args()

    spark = (
        SparkSession.builder.appName("sunto")
        .master(args.master)
        .config("spark.task.maxFailures", "4")
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
    command = COMMAND.format(sunto=shlex.quote(args.sunto), threads=args.threads)
    records = spark.sparkContext.textFile(args.articles, args.partitions)
    # A shell around it, because `pipe` fails a task at any status but 0.
    records.pipe(f"sh -c {shlex.quote(command)}", checkCode=True).saveAsTextFile(args.briefs)
    spark.stop()


if __name__ == "__main__":
    main()
