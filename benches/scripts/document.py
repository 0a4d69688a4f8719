"""Puts a table into docs/BENCHMARKS.md, between the two marks of its name."""

import os
import re

HERE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def write(name, table):
    path = os.path.join(HERE, "docs", "BENCHMARKS.md")
    with open(path, encoding="utf-8") as document:
        text = document.read()
    marked = re.compile(f"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.S)
    text, found = marked.subn(lambda m: m.group(1) + "\n".join(table) + "\n" + m.group(2), text)
    if not found:
        raise SystemExit(f"{path} has no place marked <!-- {name} -->")
    with open(path, "w", encoding="utf-8") as document:
        document.write(text)
