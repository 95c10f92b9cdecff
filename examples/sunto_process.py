"""One long-lived `sunto` process that answers lines with lines, in order: what an engine's worker holds.

`sunto translate --lines` and `sunto brief - --format jsonl` give one line out for each line in and flush what they
have answered. A process that dies is started again, and only the lines that it left without an answer are asked once
more: nothing is lost, nothing is there twice.
"""
import subprocess
import threading


class Died(RuntimeError):
    """The process ended before it answered all lines, more often than it may."""


class Sunto:
    """`ask(lines)` gives the answers in order. `restarts` bounds how often one call may start the process again."""

    def __init__(self, command, restarts=2):
        self.command = list(command)
        self.restarts = restarts
        self.process = None

    def ask(self, lines):
        lines = [line.replace("\r", " ").replace("\n", " ") for line in lines]
        answers = []
        for _ in range(self.restarts + 1):
            answers += self._ask(lines[len(answers):])
            if len(answers) == len(lines):
                return answers
            self.close()
        raise Died(f"`{' '.join(self.command)}` answered {len(answers)} of {len(lines)} lines")

    def _ask(self, lines):
        """Answers to the first lines: all, or as many as came before the process ended."""
        if self.process is None or self.process.poll() is not None:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
            )
        process = self.process
        # Lines are written beside the reading: a long batch would fill both pipes and stop both sides.
        writer = threading.Thread(target=_write, args=(process.stdin, lines), daemon=True)
        writer.start()
        answers = []
        while len(answers) < len(lines):
            line = process.stdout.readline()
            if not line.endswith("\n"):  # the end, or half a line
                break
            answers.append(line[:-1])
        writer.join()
        return answers

    def close(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            for pipe in (self.process.stdin, self.process.stdout):
                try:
                    pipe.close()
                except OSError:
                    pass
            self.process = None


def _write(pipe, lines):
    try:
        for line in lines:
            pipe.write(line + "\n")
        pipe.flush()
    except (OSError, ValueError):
        pass  # the process is gone: the reading side sees it
