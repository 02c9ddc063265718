#include "unroll/crf.h"

#include <algorithm>
#include <limits>

#include "check.h"
#include "unroll/configuration.h"

using namespace unroll;
using namespace unroll_test;

namespace {

const double kNothing = -std::numeric_limits<double>::infinity();

struct Case {
  int64_t t, b, k;
  float scale;     // of all scores
  int forbidden;   // of 100 transitions, starts and ends
  int unknown;     // of 100 tags
};

/// Where `gradients` holds what the log-likelihood's gradient must be.
struct Data {
  Case c;
  std::vector<float> emissions, transitions, start, end, weights;
  std::vector<int32_t> lengths, tags;

  Data(const Case& shape, Random& random) : c(shape) {
    emissions = random.Floats(c.t * c.b * c.k, c.scale);
    transitions = random.Floats(c.k * c.k, c.scale), start = random.Floats(c.k, c.scale), end = random.Floats(c.k, c.scale);
    weights = random.Floats(c.b);
    for (std::vector<float>* scores : {&transitions, &start, &end})
      for (float& score : *scores)
        if (random.Between(0, 99) < c.forbidden) score += kCrfForbiddenScore;
    for (int64_t b = 0; b < c.b; ++b) lengths.push_back(static_cast<int32_t>(b == 0 ? c.t : random.Between(0, c.t)));
    for (int64_t i = 0; i < c.t * c.b; ++i)
      tags.push_back(static_cast<int32_t>(random.Between(0, 99) < c.unknown ? -1 : random.Between(0, c.k - 1)));
  }

  CrfScores Scores() const {
    CrfScores scores;
    scores.time_steps = c.t, scores.batch_size = c.b, scores.tags = c.k;
    scores.emissions = emissions.data(), scores.transitions = transitions.data();
    scores.start = start.data(), scores.end = end.data(), scores.lengths = lengths.data();
    return scores;
  }
};

double Permitted(float score) { return score <= kCrfForbiddenLimit ? kNothing : score; }

double LogAdd(double a, double b) {
  const double most = std::max(a, b);
  return most == kNothing ? kNothing : most + std::log(std::exp(a - most) + std::exp(b - most));
}

/// The sums by logarithms, term by term; emissions of tags that are not `known` count as forbidden.
struct Reference {
  std::vector<double> alpha, beta;
  double partition = kNothing;

  Reference(const Data& d, int64_t b, bool known) : data(d), b(b), known(known) {
    const int64_t length = d.lengths[b], k = d.c.k;
    alpha.assign(length * k, kNothing), beta.assign(length * k, kNothing);
    for (int64_t t = 0; t < length; ++t)
      for (int64_t j = 0; j < k; ++j) {
        double reached = t == 0 ? Permitted(d.start[j]) : kNothing;
        for (int64_t i = 0; i < k && t > 0; ++i) reached = LogAdd(reached, alpha[(t - 1) * k + i] + Permitted(d.transitions[i * k + j]));
        alpha[t * k + j] = reached + Emission(t, j);
      }
    for (int64_t t = length - 1; t >= 0; --t)
      for (int64_t i = 0; i < k; ++i) {
        double follows = t == length - 1 ? Permitted(d.end[i]) : kNothing;
        for (int64_t j = 0; j < k && t + 1 < length; ++j)
          follows = LogAdd(follows, Permitted(d.transitions[i * k + j]) + Emission(t + 1, j) + beta[(t + 1) * k + j]);
        beta[t * k + i] = follows;
      }
    for (int64_t i = 0; i < k && length > 0; ++i) partition = LogAdd(partition, alpha[(length - 1) * k + i] + Permitted(d.end[i]));
    if (length == 0) partition = 0;
  }

  double Emission(int64_t t, int64_t j) const {
    const int32_t tag = data.tags[t * data.c.b + b];
    return known && tag != -1 && tag != j ? kNothing : Permitted(data.emissions[(t * data.c.b + b) * data.c.k + j]);
  }

  const Data& data;
  int64_t b;
  bool known;
};

struct Expected {
  std::vector<double> likelihood, d_emissions, d_transitions, d_start, d_end;
};

/// Adds factor times the probabilities of all tags and pairs.
void AddProbabilities(const Reference& r, double factor, Expected& e) {
  const Data& d = r.data;
  const int64_t k = d.c.k, length = d.lengths[r.b];
  for (int64_t t = 0; t < length; ++t)
    for (int64_t j = 0; j < k; ++j) {
      const double p = factor * std::exp(r.alpha[t * k + j] + r.beta[t * k + j] - r.partition);
      e.d_emissions[(t * d.c.b + r.b) * k + j] += p;
      if (t == 0) e.d_start[j] += p;
      if (t == length - 1) e.d_end[j] += p;
      for (int64_t i = 0; i < k && t > 0; ++i)
        e.d_transitions[i * k + j] +=
            factor * std::exp(r.alpha[(t - 1) * k + i] + Permitted(d.transitions[i * k + j]) + r.Emission(t, j) + r.beta[t * k + j] - r.partition);
    }
}

Expected ReferenceOf(const Data& d) {
  const Case& c = d.c;
  Expected e{std::vector<double>(c.b), std::vector<double>(c.t * c.b * c.k), std::vector<double>(c.k * c.k), std::vector<double>(c.k),
             std::vector<double>(c.k)};
  for (int64_t b = 0; b < c.b; ++b) {
    const Reference with_tags(d, b, true), all(d, b, false);
    e.likelihood[b] = with_tags.partition == kNothing ? kCrfForbiddenScore : with_tags.partition - all.partition;
    if (with_tags.partition == kNothing) continue;
    AddProbabilities(with_tags, d.weights[b], e);
    AddProbabilities(all, -static_cast<double>(d.weights[b]), e);
  }
  return e;
}

void TestLikelihood(const Data& d, const std::string& name) {
  const Case& c = d.c;
  const Expected expected = ReferenceOf(d);
  Guarded likelihood(c.b), d_emissions(c.t * c.b * c.k), d_transitions(c.k * c.k), d_start(c.k), d_end(c.k);
  CHECK(CrfLogLikelihood(d.Scores(), d.tags.data(), likelihood.data()).ok(), "%s", name.c_str());
  CheckClose(likelihood, expected.likelihood, 1e-6, 1e-6, name + " likelihood");
  const CrfGradients gradients{d.weights.data(), d_emissions.data(), d_transitions.data(), d_start.data(), d_end.data()};
  CHECK(CrfLogLikelihoodGradient(d.Scores(), d.tags.data(), gradients).ok(), "%s", name.c_str());
  CheckClose(d_emissions, expected.d_emissions, 1e-5, 1e-7, name + " d emissions");
  CheckClose(d_transitions, expected.d_transitions, 1e-5, 1e-6, name + " d transitions");
  CheckClose(d_start, expected.d_start, 1e-5, 1e-7, name + " d start");
  CheckClose(d_end, expected.d_end, 1e-5, 1e-7, name + " d end");
}

/// Minus infinity in the same places, and close elsewhere.
void CheckLogarithms(const Guarded& got, const std::vector<double>& expected, const std::string& what) {
  Guarded finite(got.size());
  std::vector<double> wanted = expected;
  for (int64_t i = 0; i < got.size(); ++i) {
    CHECK((got[i] == -std::numeric_limits<float>::infinity()) == (expected[i] == kNothing), "%s: [%d] is %g, expected %g", what.c_str(), (int)i,
          static_cast<double>(got[i]), expected[i]);
    finite.data()[i] = expected[i] == kNothing ? 0 : got[i];
    if (expected[i] == kNothing) wanted[i] = 0;
  }
  CHECK(got.GuardsIntact(), "%s: wrote outside its buffer", what.c_str());
  CheckClose(finite, wanted, 1e-6, 1e-5, what);
}

void TestSums(const Data& d, const std::string& name) {
  const Case& c = d.c;
  const int64_t n = c.t * c.b * c.k;
  Guarded marginals(n), forward(n), backward(n), partition(c.b);
  CHECK(CrfForwardBackward(d.Scores(), {marginals.data(), forward.data(), backward.data(), partition.data()}).ok(), "%s", name.c_str());
  std::vector<double> p(n), alpha(n), beta(n), z(c.b);
  for (int64_t b = 0; b < c.b; ++b) {
    const Reference r(d, b, false);
    z[b] = r.partition;
    for (int64_t i = 0; i < d.lengths[b] * c.k; ++i) {
      const int64_t to = (i / c.k * c.b + b) * c.k + i % c.k;
      alpha[to] = r.alpha[i], beta[to] = r.beta[i];
      p[to] = r.partition == kNothing ? 0 : std::exp(r.alpha[i] + r.beta[i] - r.partition);
    }
  }
  CheckClose(marginals, p, 1e-5, 1e-7, name + " marginals");
  CheckLogarithms(forward, alpha, name + " forward");
  CheckLogarithms(backward, beta, name + " backward");
  CheckLogarithms(partition, z, name + " partition");
}

/// Rows come in falling order, are as good as they say, and the best one is what the recursion finds.
void TestBestRows(const Data& d, const std::string& name) {
  const Case& c = d.c;
  for (const int64_t n_best : {1, 4}) {
    std::vector<int32_t> tags(n_best * c.t * c.b, -7);
    Guarded scores(n_best * c.b);
    CHECK(CrfViterbi(d.Scores(), {n_best, tags.data(), scores.data()}).ok(), "%s", name.c_str());
    CHECK(scores.GuardsIntact(), "%s: wrote outside its buffer", name.c_str());
    for (int64_t b = 0; b < c.b; ++b) {
      double best = 0;  // by the recursion alone
      std::vector<double> delta(c.k);
      for (int64_t t = 0; t < d.lengths[b]; ++t) {
        std::vector<double> next(c.k, kNothing);
        for (int64_t j = 0; j < c.k; ++j) {
          for (int64_t i = 0; i < c.k && t > 0; ++i) next[j] = std::max(next[j], delta[i] + Permitted(d.transitions[i * c.k + j]));
          if (t == 0) next[j] = Permitted(d.start[j]);
          next[j] += Permitted(d.emissions[(t * c.b + b) * c.k + j]);
        }
        delta = next;
      }
      if (d.lengths[b] > 0) {
        best = kNothing;
        for (int64_t j = 0; j < c.k; ++j) best = std::max(best, delta[j] + Permitted(d.end[j]));
      }
      CHECK(scores[b] == static_cast<float>(best), "%s: best of %d is %g, expected %g", name.c_str(), (int)b, static_cast<double>(scores[b]), best);
      for (int64_t n = 0; n < n_best; ++n) {
        const float score = scores[n * c.b + b];
        CHECK(n == 0 || score <= scores[(n - 1) * c.b + b], "%s: not in order", name.c_str());
        double sum = 0;
        for (int64_t t = 0; t < c.t; ++t) {
          const int32_t tag = tags[(n * c.t + t) * c.b + b];
          CHECK(tag >= 0 && tag < c.k && (t < d.lengths[b] || tag == 0), "%s: tag %d", name.c_str(), tag);
          if (t >= d.lengths[b]) break;
          sum += Permitted(d.emissions[(t * c.b + b) * c.k + tag]);
          sum += t == 0 ? Permitted(d.start[tag]) : Permitted(d.transitions[tags[(n * c.t + t - 1) * c.b + b] * c.k + tag]);
          if (t == d.lengths[b] - 1) sum += Permitted(d.end[tag]);
        }
        if (std::isfinite(score))
          CHECK(std::fabs(sum - static_cast<double>(score)) <= 1e-6 * std::fabs(sum) + 1e-6, "%s: row %d has %g, said %g", name.c_str(), (int)n, sum,
                static_cast<double>(score));
      }
    }
  }
}

void TestCase(const Case& c, Random& random) {
  const Data data(c, random);
  char text[160];
  std::snprintf(text, sizeof text, "T %d B %d K %d scale %g forbidden %d unknown %d on %s, %d threads", (int)c.t, (int)c.b, (int)c.k,
                static_cast<double>(c.scale), c.forbidden, c.unknown, TargetName(), ThreadCount());
  TestLikelihood(data, text);
  TestSums(data, text);
  TestBestRows(data, text);
}

/// Tags that never change. Which one is likely changes so late that its sum had become smaller than any float64.
void TestChains(Random& random) {
  Data data({60, 2, 3, 1, 0, 100}, random);
  for (int64_t i = 0; i < 9; ++i)
    if (i % 4 != 0) data.transitions[i] = kCrfForbiddenScore;
  for (int64_t t = 0; t < 60; ++t)
    for (int64_t b = 0; b < 2; ++b) data.emissions[(t * 2 + b) * 3 + (t < 20 ? 1 : 0)] -= 60, data.emissions[(t * 2 + b) * 3 + 2] -= 100;
  data.tags[5 * 2 + 1] = 1;
  data.lengths[1] = 55;
  TestLikelihood(data, "chains");
  TestSums(data, "chains");
  TestBestRows(data, "chains");
}

void TestErrors() {
  Random random(1);
  Data data({3, 2, 4, 1, 0, 0}, random);
  Guarded likelihood(2);
  data.tags[0] = 4;
  CHECK(CrfLogLikelihood(data.Scores(), data.tags.data(), likelihood.data()).message() ==
            "unroll: CrfLogLikelihood: tags[0, 0] must be in [-1, 4), -1 where it is not known, got 4",
        "unexpected message");
  data.lengths[1] = 4;
  std::vector<int32_t> tags(6);
  CHECK(CrfViterbi(data.Scores(), {1, tags.data(), likelihood.data()}).message() ==
            "unroll: CrfViterbi: lengths[1] must be in [0, 3] (the time steps), got 4",
        "unexpected message");
}

}  // namespace

int main() {
  for (int threads : {1, 2, 3}) {
    Configure(threads, Precision::kFloat32);
    ForEachTarget([] {
      Random random(3);
      for (int variant = 0; variant < 24; ++variant) {
        // Scores of 1, of 50, and so far apart that logarithms are needed.
        const float scale = variant % 3 == 0 ? 1.0f : variant % 3 == 1 ? 50.0f : 900.0f;
        const int forbidden = variant & 4 ? 20 : 0, unknown = variant & 8 ? 40 : 0;
        TestCase({random.Between(1, 12), random.Between(1, 9), random.Between(1, 70), scale, forbidden, unknown}, random);
        TestCase({random.Between(1, 30), random.Between(1, 40), random.Between(1, 9), scale, forbidden, unknown}, random);
      }
      TestChains(random);
      TestErrors();
    });
  }
  return Report("crf_test");
}
