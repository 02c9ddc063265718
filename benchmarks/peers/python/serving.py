"""What the workers share: the answers to requests, and timing.

JSON lines: one request on standard input, one answer on standard output. See benchmarks/src/harness/protocol.ts.
"""

import json
import os
import resource
import sys
import time


def time_repetitions(count, budget_ms, repeat):
    """Times `repeat` again and again: `count` times, fewer once the budget is over, at least once."""
    ms = []
    began = time.perf_counter()
    while not ms or (len(ms) < count and (time.perf_counter() - began) * 1e3 < budget_ms):
        started = time.perf_counter()
        repeat()
        ms.append((time.perf_counter() - started) * 1e3)
    return ms


def peak_bytes():
    """Linux tells the peak of this program alone; getrusage counts that of the process that started it, too."""
    if os.path.exists("/proc/self/status"):
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def serve(start):
    """Answers until standard input ends. `start` makes the session of a request and what is told of it."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    session = None
    for line in sys.stdin:
        request = json.loads(line)
        if request["request"] == "start":
            session, answer = start(request)
        elif request["request"] == "run":
            answer = session.run(request["work"], request["count"], request["budgetMs"])
        elif request["request"] == "memory":
            answer = {"peakBytes": peak_bytes()}
        else:
            raise ValueError(f"unknown request {request['request']!r}")
        answers.write(json.dumps(answer) + "\n")
