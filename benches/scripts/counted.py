"""Runs of `cost`: instructions under callgrind, allocations as it counts them itself, and times.

Each thing runs a few times and then many more times; the difference is free of start-up. valgrind is
Debian's package.
"""

import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def build(features, binary="cost"):
    if not shutil.which("valgrind"):
        sys.exit("valgrind is missing: apt-get install valgrind")
    target = os.environ.get("CARGO_TARGET_DIR", os.path.join(HERE, "target"))
    subprocess.run(
        ["cargo", "build", "--release", "--quiet", "--bin", binary,
         "--manifest-path", f"{HERE}/Cargo.toml", *features],
        check=True,
    )
    return os.path.join(target, "release", binary)


def printed(program, *words):
    return subprocess.run(
        [program, *map(str, words)], capture_output=True, text=True, check=True
    ).stdout


def listed(program, group):
    """Pairs of a name and its numbers of layers."""
    for line in printed(program, "list", group).splitlines():
        name, messages, layers = line.split("\t")
        yield name, int(messages), [int(n) for n in layers.split()]


def collected(program, name, layers, times):
    run = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
         program, "run", name, str(layers), str(times)],
        capture_output=True, text=True, check=True,
    )
    return int(re.search(r"Collected : (\d+)", run.stderr).group(1))


def instructions(program, name, layers, few=50, many=550):
    """For one run."""
    base = collected(program, name, layers, few)
    return (collected(program, name, layers, many) - base) / (many - few)


def allocations(program, name, layers):
    """For one run."""
    return float(printed(program, "allocations", name, layers))


def verdict(holds, text):
    print(f"{'ok' if holds else 'TOO MUCH'}: {text}", flush=True)
    return holds
