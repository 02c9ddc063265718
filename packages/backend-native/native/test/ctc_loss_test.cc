#include "unroll/ctc_loss.h"

#include <algorithm>
#include <limits>

#include "check.h"
#include "unroll/configuration.h"

using namespace unroll;
using namespace unroll_test;

namespace {

const double kNothing = -std::numeric_limits<double>::infinity();

struct Case {
  int64_t t, b, c, m;
  float scale;
  bool repeats;  // labels of two symbols only
};

struct Data {
  Case shape;
  std::vector<float> logits, weights;
  std::vector<int32_t> lengths, labels, label_lengths;
  int32_t blank;

  Data(const Case& given, Random& random) : shape(given) {
    logits = random.Floats(given.t * given.b * given.c, given.scale);
    weights = random.Floats(given.b);
    blank = static_cast<int32_t>(random.Between(0, given.c - 1));
    const int64_t symbols = given.repeats ? std::min<int64_t>(2, given.c - 1) : given.c - 1;
    for (int64_t b = 0; b < given.b; ++b) {
      lengths.push_back(static_cast<int32_t>(b == 0 ? given.t : random.Between(0, given.t)));
      label_lengths.push_back(static_cast<int32_t>(symbols == 0 ? 0 : random.Between(0, given.m)));
    }
    for (int64_t i = 0; i < given.b * given.m; ++i)
      labels.push_back(symbols == 0 ? -5 : static_cast<int32_t>((blank + 1 + random.Between(0, symbols - 1)) % given.c));
  }

  CtcCall Call() const {
    CtcCall call;
    call.time_steps = shape.t, call.batch_size = shape.b, call.symbols = shape.c, call.most_labels = shape.m;
    call.logits = logits.data(), call.labels = labels.data(), call.label_lengths = label_lengths.data(), call.lengths = lengths.data();
    call.blank = blank;
    return call;
  }
};

double LogAdd(double a, double b) {
  const double most = std::max(a, b);
  return most == kNothing ? kNothing : most + std::log(std::exp(a - most) + std::exp(b - most));
}

/// Sums by logarithms, state by state: blank, label, blank, label ... blank.
struct Reference {
  double loss = 0;
  std::vector<double> gradient;  // [T, C] of the sequence

  Reference(const Data& d, int64_t b) {
    const int64_t length = d.lengths[b], c = d.shape.c, states = 2 * d.label_lengths[b] + 1;
    std::vector<int32_t> symbol(states, d.blank);
    for (int64_t i = 0; i < d.label_lengths[b]; ++i) symbol[2 * i + 1] = d.labels[b * d.shape.m + i];
    std::vector<double> y(length * c);
    for (int64_t t = 0; t < length; ++t) {
      const float* row = d.logits.data() + (t * d.shape.b + b) * c;
      double sum = kNothing;
      for (int64_t k = 0; k < c; ++k) sum = LogAdd(sum, row[k]);
      for (int64_t k = 0; k < c; ++k) y[t * c + k] = row[k] - sum;
    }
    std::vector<double> alpha(length * states, kNothing), beta(length * states, kNothing);
    for (int64_t t = 0; t < length; ++t)
      for (int64_t s = 0; s < states; ++s) {
        double sum = t == 0 ? (s < 2 ? 0 : kNothing) : alpha[(t - 1) * states + s];
        if (t > 0 && s > 0) sum = LogAdd(sum, alpha[(t - 1) * states + s - 1]);
        if (t > 0 && s > 1 && symbol[s] != d.blank && symbol[s] != symbol[s - 2]) sum = LogAdd(sum, alpha[(t - 1) * states + s - 2]);
        alpha[t * states + s] = sum + y[t * c + symbol[s]];
      }
    for (int64_t t = length - 1; t >= 0; --t)
      for (int64_t s = 0; s < states; ++s) {
        const auto after = [&](int64_t to) { return beta[(t + 1) * states + to] + y[(t + 1) * c + symbol[to]]; };
        double sum = t == length - 1 ? (s + 2 >= states ? 0 : kNothing) : after(s);
        if (t + 1 < length && s + 1 < states) sum = LogAdd(sum, after(s + 1));
        if (t + 1 < length && s + 2 < states && symbol[s + 2] != d.blank && symbol[s + 2] != symbol[s]) sum = LogAdd(sum, after(s + 2));
        beta[t * states + s] = sum;
      }
    double total = length == 0 && states == 1 ? 0 : kNothing;
    for (int64_t s = std::max<int64_t>(0, states - 2); s < states && length > 0; ++s) total = LogAdd(total, alpha[(length - 1) * states + s]);
    loss = -total;
    gradient.assign(d.shape.t * c, 0.0);
    if (total == kNothing) return;
    for (int64_t t = 0; t < length; ++t) {
      for (int64_t k = 0; k < c; ++k) gradient[t * c + k] = d.weights[b] * std::exp(y[t * c + k]);
      for (int64_t s = 0; s < states; ++s)
        gradient[t * c + symbol[s]] -= d.weights[b] * std::exp(alpha[t * states + s] + beta[t * states + s] - total);
    }
  }
};

void TestData(const Data& d, const std::string& name) {
  const Case& c = d.shape;
  Guarded losses(c.b), forward_only(c.b), occupancy(c.t * c.b * (c.m + 1)), d_logits(c.t * c.b * c.c);
  CHECK(CtcLoss(d.Call(), losses.data(), occupancy.data()).ok(), "%s", name.c_str());
  CHECK(CtcLoss(d.Call(), forward_only.data(), nullptr).ok(), "%s", name.c_str());
  CHECK(CtcLossGradient(d.Call(), {losses.data(), occupancy.data(), d.weights.data(), d_logits.data()}).ok(), "%s", name.c_str());
  CHECK(losses.GuardsIntact() && forward_only.GuardsIntact() && occupancy.GuardsIntact(), "%s: wrote outside its buffer", name.c_str());
  std::vector<double> gradient(c.t * c.b * c.c);
  for (int64_t b = 0; b < c.b; ++b) {
    const Reference expected(d, b);
    CHECK(losses[b] == forward_only[b], "%s: loss %d is %g without a gradient and %g with one", name.c_str(), (int)b,
          static_cast<double>(forward_only[b]), static_cast<double>(losses[b]));
    const double error = std::fabs(static_cast<double>(losses[b]) - expected.loss);
    CHECK(std::isinf(expected.loss) ? static_cast<double>(losses[b]) == expected.loss : error <= 1e-6 + 1e-6 * expected.loss,
          "%s: loss %d is %.9g, expected %.9g", name.c_str(), (int)b, static_cast<double>(losses[b]), expected.loss);
    for (int64_t t = 0; t < c.t; ++t)
      for (int64_t k = 0; k < c.c; ++k) gradient[(t * c.b + b) * c.c + k] = expected.gradient[t * c.c + k];
  }
  CheckClose(d_logits, gradient, 2e-6, 3e-7, name + " gradient");
}

void TestCase(const Case& c, Random& random) {
  char text[160];
  std::snprintf(text, sizeof text, "T %d B %d C %d M %d scale %g repeats %d on %s, %d threads", (int)c.t, (int)c.b, (int)c.c, (int)c.m,
                static_cast<double>(c.scale), c.repeats, TargetName(), ThreadCount());
  TestData(Data(c, random), text);
}

/// More frames than any float64 holds the probabilities of, with labels whose sums lie 1e600 apart within a frame.
void TestLong(Random& random) {
  Data data({5000, 1, 3, 700, 2, true}, random);
  data.label_lengths[0] = 700;
  TestData(data, "long");
}

void TestImpossible(Random& random) {
  Data data({3, 2, 4, 2, 1, false}, random);
  data.lengths = {2, 3}, data.label_lengths = {2, 2}, data.blank = 1, data.labels = {2, 2, 2, 2};
  Guarded losses(2), occupancy(3 * 2 * 3), gradient(3 * 2 * 4);
  CHECK(CtcLoss(data.Call(), losses.data(), occupancy.data()).ok(), "impossible");
  CHECK(losses[0] == std::numeric_limits<float>::infinity() && std::isfinite(losses[1]), "losses %g %g", static_cast<double>(losses[0]),
        static_cast<double>(losses[1]));
  CHECK(CtcLossGradient(data.Call(), {losses.data(), occupancy.data(), data.weights.data(), gradient.data()}).ok(), "impossible");
  for (int64_t t = 0; t < 3; ++t)
    for (int64_t k = 0; k < 4; ++k) CHECK(gradient[t * 8 + k] == 0 && gradient[t * 8 + 4 + k] != 0, "frame %d", (int)t);
  // A symbol that is forbidden is impossible, too, but no other is.
  data.labels = {2, 3, 0, 2}, data.lengths = {3, 3};
  for (int64_t t = 0; t < 3; ++t) data.logits[t * 8 + 3] = data.logits[t * 8 + 4 + 3] = static_cast<float>(kNothing);
  CHECK(CtcLoss(data.Call(), losses.data(), nullptr).ok(), "forbidden");
  CHECK(losses[0] == std::numeric_limits<float>::infinity() && std::isfinite(losses[1]), "losses %g %g", static_cast<double>(losses[0]),
        static_cast<double>(losses[1]));
  data.logits[8] = std::numeric_limits<float>::quiet_NaN();
  CHECK(CtcLoss(data.Call(), losses.data(), occupancy.data()).ok(), "NaN");
  CHECK(std::isnan(losses[0]) && std::isfinite(losses[1]), "losses %g %g", static_cast<double>(losses[0]), static_cast<double>(losses[1]));
}

void TestErrors() {
  Random random(1);
  Data data({3, 2, 4, 2, 1, false}, random);
  Guarded losses(2);
  const auto message = [&] { return CtcLoss(data.Call(), losses.data(), nullptr).message(); };
  data.blank = 0, data.labels = {1, 0, 2, 3}, data.label_lengths = {1, 2};
  CHECK(message().empty(), "%s", message().c_str());
  data.label_lengths[0] = 2;
  CHECK(message() == "unroll: CtcLoss: labels[0, 1] must be in [0, 4) (the symbols) and not 0 (the blank), got 0", "%s", message().c_str());
  data.label_lengths[0] = 3;
  CHECK(message() == "unroll: CtcLoss: labelLengths[0] must be in [0, 2] (the labels), got 3", "%s", message().c_str());
  data.lengths[0] = -1;
  CHECK(message() == "unroll: CtcLoss: lengths[0] must be in [0, 3] (the time steps), got -1", "%s", message().c_str());
}

}  // namespace

int main() {
  for (int threads : {1, 2, 3}) {
    Configure(threads, Precision::kFloat32);
    ForEachTarget([] {
      Random random(3);
      for (int variant = 0; variant < 24; ++variant) {
        const float scale = variant % 3 == 0 ? 1.0f : variant % 3 == 1 ? 20.0f : 300.0f;
        TestCase({random.Between(1, 12), random.Between(1, 9), random.Between(1, 70), random.Between(0, 8), scale, (variant & 4) != 0}, random);
        TestCase({random.Between(1, 60), random.Between(1, 30), random.Between(2, 9), random.Between(1, 30), scale, (variant & 8) != 0}, random);
      }
      TestLong(random);
      TestImpossible(random);
      TestErrors();
    });
  }
  return Report("ctc_loss_test");
}
