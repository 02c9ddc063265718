"""Writes likelihoods.json: log-probabilities of torch.distributions with their gradients by raw outputs, distribution
functions of scipy, and values of special functions.

Run: python make_likelihood_goldens.py   (torch 2.13, scipy)
"""

import json
import pathlib

import scipy.special
import scipy.stats
import torch
from torch.nn.functional import softplus

torch.set_default_dtype(torch.float64)

REAL = [-3.7, -0.2, 0.0, 0.41, 2.5, 19.0]
COUNTS = [0, 1, 3, 17, 240]
AMOUNTS = [0.0, 0.013, 0.8, 3.1, 22.0]
RAW = [[0.3, -0.7, 1.1], [-2.1, 1.9, -3.2], [1.7, -4.5, 6.3], [0.05, 3.3, 0.4]]
SCALES = [1.0, 7.25, 0.4]


def gaussian(raw, scale):
    sigma = softplus(raw[1]) + 1e-4
    return torch.distributions.Normal(raw[0], sigma), scipy.stats.norm(raw[0].item(), sigma.item())


def student_t(raw, scale):
    sigma, nu = softplus(raw[1]) + 1e-4, 2 + softplus(raw[2])
    return torch.distributions.StudentT(nu, raw[0], sigma), scipy.stats.t(nu.item(), raw[0].item(), sigma.item())


def poisson(raw, scale):
    rate = scale * (softplus(raw[0]) + 1e-6)
    return torch.distributions.Poisson(rate), scipy.stats.poisson(rate.item())


def negative_binomial(raw, scale):
    mu = scale * (softplus(raw[0]) + 1e-6)
    alpha = softplus(raw[1]) / scale**0.5 + 1e-4
    ours = torch.distributions.NegativeBinomial(1 / alpha, logits=torch.log(alpha * mu))
    return ours, scipy.stats.nbinom(1 / alpha.item(), 1 / (1 + alpha.item() * mu.item()))


def gamma(raw):
    mu, k = softplus(raw[1]) + 1e-3, softplus(raw[2]) + 1e-3
    return torch.distributions.Gamma(k, k / mu), scipy.stats.gamma(k.item(), scale=mu.item() / k.item())


def case(name, value, raw, scale):
    outputs = {"gaussian": 2, "student-t": 3, "poisson": 1, "negative-binomial": 2, "zero-inflated-gamma": 3}[name]
    tensor = torch.tensor(raw[:outputs], requires_grad=True)
    target = torch.tensor(float(value))
    if name == "zero-inflated-gamma":
        positive, reference = gamma(tensor)
        log_zero = torch.nn.functional.logsigmoid(tensor[0])
        log_prob = log_zero if value == 0 else torch.nn.functional.logsigmoid(-tensor[0]) + positive.log_prob(target)
        zero = torch.sigmoid(tensor[0]).item()
        cumulative = zero + (1 - zero) * reference.cdf(value)
        mean = (1 - zero) * positive.mean.item()
    else:
        make = {"gaussian": gaussian, "student-t": student_t, "poisson": poisson, "negative-binomial": negative_binomial}
        ours, reference = make[name](tensor, scale)
        log_prob, cumulative, mean = ours.log_prob(target), reference.cdf(value), ours.mean.item()
    log_prob.backward()
    return {
        "likelihood": name,
        "value": value,
        "raw": raw[:outputs],
        "scale": scale,
        "logProbability": log_prob.item(),
        "gradient": tensor.grad.tolist(),
        "cumulative": float(cumulative),
        "mean": mean,
    }


def main():
    cases = []
    for name, values, scales in [
        ("gaussian", REAL, [1.0]),
        ("student-t", REAL, [1.0]),
        ("poisson", COUNTS, SCALES),
        ("negative-binomial", COUNTS, SCALES),
        ("zero-inflated-gamma", AMOUNTS, [1.0]),
    ]:
        cases += [case(name, v, raw, scale) for v in values for raw in RAW for scale in scales]
    points = [1e-4, 0.03, 0.5, 1.0, 1.4616321449683622, 2.0, 3.7, 9.99, 10.0, 42.5, 1e4]
    result = {
        "generator": "make_likelihood_goldens.py",
        "cases": cases,
        "logGamma": [[x, float(scipy.special.gammaln(x))] for x in points],
        "digamma": [[x, float(scipy.special.digamma(x))] for x in points],
        "lowerGamma": [[a, x, float(scipy.special.gammainc(a, x))] for a in (0.05, 0.5, 3.2, 90.0) for x in (0.01, 0.7, 4.0, 95.0)],
        "regularisedBeta": [
            [x, a, b, float(scipy.special.betainc(a, b, x))]
            for x in (0.003, 0.4, 0.93)
            for a, b in ((0.5, 0.5), (2.3, 0.5), (4.0, 17.0), (300.0, 2.0))
        ],
    }
    path = pathlib.Path(__file__).parent / "likelihoods.json"
    path.write_text(json.dumps(result, indent=1) + "\n")


main()
