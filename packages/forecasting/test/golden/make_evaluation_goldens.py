"""Expected values of the evaluation tests: scores by numpy and scikit-learn, the Diebold-Mariano test by scipy.

    python make_evaluation_goldens.py    writes evaluation.json beside itself

Written with numpy 2.4, scipy 1.17, scikit-learn 1.9. Scores are computed window by window from their definitions, with
nothing of the streaming sums of the package.
"""

import json
from pathlib import Path

import numpy as np
from scipy import stats
from sklearn import metrics

rng = np.random.default_rng(20)
HORIZON, SEASON, LEVELS, PATHS = 4, 5, [0.1, 0.5, 0.9], 6


def make_series(length, offset):
    steps = np.arange(length)
    waves = [10 + offset + 3 * np.sin(2 * np.pi * steps / SEASON + c) + 0.1 * steps for c in range(2)]
    values = np.stack(waves) + rng.normal(size=(2, length))
    values[0, 7] = np.nan
    values[1, length - 2] = np.nan
    values[1, length - 4] = 0
    return {"targets": values, "trainEnd": length - 14, "validEnd": length - 7, "testEnd": length}


def make_windows(series):
    windows = []
    last = series["testEnd"] - HORIZON
    for origin in range(series["validEnd"], last + 1):
        actual = series["targets"][:, origin : origin + HORIZON]
        centre = np.nan_to_num(actual, nan=10.0) + rng.normal(size=actual.shape) * 2
        samples = centre[:, None, :] + rng.normal(size=(2, PATHS, HORIZON)) * 1.5
        spread = np.array([-1.4, 0.2, 1.7])[None, :, None] + rng.normal(size=(2, 3, HORIZON)) * 0.1
        quantiles = np.sort(centre[:, None, :] + spread, axis=1)
        windows.append({"origin": origin, "mean": centre, "quantiles": quantiles, "samples": samples})
    return windows


def naive_error(values, end):
    return np.nanmean(np.abs(values[SEASON:end] - values[: end - SEASON]))


def rows_of(panel, windows):
    """One row a scored value: series, channel, step ahead, actual, mean, quantiles, samples, deviation, naive error."""
    for s, series in enumerate(panel):
        for window in windows[s]:
            for c in range(2):
                values = series["targets"][c]
                for h in range(HORIZON):
                    actual = values[window["origin"] + h]
                    if np.isnan(actual):
                        continue
                    yield {
                        "series": s, "channel": c, "step": h, "y": actual, "f": window["mean"][c, h],
                        "q": window["quantiles"][c, :, h], "x": window["samples"][c, :, h],
                        "deviation": np.nanstd(values[: series["trainEnd"]]),
                        "naive": naive_error(values, series["validEnd"]),
                    }  # fmt: skip


def correlation(rows):
    by_step = []
    for h in sorted({r["step"] for r in rows}):
        found = []
        for key in sorted({(r["series"], r["channel"]) for r in rows}):
            pairs = [(r["y"], r["f"]) for r in rows if (r["series"], r["channel"], r["step"]) == (*key, h)]
            if len(pairs) > 1:
                found.append(np.corrcoef(np.array(pairs).T)[0, 1])
        by_step.append(np.mean(found))
    return np.mean(by_step)


def scores(rows, standardised=False):
    rows = list(rows)
    y, f = (np.array([r[k] for r in rows]) for k in "yf")
    q, x = (np.array([r[k] for r in rows]) for k in "qx")
    unit = np.array([r["deviation"] for r in rows]) if standardised else np.ones(len(rows))
    naive = np.array([r["naive"] for r in rows])
    u, v = y / unit, f / unit
    lower, upper = q[:, 0], q[:, 2]
    interval = upper - lower + 10 * np.maximum(lower - y, 0) + 10 * np.maximum(y - upper, 0)
    pinball = {str(t): metrics.mean_pinball_loss(u, q[:, i] / unit, alpha=t) for i, t in enumerate(LEVELS)}
    plain = [metrics.mean_pinball_loss(y, q[:, i], alpha=t) for i, t in enumerate(LEVELS)]
    pairs = np.abs(x[:, :, None] - x[:, None, :]).sum(axis=(1, 2))
    crps = np.abs(x - y[:, None]).mean(axis=1) - pairs / (2 * PATHS * (PATHS - 1))
    nonzero = y != 0
    result = {
        "mae": metrics.mean_absolute_error(u, v),
        "mse": metrics.mean_squared_error(u, v),
        "rmse": metrics.root_mean_squared_error(u, v),
        "mape": 100 * metrics.mean_absolute_percentage_error(y[nonzero], f[nonzero]),
        "smape": np.mean(200 * np.abs(y - f) / (np.abs(y) + np.abs(f))),
        "mase": np.mean(np.abs(y - f) / naive),
        "normalisedDeviation": np.abs(y - f).sum() / np.abs(y).sum(),
        "rse": np.sqrt(((y - f) ** 2).sum() / ((y - y.mean()) ** 2).sum()),
        "corr": correlation(rows),
        "weightedQuantileLoss": 2 * np.mean(plain) * len(y) / np.abs(y).sum(),
        "crps": np.mean(crps / unit),
        "crpsFromQuantiles": 2 * (0.3 * pinball["0.1"] + 0.4 * pinball["0.5"] + 0.3 * pinball["0.9"]),
        "coverage80": np.mean((y >= lower) & (y <= upper)),
        "width80": np.mean((upper - lower) / unit),
        "intervalScore80": np.mean(interval / unit),
        "msis80": np.mean(interval / naive),
    }
    return {**result, **{f"pinball{t}": value for t, value in pinball.items()}}


def diebold_mariano(a, b, h):
    d = np.asarray(a) - np.asarray(b)
    n, centred = len(d), d - d.mean()
    gamma = [np.dot(centred[k:], centred[: n - k]) / n for k in range(h)]
    variance = gamma[0] + 2 * sum(gamma[1:])
    if variance <= 0:
        variance = gamma[0] + 2 * sum((1 - k / h) * gamma[k] for k in range(1, h))
    statistic = d.mean() / np.sqrt(variance / n) * np.sqrt((n + 1 - 2 * h + h * (h - 1) / n) / n)
    return {"statistic": statistic, "pValue": 2 * stats.t.sf(abs(statistic), n - 1)}


def tests():
    a, b = rng.gamma(2, size=40), rng.gamma(2.4, size=40)
    alternating = 1 + 0.3 * (-1.0) ** np.arange(15) + rng.normal(size=15) * 0.02
    cases = [(a, b, 1), (a, b, 4), (a[:12], b[:12], 1), (alternating, np.full(15, 0.97), 2)]
    return [{"a": list(x), "b": list(y), "overlap": h, **diebold_mariano(x, y, h)} for x, y, h in cases]


def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(v) for v in value]
    if isinstance(value, (float, np.floating)):
        return None if np.isnan(value) else float(value)
    return int(value) if isinstance(value, np.integer) else value


def main():
    panel = [make_series(41, 0), make_series(34, 25)]
    windows = [make_windows(series) for series in panel]
    rows = list(rows_of(panel, windows))
    by_step = [scores(r for r in rows if r["step"] == h) for h in range(HORIZON)]
    keys = [(s, c) for s in range(2) for c in range(2)]
    by_series = [scores(r for r in rows if (r["series"], r["channel"]) == key) for key in keys]
    result = {
        "generator": Path(__file__).name,
        "horizon": HORIZON, "season": SEASON, "levels": LEVELS,
        "panel": panel, "windows": windows,
        "overall": scores(rows), "standardised": scores(rows, standardised=True),
        "byStep": by_step, "bySeries": by_series,
        "dieboldMariano": tests(),
        "student": [{"t": t, "degrees": v, "p": 2 * stats.t.sf(t, v)} for t, v in [(0.5, 1), (2, 3), (1.96, 1000), (4.2, 11), (9, 30)]],
    }  # fmt: skip
    Path(__file__).with_name("evaluation.json").write_text(json.dumps(plain(result)) + "\n")


main()
