"""Errors of transcripts: how many by RapidFuzz, of which kind by another way of counting.

    python -m pip install rapidfuzz==3.14.6
    python make_transcript_goldens.py

writes transcripts.json beside it. Distances of words and of characters are RapidFuzz's; substitutions, insertions and deletions are those of the
way with the most matches among the shortest ones, from a table of pairs (errors, substitutions).
"""
import json
import pathlib
import random

from rapidfuzz import __version__
from rapidfuzz.distance import Levenshtein

draw = random.Random(11)
WORDS = "one two three four five six seven eight nine oh zero don't naïve straße 你好 👍 a an the".split()


def mutate(words):
    result = []
    for word in words:
        kind = draw.random()
        if kind < 0.12:
            continue
        result.append(draw.choice(WORDS) if kind < 0.3 else word[:-1] if kind < 0.35 and len(word) > 1 else word)
        if kind > 0.88:
            result.append(draw.choice(WORDS))
    return result


def counts(reference, hypothesis):
    """substitutions, insertions, deletions: the least errors, then the fewest substitutions"""
    table = [[(j, 0, j, 0) for j in range(len(hypothesis) + 1)]]
    for i, word in enumerate(reference, 1):
        row = [(i, 0, 0, i)]
        for j, other in enumerate(hypothesis, 1):
            e, s, ins, dele = table[i - 1][j - 1]
            ways = [(e, s, ins, dele) if word == other else (e + 1, s + 1, ins, dele)]
            e, s, ins, dele = table[i - 1][j]
            ways.append((e + 1, s, ins, dele + 1))
            e, s, ins, dele = row[j - 1]
            ways.append((e + 1, s, ins + 1, dele))
            row.append(min(ways))
        table.append(row)
    return table[-1][-1][1:]


cases = []
for i in range(120):
    reference = [draw.choice(WORDS) for _ in range(draw.randrange(0, 14))]
    hypothesis = mutate(reference) if i % 4 else [draw.choice(WORDS) for _ in range(draw.randrange(0, 14))]
    distance = Levenshtein.distance(reference, hypothesis)
    substitutions, insertions, deletions = counts(reference, hypothesis)
    assert substitutions + insertions + deletions == distance
    cases.append(
        {
            "reference": " ".join(reference),
            "hypothesis": " ".join(hypothesis),
            "wordErrors": distance,
            "substitutions": substitutions,
            "insertions": insertions,
            "deletions": deletions,
            "characterErrors": Levenshtein.distance(" ".join(reference), " ".join(hypothesis)),
        }
    )
golden = {
    "generator": "make_transcript_goldens.py",
    "rapidfuzz": __version__,
    "words": sum(len(case["reference"].split()) for case in cases),
    "characters": sum(len(case["reference"]) for case in cases),
    "cases": cases,
}
path = pathlib.Path(__file__).with_name("transcripts.json")
path.write_text(json.dumps(golden, ensure_ascii=False, separators=(",", ":")) + "\n")
