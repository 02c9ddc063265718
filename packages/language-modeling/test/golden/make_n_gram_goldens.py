"""Interpolated modified Kneser-Ney probabilities, by the formulas of Chen & Goodman 1999 (section 3.3) as they stand.

    python make_n_gram_goldens.py

writes n-gram.json beside it. Nothing but dictionaries and one recursive function: another way than the tries of the package. Lower orders count the words before an n-gram, those that begin with <s> keep their counts,
<s> is never predicted, and the unigrams are interpolated with 1 / |words without <s>|, as KenLM's lmplz does.
"""
import collections
import json
import math
import pathlib
import random

draw = random.Random(3)
WORDS = ["the", "a", "of", "to", "cat", "dog", "ran", "sat", "on", "mat", "hill", "up", "naïve", "don't"]
WEIGHTS = [1 / (i + 1) for i in range(len(WORDS))]


def sentence():
    words = [draw.choices(WORDS, WEIGHTS)[0]]
    while draw.random() > 0.13:
        # some words like to follow others
        words.append(WORDS[(WORDS.index(words[-1]) + 1) % len(WORDS)] if draw.random() < 0.4 else draw.choices(WORDS, WEIGHTS)[0])
    return words


def model(sentences, order, minimum):
    raw = [collections.Counter() for _ in range(order + 1)]
    for words in sentences:
        whole = ["<s>", *words, "</s>"]
        for n in range(1, order + 1):
            for i in range(len(whole) - n + 1):
                raw[n][tuple(whole[i : i + n])] += 1
    adjusted = []
    for n in range(order + 1):
        counts = {}
        for gram in raw[n]:
            if n == order or gram[0] == "<s>":
                counts[gram] = raw[n][gram]
            else:
                counts[gram] = len({longer[0] for longer in raw[n + 1] if longer[1:] == gram})
        adjusted.append(counts)
    adjusted[1].pop(("<s>",))
    vocabulary = {gram[0] for gram in raw[1]} - {"<s>"} | {"<unk>"}
    discounts = []
    for n in range(order + 1):
        t = collections.Counter(adjusted[n].values())
        try:
            y = t[1] / (t[1] + 2 * t[2])
            own = [k - (k + 1) * y * t[k + 1] / t[k] for k in (1, 2, 3)]
            assert all(0 < d <= k + 1 for k, d in enumerate(own))
        except (ZeroDivisionError, AssertionError):
            own = [0.5, 1.0, 1.5]
        discounts.append(own)
    kept = [{gram for gram in raw[n] if n <= 1 or raw[n][gram] >= minimum[n - 1]} for n in range(order + 1)]

    def discount(n, count):
        return discounts[n][min(count, 3) - 1]

    def probability(word, history):
        n = len(history) + 1
        followers = {gram: count for gram, count in adjusted[n].items() if gram[:-1] == history}
        lower = probability(word, history[1:]) if n > 1 else 1 / len(vocabulary)
        total = sum(followers.values())
        if total == 0:
            return lower
        left = sum(discount(n, count) if gram in kept[n] else count for gram, count in followers.items())
        gram = (*history, word)
        own = followers[gram] - discount(n, followers[gram]) if gram in followers and gram in kept[n] else 0
        return own / total + left / total * lower

    return probability, vocabulary, discounts[1:]


def score(probability, vocabulary, order, words):
    history = ("<s>",)
    logarithms = []
    for word in [*words, "</s>"]:
        known = word if word in vocabulary else "<unk>"
        context = history[-(order - 1) :] if order > 1 else ()
        logarithms.append(math.log(probability(known, context)))
        history = (*history, known)
    return logarithms


train = [sentence() for _ in range(160)]
test = [sentence() for _ in range(8)] + [["the", "zebra", "sat"], ["zebra"], ["mat", "hill", "hill", "hill", "up"]]
cases = []
for order, minimum in [(1, [1]), (2, [1, 1]), (3, [1, 1, 1]), (4, [1, 1, 1, 1]), (3, [1, 2, 2]), (4, [1, 1, 2, 3])]:
    probability, vocabulary, discounts = model(train, order, minimum)
    cases.append(
        {
            "order": order,
            "minimumNGramCounts": minimum,
            "discounts": discounts,
            "logProbabilities": [score(probability, vocabulary, order, words) for words in test],
        }
    )
golden = {
    "generator": "make_n_gram_goldens.py",
    "train": [" ".join(words) for words in train],
    "test": [" ".join(words) for words in test],
    "cases": cases,
}
path = pathlib.Path(__file__).with_name("n-gram.json")
path.write_text(json.dumps(golden, ensure_ascii=False, separators=(",", ":")) + "\n")
