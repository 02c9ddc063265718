"""Scores of random rows of tags, by the definition of conlleval (Tjong Kim Sang & Buchholz 2000).

    /tmp/venv/bin/python make_conlleval_goldens.py     (Python 3 and nothing else)

writes conlleval.json beside it. The predicates chunk_starts and chunk_ends are tables over pairs of neighbouring prefixes: of
the Perl script for the sets BIO and IEO, of its extensions to single tokens for BIOES. Chunks that are correct are counted by
comparing, position by position, where a chunk starts and how far it reaches.
"""
import json
import pathlib
import random

STARTS = {'BB', 'IB', 'OB', 'EB', 'SB', 'OI', 'EI', 'SI', 'OE', 'EE', 'SE', 'BS', 'IS', 'OS', 'ES', 'SS'}
ENDS = {'BB', 'BO', 'BS', 'IB', 'IO', 'IS', 'EB', 'EI', 'EE', 'EO', 'ES', 'SB', 'SI', 'SE', 'SO', 'SS'}


def parts(tag):
    prefix, hyphen, kind = tag.partition('-')
    return (prefix, kind) if hyphen else (tag, '')


def chunk_starts(before, here):
    return before[0] + here[0] in STARTS or (here[0] != 'O' and before[1] != here[1])


def chunk_ends(before, here):
    return before[0] + here[0] in ENDS or (before[0] != 'O' and before[1] != here[1])


def reaches(row):
    """By start of a chunk: its type and its end."""
    padded = [('O', '')] + [parts(tag) for tag in row] + [('O', '')]
    found = {}
    for i in range(1, len(padded) - 1):
        if chunk_starts(padded[i - 1], padded[i]):
            end = i + 1
            while not chunk_ends(padded[end - 1], padded[end]):
                end += 1
            found[i - 1] = (padded[i][1], end - 1)
    return found


def counts(pairs):
    sums = dict(tokens=0, correct=0, matched=0, gold=0, predicted=0)
    for gold, predicted in pairs:
        a, b = reaches(gold), reaches(predicted)
        sums['tokens'] += len(gold)
        sums['correct'] += sum(x == y for x, y in zip(gold, predicted))
        sums['matched'] += sum(b.get(start) == chunk for start, chunk in a.items())
        sums['gold'] += len(a)
        sums['predicted'] += len(b)
    return sums


def scores(sums):
    precision = sums['matched'] / sums['predicted'] if sums['predicted'] else 0.0
    recall = sums['matched'] / sums['gold'] if sums['gold'] else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return dict(accuracy=sums['correct'] / sums['tokens'], precision=precision, recall=recall, f1=f1)


def random_case(name, prefixes, generator):
    tags = ['O'] + [f'{prefix}-{kind}' for prefix in prefixes for kind in ('PER', 'LOC')]
    pairs = []
    for _ in range(40):
        gold = [generator.choice(tags) for _ in range(generator.randint(0, 9))]
        predicted = [tag if generator.random() < 0.7 else generator.choice(tags) for tag in gold]
        pairs.append([' '.join(gold), ' '.join(predicted)])
    sums = counts([(gold.split(), predicted.split()) for gold, predicted in pairs])
    return dict(name=name, sentences=pairs, counts=sums, scores=scores(sums))


generator = random.Random(7)
cases = [random_case(name, prefixes, generator) for name, prefixes in (('BIO', 'BI'), ('IEO', 'IE'), ('BIOES', 'BIES'))]
path = pathlib.Path(__file__).parent / 'conlleval.json'
path.write_text(json.dumps(dict(generator='make_conlleval_goldens.py', cases=cases), indent=1) + '\n')
