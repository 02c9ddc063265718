"""BLEU, chrF and TER of odd sentences, by sacreBLEU itself.

    /tmp/venv/bin/pip install sacrebleu==2.6.0
    /tmp/venv/bin/python make_sacrebleu_goldens.py

writes sacrebleu.json beside it. Sentences are drawn from a list of odd words (numbers, marks, markup, other scripts, characters
beyond U+FFFF, unusual spaces); a hypothesis is its reference with words changed, left out, put in and moved. Some sentences are
rows of a few letters, in which many moves compete; some are empty or long.
"""
import json
import pathlib
import random

from sacrebleu import __version__
from sacrebleu.metrics import BLEU, CHRF, TER
from sacrebleu.significance import PairedTest

WORDS = (
    "the cat sat on a mat . , ! ? 's It's 3.5 1,000 10-20 U.S. well-known -- - -5 1- &amp; &quot; &lt;b&gt; <skipped> don't "
    "«où» „Haus“ … naïve ΟΔΥΣΣΕΥΣ İstanbul straße ẞ 中文 你好 日本語 カタカナ ひらがな 、 。 「x」 ！ ：； é e\u0301 👍 👩‍👩‍👧 ½ ² Ⅷ $5 €10 5% "
    "a/b c:\\d (x) [y] {z} ~ ` ^ _ | + = < > @ # * ... ,, .5 5. 5, ,5 x. .x x,y 1.a a.1 &amp;lt; \ufeff \u200b \x1c \x85 \u3000 "
    "\xa0 \u2028 ＡＢＣ ㈱ 한국어 العربية ९ १२.३ \U00020000 \U0001d400 ー ・ ｡ － ❤️ \u2001 ⺀ 't ''s x's"
).split(' ')
draw = random.Random(6)


def sentence(words):
    return draw.choice([' ', ' ', ' ', '  ', '\t', '']).join(draw.choice(WORDS) for _ in range(words))


def changed(text):
    words = text.split(' ')
    for _ in range(draw.randint(0, 4)):
        place, kind = draw.randrange(len(words) + 1), draw.random()
        if kind < 0.3:
            words[place:place + 1] = [draw.choice(WORDS)]
        elif kind < 0.45:
            del words[place:place + 1]
        elif kind < 0.6:
            words.insert(place, draw.choice(WORDS))
        else:
            moved = words[place:place + draw.randint(1, 5)]
            del words[place:place + len(moved)]
            target = draw.randint(0, len(words))
            words[target:target] = moved
    return ' '.join(words)


def pair(references):
    words = draw.choice([0, 1, 2, 3, 5, 8, 12, 20])
    if draw.random() < 0.3:
        base = ' '.join(draw.choice('abcde') for _ in range(words))
        letters = base.split(' ')
        draw.shuffle(letters)
        return ' '.join(letters), [base] + [changed(base) for _ in range(references - 1)]
    base = sentence(words)
    hypothesis = '' if draw.random() < 0.05 else changed(base)
    return hypothesis, [base] + [changed(base) for _ in range(references - 1)]


def corpus(number):
    references = draw.choice([1, 1, 1, 2, 3])
    pairs = [pair(references) for _ in range(draw.choice([1, 1, 2, 4]))]
    hypotheses = [hypothesis for hypothesis, _ in pairs]
    streams = [[rights[i] for _, rights in pairs] for i in range(references)]
    return {'hypotheses': hypotheses, 'references': [rights for _, rights in pairs], 'scores': list(scores(hypotheses, streams, number))}


def scored(name, options, metric, hypotheses, streams):
    score = metric.corpus_score(hypotheses, streams)
    result = {'metric': name, 'options': options, 'score': score.score, 'signature': str(metric.get_signature())}
    return {**result, 'details': score._verbose} if name == 'bleu' else result


def scores(hypotheses, streams, number):
    for tokenizer in ('13a', ('intl', 'char', 'zh', 'none')[number % 4]):
        smoothing = draw.choice(['exp', 'floor', 'add-k', 'none'])
        value = draw.choice([None, 0.25]) if smoothing in ('floor', 'add-k') else None
        lowercase, effective, order = draw.random() < 0.3, draw.random() < 0.5, draw.choice([4, 4, 2])
        metric = BLEU(tokenize=tokenizer, smooth_method=smoothing, smooth_value=value, lowercase=lowercase,
                      effective_order=effective, max_ngram_order=order)
        options = {'tokenizer': tokenizer, 'smoothing': smoothing, 'lowercase': lowercase, 'effectiveOrder': effective,
                   'maximumOrder': order, **({} if value is None else {'smoothingValue': value})}
        yield scored('bleu', options, metric, hypotheses, streams)
    words, beta = draw.choice([0, 1, 2]), draw.choice([2, 2, 1, 3])
    space, lowercase, epsilon = (draw.random() < 0.3 for _ in range(3))
    yield scored('chrf', {'wordOrder': words, 'whitespace': space, 'lowercase': lowercase, 'epsilonSmoothing': epsilon, 'beta': beta},
                 CHRF(word_order=words, whitespace=space, lowercase=lowercase, eps_smoothing=epsilon, beta=beta), hypotheses, streams)
    normalized, unmarked, asian, cased = (draw.random() < 0.4 for _ in range(4))
    options = {'normalized': normalized, 'removePunctuation': unmarked, 'asianSupport': asian, 'caseSensitive': cased}
    yield scored('ter', options, TER(normalized=normalized, no_punct=unmarked, asian_support=asian, case_sensitive=cased), hypotheses, streams)
    yield scored('ter', {}, TER(), hypotheses, streams)


def defaults():
    """The defaults of each metric, one sentence of which has no match at all."""
    hypotheses = ['The cat sat on the mat, really.', 'Nothing at all', 'It is 3.5 km to go .']
    references = [['The cat is on the mat.', 'There sat a cat on a mat.'], ['Something else here'], ['3.5 km to go!']]
    first = [rights[0] for rights in references]
    single = list(scored(*one, hypotheses, [first]) for one in (('bleu', {}, BLEU()), ('chrf', {}, CHRF()), ('ter', {}, TER())))
    several = [rights + [None] * (2 - len(rights)) for rights in references]
    streams = [[rights[i] for rights in several] for i in range(2)]
    varied = list(scored(*one, hypotheses, streams) for one in (('bleu', {}, BLEU()), ('chrf', {'wordOrder': 2}, CHRF(word_order=2)), ('ter', {}, TER())))
    return [
        {'hypotheses': hypotheses, 'references': [[right] for right in first], 'scores': single},
        {'hypotheses': hypotheses, 'references': references, 'scores': varied},
    ]


def spaced_twice():
    """sacreBLEU tokenises references of TER twice, which shows where a tab stood behind 's."""
    hypotheses, references = ["the dog 's red collar", "it 's Anna's"], ["the dog''s\tred collar", "it's\tAnna's\tdog"]
    options = {'normalized': True, 'removePunctuation': False, 'asianSupport': False, 'caseSensitive': False}
    return [{'hypotheses': hypotheses, 'references': [[r] for r in references],
             'scores': [scored('ter', options, TER(normalized=True), hypotheses, [references])]}]


def long_lines():
    """Sentences of very different length or far apart, for the beam of the edit distance, and one with more moves than are tried."""
    few, many = 'a b c', ' '.join(f'w{i}' for i in range(120))
    loops = [' '.join(draw.choice('abc') for _ in range(40)) for _ in range(2)]
    pairs = [(few, f'{many} a b c'), (f'{many} a b c', few), (many, ' '.join(reversed(many.split()))), tuple(loops)]
    pairs += [(' '.join(['x'] * far + many.split()[:60 - far]), ' '.join(many.split()[:60])) for far in (12, 24, 28, 40)]
    return [{'hypotheses': [h], 'references': [[r]], 'scores': [scored('ter', {}, TER(), [h], [[r]])]} for h, r in pairs]


def tests():
    """p-values of two systems, by sacreBLEU's own random numbers."""
    common = 'the a cat dog sat ran on in mat house big small and with'.split()
    references = [' '.join(draw.choice(common) for _ in range(draw.randint(4, 9))) for _ in range(40)]

    def system(errors):
        return [' '.join(draw.choice(common) if draw.random() < errors else w for w in r.split()) for r in references]

    systems = [('baseline', system(0.3)), ('other', system(0.32))]
    found = {'references': references, 'systems': dict(systems)}
    for kind in ('bs', 'ar'):
        _, results = PairedTest(systems, {'BLEU': BLEU(), 'chrF2': CHRF(), 'TER': TER()}, [references], kind, 2000)()
        found[kind] = {name: {'pValue': results[name][1].p_value, 'mean': float(results[name][1].mean or 0), 'margin': float(results[name][1].ci or 0)}
                       for name in ('BLEU', 'chrF2', 'TER')}
    return found


if __name__ == '__main__':
    cases = defaults() + spaced_twice() + long_lines() + [corpus(number) for number in range(48)]
    golden = {'generator': 'make_sacrebleu_goldens.py', 'sacrebleu': __version__, 'corpora': cases, 'paired': tests()}
    path = pathlib.Path(__file__).parent / 'sacrebleu.json'
    path.write_text(json.dumps(golden, ensure_ascii=True, indent=1) + '\n', encoding='utf8')
