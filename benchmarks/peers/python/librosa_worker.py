"""The librosa side of `pnpm bench --audio`: log-mel features, as a user of librosa computes them."""

import librosa
import numpy as np
from threadpoolctl import threadpool_limits

from made_data import made_sound
from serving import serve, time_repetitions


class LogMelSession:
    def __init__(self, request):
        self.shape = request["shape"]
        self.sound = made_sound(self.shape["seconds"] * self.shape["sampleRate"])

    def run(self, work, count, budget_ms):
        features = None

        def compute():
            nonlocal features
            features = self.features()

        ms = time_repetitions(count, budget_ms, compute)
        return {"ms": ms, "meanDecibels": float(np.mean(features, dtype=np.float64))}

    def features(self):
        power = librosa.feature.melspectrogram(
            y=self.sound,
            sr=self.shape["sampleRate"],
            n_fft=self.shape["fftSize"],
            hop_length=self.shape["hopLength"],
            win_length=self.shape["windowLength"],
            n_mels=self.shape["mels"],
            fmin=self.shape["lowHertz"],
        )
        return librosa.power_to_db(power, top_db=None)


def start(request):
    if request["shape"]["task"] != "log-mel":
        raise ValueError(f"librosa has no {request['shape']['task']}")
    threadpool_limits(request["threads"])
    return LogMelSession(request), {
        "engine": f"librosa {librosa.__version__}, NumPy {np.__version__}",
        "threads": request["threads"],
        "parameters": 0,
    }


if __name__ == "__main__":
    serve(start)
