"""The PyTorch side of `pnpm bench`: the same models and the same work as the unroll side, as a PyTorch user writes them."""

import torch

from connectionist_loss import ConnectionistLossSession
from language_model import LanguageModelSession
from products import ProductsSession
from sentence_tagger import SentenceTaggerSession
from serving import serve
from stack import StackSession
from tagger import TaggerSession
from translator import TranslatorSession

SESSIONS = {
    "language-model": LanguageModelSession,
    "tagger": TaggerSession,
    "sentence-tagger": SentenceTaggerSession,
    "translator": TranslatorSession,
    "ctc": ConnectionistLossSession,
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


if __name__ == "__main__":
    serve(start)
