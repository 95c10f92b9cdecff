"""Function words of both languages, as `src/text/words.rs` lists them."""
import os, re


def stops(name):
    here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../src/text/words.rs")
    text = re.search(name + r': &str = "(.*?)";', open(here, encoding="utf-8").read(), re.S)[1]
    return set(re.sub(r"\\\s*", " ", text).split())


STOP_IT, STOP_EN = stops("STOP_IT"), stops("STOP_EN")
