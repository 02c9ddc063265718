#include "unroll/attention.h"

#include <algorithm>

#include "check.h"
#include "unroll/configuration.h"

using namespace unroll;
using namespace unroll_test;

namespace {

struct Case {
  AttentionScore score;
  int64_t queries, steps, batch, size, width;
  bool lengths, bias;
};

struct Data {
  Case c;
  float scale = 0.3f;
  std::vector<float> query, keys, values, vector, bias, d_context, d_weights;
  std::vector<int32_t> lengths;

  Data(const Case& shape, Random& random) : c(shape) {
    query = random.Floats(c.queries * c.batch * c.size), keys = random.Floats(c.steps * c.batch * c.size);
    values = random.Floats(c.steps * c.batch * c.width), vector = random.Floats(c.size);
    bias = random.Floats(c.queries * c.batch * c.steps);
    d_context = random.Floats(c.queries * c.batch * c.width), d_weights = random.Floats(c.queries * c.batch * c.steps);
    for (float& each : bias)
      if (random.Between(0, 3) == 0) each = -__builtin_inff();
    for (int64_t b = 0; b < c.batch; ++b) lengths.push_back(static_cast<int32_t>(random.Between(0, c.steps)));
    // A row of nothing but what is forbidden.
    if (c.bias) std::fill(bias.begin(), bias.begin() + c.steps, -__builtin_inff());
  }

  AttentionMemory Memory() const {
    AttentionMemory memory;
    memory.source_steps = c.steps, memory.batch_size = c.batch, memory.size = c.size, memory.width = c.width;
    memory.score = c.score, memory.scale = scale;
    memory.keys = keys.data(), memory.values = values.data(), memory.score_vector = vector.data();
    memory.lengths = c.lengths ? lengths.data() : nullptr;
    return memory;
  }
};

struct Results {
  std::vector<double> context, weights, d_query, d_keys, d_values, d_vector, d_scores;

  explicit Results(const Case& c)
      : context(c.queries * c.batch * c.width), weights(c.queries * c.batch * c.steps), d_query(c.queries * c.batch * c.size),
        d_keys(c.steps * c.batch * c.size), d_values(c.steps * c.batch * c.width), d_vector(c.size), d_scores(weights.size()) {}
};

/// One query of one sequence, by the equations.
void Attend(const Data& d, int64_t row, Results* e) {
  const Case& c = d.c;
  const int64_t b = row % c.batch, length = c.lengths ? d.lengths[b] : c.steps;
  const bool additive = c.score == AttentionScore::kAdditive;
  double total = 0;
  double* weights = e->weights.data() + row * c.steps;
  for (int64_t s = 0; s < length; ++s) {
    double score = c.bias ? d.bias[row * c.steps + s] : 0;
    for (int64_t a = 0; a < c.size; ++a) {
      const double q = d.query[row * c.size + a], k = d.keys[(s * c.batch + b) * c.size + a];
      score += additive ? d.vector[a] * std::tanh(q + k) : d.scale * q * k;
    }
    total += weights[s] = std::exp(score);
  }
  double mean = 0;
  std::vector<double> slopes(c.steps);
  for (int64_t s = 0; s < length && total > 0; ++s) {
    weights[s] /= total;
    slopes[s] = d.d_weights[row * c.steps + s];
    for (int64_t w = 0; w < c.width; ++w) {
      const double value = d.values[(s * c.batch + b) * c.width + w], slope = d.d_context[row * c.width + w];
      e->context[row * c.width + w] += weights[s] * value;
      e->d_values[(s * c.batch + b) * c.width + w] += weights[s] * slope;
      slopes[s] += slope * value;
    }
    mean += weights[s] * slopes[s];
  }
  for (int64_t s = 0; s < length; ++s) {
    const double slope = e->d_scores[row * c.steps + s] = weights[s] * (slopes[s] - mean);
    for (int64_t a = 0; a < c.size; ++a) {
      const double q = d.query[row * c.size + a], k = d.keys[(s * c.batch + b) * c.size + a], t = std::tanh(q + k);
      e->d_query[row * c.size + a] += slope * (additive ? d.vector[a] * (1 - t * t) : d.scale * k);
      e->d_keys[(s * c.batch + b) * c.size + a] += slope * (additive ? d.vector[a] * (1 - t * t) : d.scale * q);
      e->d_vector[a] += additive ? slope * t : 0;
    }
  }
}

Results ReferenceOf(const Data& d) {
  Results expected(d.c);
  for (int64_t row = 0; row < d.c.queries * d.c.batch; ++row) Attend(d, row, &expected);
  return expected;
}

std::string NameOf(const Case& c, const char* way) {
  char name[200];
  std::snprintf(name, sizeof name, "%s %s Q %d S %d B %d A %d W %d lengths %d bias %d on %s, %d threads:", way,
                c.score == AttentionScore::kDot ? "dot" : "additive", (int)c.queries, (int)c.steps, (int)c.batch, (int)c.size, (int)c.width,
                c.lengths, c.bias, TargetName(), ThreadCount());
  return name;
}

struct Outputs {
  Guarded context, weights, d_query, d_keys, d_values, d_vector, d_scores;

  explicit Outputs(const Case& c)
      : context(c.queries * c.batch * c.width), weights(c.queries * c.batch * c.steps), d_query(c.queries * c.batch * c.size),
        d_keys(c.steps * c.batch * c.size), d_values(c.steps * c.batch * c.width), d_vector(c.size), d_scores(weights.size()) {}
};

void CheckOutputs(const Case& c, const Outputs& got, const Results& expected, const std::string& name) {
  CheckClose(got.context, expected.context, 1e-5, 2e-6, name + " context");
  CheckClose(got.weights, expected.weights, 1e-5, 1e-6, name + " weights");
  CheckClose(got.d_scores, expected.d_scores, 1e-5, 5e-6, name + " d scores");
  CheckClose(got.d_query, expected.d_query, 1e-5, 1e-5, name + " d query");
  CheckClose(got.d_keys, expected.d_keys, 1e-5, 1e-5, name + " d keys");
  CheckClose(got.d_values, expected.d_values, 1e-5, 5e-6, name + " d values");
  if (c.score == AttentionScore::kAdditive) CheckClose(got.d_vector, expected.d_vector, 1e-5, 2e-5, name + " d score vector");
  for (int64_t i = 0; i < got.weights.size(); ++i)
    CHECK((got.weights[i] == 0) == (expected.weights[i] == 0), "%s weight %d", name.c_str(), (int)i);
}

/// All queries at once.
void RunWhole(const Data& d, Outputs* out) {
  const AttentionMemory memory = d.Memory();
  const AttentionForward forward{d.c.queries, d.query.data(), d.c.bias ? d.bias.data() : nullptr, out->context.data(), out->weights.data()};
  CHECK(Attention(memory, forward).ok(), "forward");
  AttentionBackward backward;
  backward.queries = d.c.queries, backward.query = d.query.data(), backward.weights = out->weights.data();
  backward.d_context = d.d_context.data(), backward.d_weights = d.d_weights.data();
  backward.d_query = out->d_query.data(), backward.d_keys = out->d_keys.data(), backward.d_values = out->d_values.data();
  backward.d_score_vector = out->d_vector.data(), backward.d_scores = out->d_scores.data();
  CHECK(AttentionGradient(memory, backward).ok(), "backward");
}

/// Query by query and part by part, as a walk through time does it.
void RunSteps(const Data& d, Outputs* out) {
  const Case& c = d.c;
  const AttentionMemory memory = d.Memory();
  const int64_t half = c.batch / 2;
  for (int64_t i = 0; i < out->d_keys.size(); ++i) out->d_keys.data()[i] = 0;
  std::vector<float> vectors(static_cast<size_t>(c.batch * c.size), 0.0f);
  for (int64_t q = 0; q < c.queries; ++q) {
    const int64_t row = q * c.batch;
    AttentionStep step;
    step.query = d.query.data() + row * c.size, step.score_bias = c.bias ? d.bias.data() + row * c.steps : nullptr;
    step.weights = out->weights.data() + row * c.steps, step.context = out->context.data() + row * c.width, step.context_stride = c.width;
    AttendRows(memory, step, half, c.batch);
    AttendRows(memory, step, 0, half);
    AttentionStepBack back;
    back.query = step.query, back.weights = step.weights, back.d_context = d.d_context.data() + row * c.width, back.d_context_stride = c.width;
    back.d_weights = d.d_weights.data() + row * c.steps, back.d_scores = out->d_scores.data() + row * c.steps;
    back.d_query = out->d_query.data() + row * c.size, back.d_keys = out->d_keys.data(), back.d_score_vector = vectors.data();
    AttendRowsBack(memory, back, 0, half);
    AttendRowsBack(memory, back, half, c.batch);
  }
  for (int64_t a = 0; a < c.size; ++a) {
    double sum = 0;
    for (int64_t b = 0; b < c.batch; ++b) sum += vectors[b * c.size + a];
    out->d_vector.data()[a] = static_cast<float>(sum);
  }
  AttentionGradients all;
  all.queries = c.queries, all.query = d.query.data(), all.weights = out->weights.data(), all.d_scores = out->d_scores.data();
  all.d_context = d.d_context.data(), all.d_context_stride = c.width, all.d_keys = out->d_keys.data(), all.d_values = out->d_values.data();
  AttendGradients(memory, all);
}

void TestCase(const Case& c, Random& random) {
  const Data data(c, random);
  const Results expected = ReferenceOf(data);
  Outputs whole(c), steps(c);
  RunWhole(data, &whole);
  CheckOutputs(c, whole, expected, NameOf(c, "at once"));
  RunSteps(data, &steps);
  CheckOutputs(c, steps, expected, NameOf(c, "by steps"));
}

std::vector<float> GradientBits(int threads) {
  Configure(threads, Precision::kFloat32);
  Random random(9);
  const Data data({AttentionScore::kAdditive, 9, 21, 5, 130, 70, true, false}, random);
  Outputs out(data.c);
  RunWhole(data, &out);
  std::vector<float> bits;
  for (const Guarded* each : {&out.context, &out.d_query, &out.d_keys, &out.d_values, &out.d_vector})
    for (int64_t i = 0; i < each->size(); ++i) bits.push_back((*each)[i]);
  return bits;
}

void TestErrors() {
  Random random(1);
  Data data({AttentionScore::kDot, 1, 3, 2, 4, 5, true, false}, random);
  data.lengths = {3, 4};
  CHECK(CheckAttention(data.Memory()).message() == "unroll: Attention: lengths[1] must be in [0, 3] (the source's time steps), got 4",
        "unexpected message");
  data.lengths = {-1, 3};
  CHECK(!Attention(data.Memory(), {}).ok(), "a negative length");
}

}  // namespace

int main() {
  for (int threads : {1, 2, 3}) {
    Configure(threads, Precision::kFloat32);
    ForEachTarget([] {
      Random random(11);
      for (int variant = 0; variant < 8; ++variant) {
        const AttentionScore score = variant & 1 ? AttentionScore::kDot : AttentionScore::kAdditive;
        const bool lengths = variant & 2, bias = variant & 4;
        TestCase({score, 1, 3, 2, 4, 5, lengths, bias}, random);
        TestCase({score, 1, 1, 1, 1, 1, lengths, bias}, random);
        TestCase({score, random.Between(1, 3), random.Between(1, 30), random.Between(1, 9), random.Between(1, 40), random.Between(1, 70), lengths, bias}, random);
        TestCase({score, random.Between(4, 12), random.Between(1, 30), random.Between(1, 20), random.Between(1, 90), random.Between(1, 70), lengths, bias}, random);
      }
      TestErrors();
    });
  }
  CHECK(GradientBits(1) == GradientBits(3), "other bits with other threads");
  return Report("attention_test");
}
