"""Writes baselines.json: exponential smoothing at given parameters (likelihood, point forecasts, standard deviations), the
greatest likelihoods that statsmodels finds, classical decomposition, simple exponential smoothing, and the Theta method put
together from statsmodels' parts.

Run: python make_baseline_goldens.py   (statsmodels 0.15, numpy)
"""

import json
import math
import pathlib
import warnings

import numpy as np
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.holtwinters import SimpleExpSmoothing
from statsmodels.tsa.seasonal import seasonal_decompose

warnings.filterwarnings("ignore")

HORIZON = 7
PATHS = 40000


def seasonal_series(count, seasonality):
    pattern = [1 + 0.2 * math.sin(1.3 * k) + 0.1 * math.cos(2.9 * k) for k in range(seasonality)]
    return [
        round((40 + 0.35 * t + 3 * math.sin(t * 0.17)) * pattern[t % seasonality] * (1 + 0.03 * math.sin(37.1 * t * t)), 3)
        for t in range(count)
    ]


def plain_series(count):
    return [round(20 + 4 * math.sin(0.21 * t) + 1.5 * math.sin(12.9898 * t * t), 3) for t in range(count)]


SERIES = {
    "quarterly": (seasonal_series(61, 4), 4),
    "weekly": (seasonal_series(80, 7), 7),
    "plain": (plain_series(50), 1),
}
NAMES = {"add": "additive", "mul": "multiplicative", None: "none"}


def forms(seasonality):
    for error in ["add", "mul"]:
        for trend, damped in [(None, False), ("add", False), ("add", True)]:
            for season in [None, "add", "mul"] if seasonality > 1 else [None]:
                if (error, season) != ("add", "mul"):
                    yield error, trend, damped, season


def multiplied_season(values, form, params):
    """Multiplicative errors and season as in table 2.3 of Hyndman et al. 2008, where s(t) = s(t-m)(1 + gamma e(t)):
    statsmodels divides by the new level instead. Log-likelihood, scale, forecasts, deviations of simulated paths."""
    _, trend, damped, _ = form
    rest = list(params)
    alpha = rest.pop(0)
    beta = rest.pop(0) if trend else 0.0
    gamma = rest.pop(0)
    phi = rest.pop(0) if damped else 1.0
    level = rest.pop(0)
    slope = rest.pop(0) if trend else 0.0
    season = rest[::-1]
    m = len(season)

    def advance(state, t, error):
        level, slope, season = state
        base = level + phi * slope
        season = season[:]
        index = season[t % m]
        season[t % m] = index * (1 + gamma * error)
        return (base * (1 + alpha * error), phi * slope + beta * base * error, season), base * index

    def mean(state, t):
        return (state[0] + phi * state[1]) * state[2][t % m]

    state, squares, logs = (level, slope, season), 0.0, 0.0
    for t, y in enumerate(values):
        mu = mean(state, t)
        squares += (y / mu - 1) ** 2
        logs += math.log(mu)
        state, _ = advance(state, t, y / mu - 1)
    n = len(values)
    scale = squares / n
    draw = np.random.default_rng(7)
    # All paths side by side: errors are arrays.
    forecast, deviations, mean_state, paths = [], [], state, state
    for t in range(n, n + HORIZON):
        error = math.sqrt(scale) * draw.standard_normal(PATHS)
        forecast.append(mean(mean_state, t))
        deviations.append(float((mean(paths, t) * (1 + error)).std()))
        mean_state, _ = advance(mean_state, t, 0.0)
        paths, _ = advance(paths, t, error)
    return -0.5 * n * (math.log(2 * math.pi * scale) + 1) - logs, scale, forecast, deviations


def ets_case(name, form):
    values, seasonality = SERIES[name]
    error, trend, damped, season = form
    options = {"error": error, "trend": trend, "damped_trend": damped, "seasonal": season}
    model = ETSModel(np.array(values), **options, seasonal_periods=seasonality if season else None)
    fitted = model.fit(disp=0, maxiter=3000)
    # Distinct parameters that no search was free to choose, so that every one of them matters.
    level = values[0] * 0.95
    pattern = [1 + 0.1 * math.sin(2.1 * k) for k in range(seasonality)]
    season_start = [(p if season == "mul" else level * (p - 1)) for p in pattern]
    params = [0.37]
    params += [0.11] if trend else []
    params += [0.23] if season else []
    params += [0.91] if damped else []
    params += [level] + ([0.42] if trend else [])
    # initial_seasonal.0 is the index of the last phase.
    params += season_start if season else []
    if season == "mul":
        likelihood, scale, forecast, deviations = multiplied_season(values, form, params)
    else:
        result = model.smooth(np.array(params))
        likelihood, scale, forecast = float(result.llf), float(result.scale), result.forecast(HORIZON)
        paths = result.simulate(HORIZON, anchor="end", repetitions=PATHS, rng=7)
        deviations = np.asarray(paths).std(axis=1)
    return {
        "series": name,
        "form": {
            "error": NAMES[error],
            "trend": "damped" if damped else "additive" if trend else "none",
            "season": NAMES[season],
        },
        "parameterNames": model.param_names,
        "parameters": params,
        "logLikelihood": likelihood,
        "scale": scale,
        "forecast": [float(v) for v in forecast],
        "simulatedDeviation": [float(v) for v in deviations],
        # Of another model where the season multiplies.
        "fittedLogLikelihood": None if season == "mul" else float(fitted.llf),
    }


def theta_case(name):
    values, seasonality = SERIES[name]
    y = np.array(values)
    n = len(y)
    indices = np.ones(1)
    if seasonality > 1:
        indices = seasonal_decompose(y, model="multiplicative", period=seasonality).seasonal[:seasonality]
    season = lambda steps: indices[steps % len(indices)]
    adjusted = y / season(np.arange(n))
    slope, intercept = np.polyfit(np.arange(n), adjusted, 1)
    line = intercept + slope * np.arange(n + HORIZON)
    fit = SimpleExpSmoothing(2 * adjusted - line[:n], initialization_method="estimated").fit(
        method="L-BFGS-B", minimize_kwargs={"options": {"ftol": 1e-15, "gtol": 1e-12}}
    )
    level = float(np.asarray(fit.forecast(1))[0])
    forecast = 0.5 * (level + line[n:]) * season(np.arange(n, n + HORIZON))
    return {
        "series": name,
        "indices": [float(v) for v in indices],
        "alpha": float(fit.params["smoothing_level"]),
        "squares": float(fit.sse),
        "forecast": [float(v) for v in forecast],
    }


content = {
    "generator": "make_baseline_goldens.py",
    "series": {name: {"values": values, "seasonality": m} for name, (values, m) in SERIES.items()},
    "ets": [ets_case(name, form) for name, (_, m) in SERIES.items() for form in forms(m)],
    "theta": [theta_case(name) for name in SERIES],
}
path = pathlib.Path(__file__).with_name("baselines.json")
path.write_text(json.dumps(content, indent=1) + "\n")
