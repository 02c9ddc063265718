#include <algorithm>
#include <array>

#include "check.h"
#include "sequence_reference.h"
#include "unroll/attention_sequence.h"
#include "unroll/configuration.h"

using namespace unroll;
using namespace unroll_test;

namespace {

/// What has a gradient.
enum Part {
  kInput,
  kFirst,  // input kernel, recurrent kernel, bias, recurrent bias
  kSecond = kFirst + 4,
  kQueryKernel = kSecond + 4,
  kScoreVector,
  kKeys,
  kValues,
  kH,
  kC,
  kParts
};
const char* const kNames[kParts] = {"input",
                                    "first input kernel",
                                    "first recurrent kernel",
                                    "first bias",
                                    "first recurrent bias",
                                    "second input kernel",
                                    "second recurrent kernel",
                                    "second bias",
                                    "second recurrent bias",
                                    "query kernel",
                                    "score vector",
                                    "keys",
                                    "values",
                                    "initial h",
                                    "initial c"};

/// output, contexts, weights, final h, final c.
constexpr int kResults = 5;

struct Sizes {
  int64_t t, b, i, h, s, a, w;
};

/// One layer with random numbers: float32 for the kernel, the same numbers in float64 for the reference.
struct Layer {
  Sizes n;
  bool lstm, between, additive, asks;
  float scale = 0.7f;
  std::array<std::vector<float>, kParts> parts;
  std::array<std::vector<float>, kResults> d_results;  // the weights of the loss: sum of results times these
  std::vector<float> mask;
  std::vector<int32_t> lengths;

  Layer(Sizes sizes, int variant, Random& random)
      : n(sizes), lstm(variant & 1), between(variant & 2), additive(variant & 4), asks(variant & 8) {
    if (!asks) n.a = n.h;
    const int64_t width = Gates() * n.h;
    const auto fill = [&](int part, int64_t count, int64_t inputs) {
      parts[part] = random.Floats(count, inputs > 0 ? 1.5f / std::sqrt(static_cast<float>(inputs)) : 1.0f);
    };
    fill(kInput, n.t * n.b * n.i, 0);
    for (int transition = 0; transition < (between ? 2 : 1); ++transition) {
      const int64_t inputs = !between ? n.i + n.w : transition == 0 ? n.i : n.w;
      fill(kFirst + 4 * transition, inputs * width, inputs);
      fill(kFirst + 4 * transition + 1, n.h * width, n.h);
      fill(kFirst + 4 * transition + 2, width, 0);
      if (!lstm) fill(kFirst + 4 * transition + 3, width, 0);
    }
    if (asks) fill(kQueryKernel, n.h * n.a, n.h);
    if (additive) fill(kScoreVector, n.a, 0);
    fill(kKeys, n.s * n.b * n.a, 0);
    fill(kValues, n.s * n.b * n.w, 0);
    fill(kH, n.b * n.h, 0);
    if (lstm) fill(kC, n.b * n.h, 0);
    if (variant & 16)
      for (int64_t j = 0; j < n.b * n.h; ++j) mask.push_back(random.Bits() & 1 ? 1.25f : 0.0f);
    if (variant & 32)
      for (int64_t j = 0; j < n.b; ++j) lengths.push_back(static_cast<int32_t>(random.Between(0, n.s)));
    for (int result = 0; result < kResults; ++result) d_results[result] = random.Floats(ResultSize(result));
  }

  int Gates() const { return lstm ? 4 : 3; }
  int64_t ResultSize(int result) const {
    const int64_t sizes[kResults] = {n.t * n.b * n.h, n.t * n.b * n.w, n.t * n.b * n.s, n.b * n.h, lstm ? n.b * n.h : 0};
    return sizes[result];
  }

  Transition TransitionAt(int part) const {
    const auto at = [&](int i) { return parts[part + i].empty() ? nullptr : parts[part + i].data(); };
    return {at(0), at(1), at(2), at(3)};
  }

  AttentionSequenceInputs Inputs() const {
    AttentionSequenceInputs in;
    in.time_steps = n.t, in.input_size = n.i, in.hidden_size = n.h;
    in.lstm = lstm, in.between = between;
    in.input = parts[kInput].data();
    in.first = TransitionAt(kFirst), in.second = TransitionAt(kSecond);
    in.query_kernel = asks ? parts[kQueryKernel].data() : nullptr;
    in.memory.source_steps = n.s, in.memory.batch_size = n.b, in.memory.size = n.a, in.memory.width = n.w;
    in.memory.score = additive ? AttentionScore::kAdditive : AttentionScore::kDot;
    in.memory.scale = scale;
    in.memory.keys = parts[kKeys].data(), in.memory.values = parts[kValues].data();
    in.memory.score_vector = additive ? parts[kScoreVector].data() : nullptr;
    in.memory.lengths = lengths.empty() ? nullptr : lengths.data();
    in.initial_h = parts[kH].data(), in.initial_c = lstm ? parts[kC].data() : nullptr;
    in.recurrent_dropout_mask = mask.empty() ? nullptr : mask.data();
    return in;
  }

  std::string Name() const {
    char text[200];
    std::snprintf(text, sizeof text, "%s %s %s%s T %d B %d I %d H %d S %d A %d W %d%s%s on %s, %d threads", lstm ? "lstm" : "gru",
                  between ? "between" : "before", additive ? "additive" : "dot", asks ? "" : " without query kernel", (int)n.t, (int)n.b, (int)n.i,
                  (int)n.h, (int)n.s, (int)n.a, (int)n.w, mask.empty() ? "" : " mask", lengths.empty() ? "" : " lengths", TargetName(), ThreadCount());
    return text;
  }
};

using DoubleParts = std::array<Doubles, kParts>;

/// The context of one query of sentence b, and the weights.
void ReferenceAttend(const Layer& layer, const DoubleParts& in, const double* h, int64_t b, double* context, double* weights) {
  const Sizes& n = layer.n;
  Doubles query(n.a), scores;
  for (int64_t a = 0; a < n.a; ++a) {
    query[a] = layer.asks ? 0 : h[a];
    for (int64_t k = 0; layer.asks && k < n.h; ++k) query[a] += h[k] * in[kQueryKernel][k * n.a + a];
  }
  double total = 0;
  for (int64_t s = 0; s < (layer.lengths.empty() ? n.s : layer.lengths[b]); ++s) {
    const double* key = &in[kKeys][(s * n.b + b) * n.a];
    double score = 0;
    for (int64_t a = 0; a < n.a; ++a)
      score += layer.additive ? in[kScoreVector][a] * std::tanh(query[a] + key[a]) : static_cast<double>(layer.scale) * query[a] * key[a];
    scores.push_back(std::exp(score));
    total += scores.back();
  }
  for (size_t s = 0; s < scores.size(); ++s) {
    weights[s] = scores[s] / total;
    for (int64_t w = 0; w < n.w; ++w) context[w] += weights[s] * in[kValues][(s * n.b + b) * n.w + w];
  }
}

std::array<Doubles, kResults> Reference(const Layer& layer, const DoubleParts& in) {
  const Sizes& n = layer.n;
  const CellKind kind = layer.lstm ? CellKind::kLstm : CellKind::kGru;
  const auto weights_at = [&](int part) { return ReferenceInputs{{}, in[part], in[part + 1], in[part + 2], in[part + 3], {}, {}}; };
  const ReferenceInputs first = weights_at(kFirst), second = weights_at(kSecond);
  std::array<Doubles, kResults> out;
  for (int result = 0; result < kResults; ++result) out[result].assign(layer.ResultSize(result), 0.0);
  out[3] = in[kH], out[4] = in[kC];
  for (int64_t t = 0; t < n.t; ++t)
    for (int64_t b = 0; b < n.b; ++b) {
      const int64_t row = t * n.b + b;
      double *h = &out[3][b * n.h], *c = layer.lstm ? &out[4][b * n.h] : nullptr, *context = &out[1][row * n.w], *weights = out[2].data() + row * n.s;
      Doubles mask(layer.mask.begin(), layer.mask.end());
      const double* masks = mask.empty() ? nullptr : &mask[b * n.h];
      Doubles x(in[kInput].begin() + row * n.i, in[kInput].begin() + (row + 1) * n.i);
      if (layer.between) {
        ReferenceStep({kind, 1, 1, n.i, n.h, false, {}, {}}, first, x.data(), masks, h, c);
        ReferenceAttend(layer, in, h, b, context, weights);
        ReferenceStep({kind, 1, 1, n.w, n.h, false, {}, {}}, second, context, masks, h, c);
      } else {
        ReferenceAttend(layer, in, h, b, context, weights);
        x.insert(x.end(), context, context + n.w);
        ReferenceStep({kind, 1, 1, n.i + n.w, n.h, false, {}, {}}, first, x.data(), masks, h, c);
      }
      std::copy(h, h + n.h, &out[0][row * n.h]);
    }
  return out;
}

double Loss(const Layer& layer, const DoubleParts& in) {
  const std::array<Doubles, kResults> out = Reference(layer, in);
  double loss = 0;
  for (int result = 0; result < kResults; ++result)
    for (size_t i = 0; i < out[result].size(); ++i) loss += out[result][i] * layer.d_results[result][i];
  return loss;
}

/// The results and gradients of both kernels, in guarded buffers.
struct Run {
  std::vector<Guarded> results, gradients;
  Guarded workspace;

  explicit Run(const Layer& layer) : workspace(AttentionSequenceWorkspace(layer.Inputs())) {
    for (int result = 0; result < kResults; ++result) results.emplace_back(layer.ResultSize(result));
    for (const auto& part : layer.parts) gradients.emplace_back(static_cast<int64_t>(part.size()));
    AttentionSequenceForward forward{layer.Inputs(),    results[0].data(), results[1].data(), results[2].data(),
                                     results[3].data(), results[4].data(), workspace.data()};
    const Status status = AttentionSequence(forward);
    CHECK(status.ok(), "%s", status.message().c_str());
    AttentionSequenceBackward back;
    back.inputs = layer.Inputs();
    back.output = results[0].data(), back.contexts = results[1].data(), back.weights = results[2].data(), back.workspace = workspace.data();
    back.d_output = layer.d_results[0].data(), back.d_contexts = layer.d_results[1].data(), back.d_weights = layer.d_results[2].data();
    back.d_final_h = layer.d_results[3].data(), back.d_final_c = layer.d_results[4].data();
    const auto at = [&](int part) { return layer.parts[part].empty() ? nullptr : gradients[part].data(); };
    const auto transition = [&](int part) { return TransitionGradients{at(part), at(part + 1), at(part + 2), at(part + 3)}; };
    back.d_input = at(kInput);
    back.first = transition(kFirst), back.second = transition(kSecond);
    back.d_query_kernel = at(kQueryKernel), back.d_score_vector = at(kScoreVector);
    back.d_keys = gradients[kKeys].data(), back.d_values = gradients[kValues].data();
    back.d_initial_h = at(kH), back.d_initial_c = at(kC);
    const Status second = AttentionSequenceGradient(back);
    CHECK(second.ok(), "%s", second.message().c_str());
  }
};

/// Each gradient against a central difference of the float64 reference along a random direction.
void TestLayer(const Layer& layer, Random& random) {
  Run run(layer);
  DoubleParts in;
  for (int part = 0; part < kParts; ++part) in[part].assign(layer.parts[part].begin(), layer.parts[part].end());
  const std::array<Doubles, kResults> expected = Reference(layer, in);
  static const char* const names[kResults] = {"output", "contexts", "weights", "final h", "final c"};
  for (int result = 0; result < kResults; ++result)
    CheckClose(run.results[result], expected[result], 1e-5, 3e-6, layer.Name() + " " + names[result]);
  CHECK(run.workspace.GuardsIntact(), "%s: wrote outside the workspace", layer.Name().c_str());
  for (int part = 0; part < kParts; ++part) {
    CHECK(run.gradients[part].GuardsIntact(), "%s: d %s wrote outside its buffer", layer.Name().c_str(), kNames[part]);
    const Doubles start = in[part];
    const std::vector<float> direction = random.Floats(static_cast<int64_t>(start.size()));
    const auto loss_at = [&](double e) {
      for (size_t i = 0; i < start.size(); ++i) in[part][i] = start[i] + e * direction[i];
      return Loss(layer, in);
    };
    const double want = (loss_at(1e-5) - loss_at(-1e-5)) / 2e-5;
    in[part] = start;
    double got = 0, size = 0;
    for (size_t i = 0; i < start.size(); ++i) {
      const double product = run.gradients[part][static_cast<int64_t>(i)] * direction[i];
      got += product, size += std::fabs(product);
    }
    CHECK(std::fabs(got - want) <= 2e-5 * (1 + std::sqrt(size)) + 1e-5 * std::fabs(want), "%s: d %s is %.9g, expected %.9g",
          layer.Name().c_str(), kNames[part], got, want);
  }
}

void TestSmall() {
  Random random(11);
  for (int variant = 0; variant < 64; ++variant) TestLayer(Layer({3, 2, 4, 5, 4, 6, 3}, variant, random), random);
  for (int variant : {15, 12, 6}) TestLayer(Layer({1, 3, 2, 17, 1, 1, 1}, variant, random), random);
  for (int variant : {14, 13, 58}) TestLayer(Layer({0, 2, 2, 3, 2, 3, 2}, variant, random), random);
}

/// Large enough that threads share the batch and matrices are packed.
void TestShared() {
  Random random(12);
  for (int variant : {14, 12, 15, 59, 30}) TestLayer(Layer({2, 27, 6, 65, 9, 33, 70}, variant, random), random);
}

void TestErrors() {
  Random random(13);
  Layer layer({2, 2, 3, 4, 3, 5, 2}, 12, random);
  layer.lengths = {3, 4};
  AttentionSequenceForward call;
  call.inputs = layer.Inputs();
  Status status = AttentionSequence(call);
  CHECK(status.message() == "unroll: Attention: lengths[1] must be in [0, 3] (the source's time steps), got 4", "%s", status.message().c_str());
  layer.lengths.clear();
  call.inputs = layer.Inputs();
  call.inputs.query_kernel = nullptr;
  status = AttentionSequence(call);
  CHECK(status.message() == "unroll: AttentionSequence: without a query kernel keys must be as wide as the state, 4 numbers, got 5", "%s",
        status.message().c_str());
}

}  // namespace

int main() {
  for (int threads : {1, 2, 3}) {
    Configure(threads, Precision::kFloat32);
    ForEachTarget([&] {
      if (threads < 3) TestSmall();
      TestShared();
      TestErrors();
    });
  }
  return Report("attention_sequence_test");
}
