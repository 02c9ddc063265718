"""Writes class-scores.json: scores of classes and detection errors by scikit-learn and by brute force.

    /tmp/venv/bin/python packages/audio-recognition/test/golden/class-scores.py
"""

import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    precision_recall_fscore_support,
    roc_auc_score,
    roc_curve,
    top_k_accuracy_score,
)

random = np.random.default_rng(7)


def classes():
    count, clips = 7, 60
    gold = random.integers(0, count - 1, clips)  # the last class never occurs
    logits = np.round(random.normal(size=(clips, count)) + 0.5 * np.eye(count)[gold], 4)
    predicted = logits.argmax(axis=1)
    labels = list(range(count))
    precision, recall, f1, _ = precision_recall_fscore_support(gold, predicted, labels=labels, zero_division=0)
    present = sorted(set(gold) | set(predicted))
    return {
        "logits": logits.tolist(),
        "gold": gold.tolist(),
        "accuracy": accuracy_score(gold, predicted),
        "top5": top_k_accuracy_score(gold, logits, k=5, labels=labels),
        "confusion": confusion_matrix(gold, predicted, labels=labels).tolist(),
        "precision": precision.tolist(),
        "recall": recall.tolist(),
        "f1": f1.tolist(),
        "macroF1": float(np.mean(f1[present])),
    }


def equal_error_rate(scores, positive):
    """By brute force: the two error rates at every threshold, joined by straight lines, walked in a million steps."""
    order = [np.inf, *sorted(set(scores), reverse=True)]
    false = np.array([np.mean(scores[~positive] >= t) for t in order])
    miss = np.array([np.mean(scores[positive] < t) for t in order])
    along = np.linspace(0, len(order) - 1, 1_000_001)
    gap = np.abs(np.interp(along, range(len(order)), false) - np.interp(along, range(len(order)), miss))
    best = along[gap.argmin()]
    return float(np.interp(best, range(len(order)), false))


def minimum_cost(scores, positive, prior, miss_cost, false_cost):
    costs = [
        miss_cost * prior * np.mean(scores[positive] < t) + false_cost * (1 - prior) * np.mean(scores[~positive] >= t)
        for t in [np.inf, *scores]
    ]
    return float(min(costs) / min(miss_cost * prior, false_cost * (1 - prior)))


def detection(decimals, share):
    positive = random.random(80) < share
    scores = np.round(random.normal(size=80) + 1.2 * positive, decimals)
    false, true, thresholds = roc_curve(positive, scores, drop_intermediate=False)
    return {
        "scores": scores.tolist(),
        "positive": positive.tolist(),
        "falsePositiveRates": false.tolist(),
        "truePositiveRates": true.tolist(),
        "thresholds": thresholds[1:].tolist(),
        "areaUnder": roc_auc_score(positive, scores),
        "equalErrorRate": equal_error_rate(scores, positive),
        "costs": [
            {"prior": 0.01, "cost": minimum_cost(scores, positive, 0.01, 1, 1)},
            {"prior": 0.3, "cost": minimum_cost(scores, positive, 0.3, 1, 1)},
            {"prior": 0.05, "missCost": 10, "falseAlarmCost": 2, "cost": minimum_cost(scores, positive, 0.05, 10, 2)},
        ],
    }


values = {
    "generator": Path(__file__).name,
    "versions": {"scikit-learn": sklearn.__version__, "numpy": np.__version__},
    "classes": classes(),
    # Many equal scores in the second one.
    "detections": [detection(4, 0.5), detection(0, 0.3), detection(4, 0.1)],
}
Path(__file__).with_suffix(".json").write_text(json.dumps(values, indent=1) + "\n")
