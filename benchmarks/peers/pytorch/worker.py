"""The PyTorch side of `pnpm bench`: the same models and the same work as the unroll side, as a PyTorch user writes them.

Speaks JSON lines: one request on standard input, one answer on standard output. See benchmarks/src/harness/protocol.ts.
"""

import json
import os
import resource
import sys

import torch

from language_model import LanguageModelSession
from products import ProductsSession
from sentence_tagger import SentenceTaggerSession
from stack import StackSession
from tagger import TaggerSession
from translator import TranslatorSession

SESSIONS = {
    "language-model": LanguageModelSession,
    "tagger": TaggerSession,
    "sentence-tagger": SentenceTaggerSession,
    "translator": TranslatorSession,
    "stack": StackSession,
    "products": ProductsSession,
}


def start(request):
    torch.manual_seed(request["seed"])
    torch.set_num_threads(request["threads"])
    session = SESSIONS[request["shape"]["task"]](request)
    configuration = torch.backends.mkldnn.is_available()
    return session, {
        "engine": f"PyTorch {torch.__version__}, {torch.backends.cpu.get_cpu_capability()}, oneDNN {configuration}",
        "threads": torch.get_num_threads(),
        "parameters": session.parameters,
    }


def peak_bytes():
    """Linux tells the peak of this program alone; getrusage counts that of the process that started it, too."""
    if os.path.exists("/proc/self/status"):
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def main():
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


if __name__ == "__main__":
    main()
