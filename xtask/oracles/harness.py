"""What the oracles share: counting, and talking to our programs."""

import json
import subprocess
import sys
import traceback
from contextlib import contextmanager

_counts = {"passed": 0, "failed": 0}


def check(name, holds, found=None):
    """Counts a case; a failed one is printed with what was found."""
    _counts["passed" if holds else "failed"] += 1
    if not holds:
        print(f"FAILED {name}" + ("" if found is None else f": {str(found)[:1000]}"), flush=True)
    return bool(holds)


def same(name, found, wanted):
    """Two values are equal."""
    return check(name, found == wanted, {"found": found, "wanted": wanted})


@contextmanager
def scenario(name):
    """Runs one case; an exception fails it, and the rest still runs."""
    try:
        yield
    except Exception:
        check(name, False, traceback.format_exc())


def finish():
    """Prints the count and ends the program."""
    print(f"{_counts['passed']} passed, {_counts['failed']} failed", flush=True)
    sys.exit(0 if _counts["failed"] == 0 else 1)


def answers(command, requests):
    """Gives a program JSON lines and returns its answers, one for each."""
    lines = "".join(json.dumps(request) + "\n" for request in requests)
    done = subprocess.run(command, input=lines, stdout=subprocess.PIPE, encoding="utf-8", check=True)
    told = [json.loads(line) for line in done.stdout.split("\n") if line]
    if len(told) != len(requests):
        raise RuntimeError(f"{command[0]} gave {len(told)} answers to {len(requests)} requests")
    return told
