"""Runs Autobahn's cases against a program that echoes websockets at /echo; see scripts/autobahn."""

import asyncio
import collections
import os
import subprocess
import sys
import time

import kosoku

GROUPS = ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "9.*", "10.*"]

# What Autobahn has in these groups: a case that is not run must not look passed.
CASES = {"1": 16, "2": 11, "3": 7, "4": 10, "5": 20, "6": 145, "7": 37, "9": 54, "10": 1}

PASSED = {"OK", "NON-STRICT", "INFORMATIONAL"}


async def cases(address):
    try:
        return await kosoku.run_fuzzingclient(address, GROUPS, None, concurrency=4)
    except kosoku.FailureError as failure:
        return failure.results


def judge(runtime, results, seconds):
    """Prints what happened, and says whether everything passed."""
    counts = collections.Counter(result.case_id.split(".")[0] for result in results)
    failed = []
    for result in results:
        verdicts = result.behavior.value, result.behavior_close.value
        if not PASSED.issuperset(verdicts):
            failed.append(result)
            print(f"{runtime}: {result.case_id} {verdicts[0]}, close {verdicts[1]}")
            print(f"    {result.result}\n    {result.result_close}")
    verdicts = collections.Counter(result.behavior.value for result in results)
    listed = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common())
    print(f"{runtime}: {len(results)} cases in {seconds:.0f} s: {listed}; {len(failed)} failed")
    if counts != CASES:
        print(f"{runtime}: expected the cases {CASES}, ran {dict(counts)}")
    return not failed and counts == CASES


def run(program, runtime):
    command = [program, "--listen", "127.0.0.1:0", "--runtime", runtime]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as site:
        try:
            address = site.stdout.readline().strip().removeprefix("listening on http://")
            begun = time.monotonic()
            results = asyncio.run(cases(f"ws://{address}/echo"))
            return judge(runtime, results, time.monotonic() - begun)
        finally:
            site.terminate()


def main():
    program, *runtimes = sys.argv[1:]
    passed = [run(program, runtime) for runtime in runtimes or ["tokio", "async-std", "smol"]]
    sys.stdout.flush()
    # kosoku's threads abort an interpreter that ends in the usual way.
    os._exit(0 if all(passed) else 1)


if __name__ == "__main__":
    main()
