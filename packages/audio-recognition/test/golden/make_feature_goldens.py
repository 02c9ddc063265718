"""Features of made-up sounds, by librosa and by Kaldi's published formulas.

    python3 -m venv venv && venv/bin/pip install librosa==0.11.0 transformers==5.18.0 numpy scipy
    venv/bin/python make_feature_goldens.py > features.json

librosa: its own functions on float64 samples (on float32 samples its log-mel differs from that by up to 2e-5, its MFCC by up to 5e-4, which is
the rounding of float32). kaldi: neither Kaldi nor torchaudio could be installed; so log-mel is `spectrogram` of transformers' audio_utils, which was written
to give torchaudio.compliance.kaldi's numbers, and everything, that log-mel too, is computed a second time here from Kaldi's published formulas
(feat/feature-window.cc, mel-computations.cc, feature-mfcc.cc, feature-functions.cc), in numpy without a look at ours. The script stops where the two differ.
"""

import json
import sys

import librosa
import numpy as np
import scipy.fft
from transformers import audio_utils

RATE = 8000


def sounds():
    """16-bit numbers; features.test.ts reads them from the file."""
    random = np.random.default_rng(7)
    t = np.arange(2403) / RATE
    pitch = 2 * np.pi * np.cumsum(120 + 60 * t / t[-1]) / RATE
    voice = sum(np.sin(k * pitch) / k * (1 + np.cos(k / 3)) for k in range(1, 20)) * np.hanning(t.size)
    mixed = 0.2 * voice + 0.002 * random.standard_normal(t.size)
    steps = np.where((t * 200).astype(int) % 2 == 0, 0.9, -0.7)
    clicks = np.zeros(t.size)
    clicks[[0, 799, 1500]] = 1.0
    return {
        "voice": mixed,
        "tone": 0.5 * np.sin(2 * np.pi * 1000 * t) + 0.3,
        "steps": steps,
        "clicks": clicks,
        "quiet": 2e-5 * random.standard_normal(t.size) + 1e-3,
        "short": mixed[900:1101],
    }


def quantised(sound):
    return np.clip(np.round(sound * 32767), -32768, 32767).astype(int)


def librosa_features(samples, config):
    y = samples.astype(np.float64) / 32768
    window = config.get("window", "hann")
    length, hop = round(config["windowSeconds"] * RATE), round(config["hopSeconds"] * RATE)
    shape = dict(n_fft=config["fftSize"], hop_length=hop, win_length=length, window="boxcar" if window == "rectangular" else window)
    power = np.abs(librosa.stft(y=y, pad_mode="constant", **shape)) ** 2
    decibels = lambda x: librosa.power_to_db(x, ref=1.0, amin=1e-10, top_db=None)
    if config["kind"] == "log-spectrogram":
        rows = decibels(power)
    else:
        mel = librosa.feature.melspectrogram(
            S=power, sr=RATE, n_mels=config["mels"], fmin=config["lowHertz"], fmax=config.get("highHertz") or RATE / 2, n_fft=config["fftSize"], dtype=np.float64
        )
        rows = decibels(mel)
    if config["kind"] == "mfcc":
        rows = librosa.feature.mfcc(S=rows, n_mfcc=config["coefficients"], lifter=config["lifter"])
    if config.get("energy"):
        rms = librosa.feature.rms(y=y, frame_length=length, hop_length=hop, center=True, pad_mode="constant", dtype=np.float64)
        rows = np.concatenate([decibels(rms**2), rows])
    order = config.get("deltas", 0)
    width = 2 * config.get("deltaWindow", 2) + 1
    differences = [librosa.feature.delta(rows, width=width, order=o) for o in range(1, order + 1)]
    return np.concatenate([rows, *differences]).T


def kaldi_windows(samples, config):
    length, hop = int(config["windowSeconds"] * RATE + 1e-6), int(config["hopSeconds"] * RATE + 1e-6)
    count = 1 + (len(samples) - length) // hop
    frames = np.stack([samples[k * hop : k * hop + length] for k in range(count)]).astype(np.float64)
    frames -= frames.mean(axis=1, keepdims=True)
    energy = np.log(np.maximum(np.sum(frames**2, axis=1), np.finfo(np.float32).eps))
    frames = np.concatenate([frames[:, :1] * (1 - 0.97), frames[:, 1:] - 0.97 * frames[:, :-1]], axis=1)
    angle = 2 * np.pi * np.arange(length) / (length - 1)
    window = {"hamming": 0.54 - 0.46 * np.cos(angle)}.get(config.get("window"), (0.5 - 0.5 * np.cos(angle)) ** 0.85)
    return frames * window, energy


def kaldi_mel_banks(config, size):
    mel = lambda f: 1127 * np.log(1 + f / 700)
    high = config.get("highHertz", 0)
    high = high if high > 0 else RATE / 2 + high
    low_mel, high_mel = mel(config["lowHertz"]), mel(high)
    delta = (high_mel - low_mel) / (config["mels"] + 1)
    banks = np.zeros((config["mels"], size // 2 + 1))
    for m in range(config["mels"]):
        left, center, right = low_mel + m * delta, low_mel + (m + 1) * delta, low_mel + (m + 2) * delta
        for i in range(size // 2):
            place = mel(i * RATE / size)
            if left < place < right:
                banks[m, i] = (place - left) / (center - left) if place <= center else (right - place) / (right - center)
    return banks


def kaldi_features(samples, config):
    windows, energy = kaldi_windows(samples, config)
    size = config["fftSize"]
    power = np.abs(np.fft.rfft(windows, n=size, axis=1)) ** 2
    log = lambda x: np.log(np.maximum(x, np.finfo(np.float32).eps))
    if config["kind"] == "log-spectrogram":
        rows = log(power)
        rows[:, 0] = energy
    else:
        rows = log(power @ kaldi_mel_banks(config, size).T)
        if not config.get("window"):
            check_against_transformers(samples, config, rows)
    if config["kind"] == "mfcc":
        k = np.arange(config["coefficients"])
        lift = 1 + config["lifter"] / 2 * np.sin(np.pi * k / config["lifter"])
        rows = scipy.fft.dct(rows, type=2, norm="ortho", axis=1)[:, : config["coefficients"]] * lift
        if config.get("energy"):
            rows[:, 0] = energy
    elif config.get("energy") and config["kind"] == "log-mel":
        rows = np.concatenate([energy[:, None], rows], axis=1)
    return kaldi_deltas(rows, config.get("deltas", 0), config.get("deltaWindow", 2))


def kaldi_deltas(rows, order, reach):
    """add-deltas: the scales of order o are those of o - 1 convolved with j / sum of squares; frames outside repeat the first and the last."""
    scales = [np.ones(1)]
    for _ in range(order):
        j = np.arange(-reach, reach + 1)
        scales.append(np.convolve(scales[-1], j / np.sum(j**2)))
    result = []
    for scale in scales:
        half = len(scale) // 2
        places = np.clip(np.arange(len(rows))[:, None] + np.arange(-half, half + 1), 0, len(rows) - 1)
        result.append(np.einsum("j,tjf->tf", scale, rows[places]))
    return np.concatenate(result, axis=1)


def check_against_transformers(samples, config, rows):
    high = config.get("highHertz", 0)
    banks = audio_utils.mel_filter_bank(
        num_frequency_bins=config["fftSize"] // 2 + 1,
        num_mel_filters=config["mels"],
        min_frequency=config["lowHertz"],
        max_frequency=high if high > 0 else RATE / 2 + high,
        sampling_rate=RATE,
        norm=None,
        mel_scale="kaldi",
        triangularize_in_mel_space=True,
    )
    length, hop = int(config["windowSeconds"] * RATE + 1e-6), int(config["hopSeconds"] * RATE + 1e-6)
    theirs = audio_utils.spectrogram(
        samples.astype(np.float64),
        audio_utils.window_function(length, "povey", periodic=False),
        frame_length=length,
        hop_length=hop,
        fft_length=config["fftSize"],
        power=2.0,
        center=False,
        preemphasis=0.97,
        mel_filters=banks,
        log_mel="log",
        mel_floor=1.192092955078125e-07,
        remove_dc_offset=True,
        dtype=np.float64,
    ).T
    print(f"kaldi log-mel twice: at most {np.abs(theirs - rows).max():.2g} apart", file=sys.stderr)
    assert np.abs(theirs - rows).max() < 1e-5


BASE = dict(windowSeconds=0.025, hopSeconds=0.01, fftSize=256, mels=23, lowHertz=20)
CONFIGS = [
    dict(BASE, convention="librosa", kind="log-mel"),
    dict(BASE, convention="librosa", kind="log-mel", fftSize=400, windowSeconds=0.05, window="hamming", mels=30, lowHertz=0, highHertz=3300),
    dict(BASE, convention="librosa", kind="log-mel", energy=True, deltas=2, deltaWindow=3),
    dict(BASE, convention="librosa", kind="mfcc", coefficients=13, lifter=22),
    dict(BASE, convention="librosa", kind="log-spectrogram", window="blackman"),
    dict(BASE, convention="kaldi", kind="log-mel"),
    dict(BASE, convention="kaldi", kind="log-mel", energy=True, highHertz=-400, mels=20, deltas=2),
    dict(BASE, convention="kaldi", kind="mfcc", coefficients=13, lifter=22),
    dict(BASE, convention="kaldi", kind="mfcc", coefficients=12, lifter=22, energy=True, window="hamming", deltas=1, deltaWindow=3),
    dict(BASE, convention="kaldi", kind="log-spectrogram"),
]


def main():
    made = {name: quantised(sound) for name, sound in sounds().items()}
    cases = []
    for config in CONFIGS:
        compute = librosa_features if config["convention"] == "librosa" else kaldi_features
        for name, samples in made.items():
            if name == "short" and config.get("deltas") and config["convention"] == "librosa":
                continue  # librosa asks for a whole window of frames
            values = compute(samples, config)
            kept = sorted({0, min(1, len(values) - 1), len(values) // 2, len(values) - 1})
            frames = {str(t): [round(float(x), 6) for x in values[t]] for t in kept}
            cases.append(dict(sound=name, features=config, shape=list(values.shape), frames=frames))
    versions = f"librosa {librosa.__version__}, numpy {np.__version__}"
    sounds_as_lists = {name: samples.tolist() for name, samples in made.items()}
    json.dump(dict(generator="make_feature_goldens.py", versions=versions, sampleRate=RATE, sounds=sounds_as_lists, cases=cases), sys.stdout)
    print()


main()
