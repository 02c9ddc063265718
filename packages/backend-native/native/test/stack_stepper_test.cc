#include <string>

#include "check.h"
#include "kernels/stepper/team_pace.h"
#include "parallel/thread_pool.h"
#include "sequence_reference.h"
#include "unroll/configuration.h"
#include "unroll/stack_stepper.h"
#include "unroll/target.h"

using namespace unroll;
using namespace unroll_test;

namespace {

struct Shape {
  CellKind kind;
  StepInput input;
  int64_t b, i, h, layers, ids, v;  // v 0: no head
  bool transpose_head, head_bias;
};

StepCell CellOf(CellKind kind) {
  switch (kind) {
    case CellKind::kLstm: return StepCell::kLstm;
    case CellKind::kGru: return StepCell::kGru;
    case CellKind::kRnnTanh: return StepCell::kElmanTanh;
    default: return StepCell::kElmanRelu;
  }
}

/// The nearest bfloat16, by arithmetic: 8 significant bits, ties to even.
float RoundedToBfloat16(float x) {
  if (x == 0) return x;
  int exponent;
  const double mantissa = std::frexp(static_cast<double>(x), &exponent);
  return static_cast<float>(std::ldexp(std::nearbyint(std::ldexp(mantissa, 8)), exponent - 8));
}

/// A stack with random weights, in float32 for the stepper and in float64 for the reference.
struct Model {
  struct Layer {
    std::vector<float> input_kernel, recurrent_kernel, bias, recurrent_bias;
  };
  Shape s;
  std::vector<Layer> layers;
  std::vector<float> embedding, head_kernel, head_bias;

  Model(const Shape& shape, Random& random) : s(shape) {
    const int64_t width = GatesOf(s.kind) * s.h;
    for (int64_t l = 0; l < s.layers; ++l) {
      const int64_t inputs = l == 0 ? s.i : s.h;
      const float scale = 1.5f / std::sqrt(static_cast<float>(s.h));
      layers.push_back({random.Floats(inputs * width, scale), random.Floats(s.h * width, scale), random.Floats(width), random.Floats(width)});
    }
    embedding = random.Floats(s.ids * s.i);
    head_kernel = random.Floats(s.h * s.v, 0.3f);
    head_bias = random.Floats(s.v);
  }

  StepperWeights Weights() const {
    StepperWeights w;
    w.batch_size = s.b, w.input_size = s.i, w.hidden_size = s.h;
    for (const Layer& layer : layers)
      w.layers.push_back({CellOf(s.kind), layer.input_kernel.data(), layer.recurrent_kernel.data(), layer.bias.data(),
                          s.kind == CellKind::kGru ? layer.recurrent_bias.data() : nullptr});
    w.input = s.input, w.id_count = s.input == StepInput::kEmbedded ? s.ids : 0;
    w.embedding = s.input == StepInput::kEmbedded ? embedding.data() : nullptr;
    w.output_size = s.v, w.head_kernel = head_kernel.data(), w.transpose_head = s.transpose_head;
    w.head_bias = s.head_bias ? head_bias.data() : nullptr;
    return w;
  }

  void RoundKernels() {
    for (Layer& layer : layers)
      for (auto* kernel : {&layer.input_kernel, &layer.recurrent_kernel})
        for (float& x : *kernel) x = RoundedToBfloat16(x);
    for (float& x : head_kernel) x = RoundedToBfloat16(x);
  }

  std::string Name() const {
    char text[200];
    std::snprintf(text, sizeof text, "stepper %d input %d B %d I %d H %d L %d V %d on %s, %d threads, %s", static_cast<int>(s.kind),
                  static_cast<int>(s.input), (int)s.b, (int)s.i, (int)s.h, (int)s.layers, (int)s.v, TargetName(), ThreadCount(),
                  CurrentPrecision() == Precision::kFloat32 ? "float32" : "bfloat16");
    return text;
  }
};

Doubles Widen(const std::vector<float>& v) { return Doubles(v.begin(), v.end()); }

/// One row's step by the reference: `state` is h (and c) of each layer; returns the output.
Doubles ReferenceStepOf(const Model& m, const Doubles& x, std::vector<Doubles>& h, std::vector<Doubles>& c) {
  Doubles below = x;
  for (int64_t l = 0; l < m.s.layers; ++l) {
    const Model::Layer& layer = m.layers[static_cast<size_t>(l)];
    ReferenceShape shape{m.s.kind, 1, 1, static_cast<int64_t>(below.size()), m.s.h, false, {}, {}};
    ReferenceInputs in{{}, Widen(layer.input_kernel), Widen(layer.recurrent_kernel), Widen(layer.bias), Widen(layer.recurrent_bias), {}, {}};
    ReferenceStep(shape, in, below.data(), nullptr, h[static_cast<size_t>(l)].data(), c[static_cast<size_t>(l)].data());
    below = h[static_cast<size_t>(l)];
  }
  if (m.s.v == 0) return below;
  Doubles logits(m.s.v);
  for (int64_t v = 0; v < m.s.v; ++v) {
    logits[v] = m.s.head_bias ? m.head_bias[v] : 0;
    for (int64_t k = 0; k < m.s.h; ++k) logits[v] += below[k] * m.head_kernel[m.s.transpose_head ? v * m.s.h + k : k * m.s.v + v];
  }
  return logits;
}

void CheckStepper(const Shape& s, Random& random) {
  Model model(s, random);
  StackStepper stepper(model.Weights());
  if (CurrentPrecision() == Precision::kBfloat16) model.RoundKernels();  // the stepper's arithmetic is float32 all the same
  const int64_t parts = s.kind == CellKind::kLstm ? 2 : 1, row = s.h, block = s.b * s.h, out = s.v > 0 ? s.v : s.h;
  CHECK(stepper.state_size() == s.layers * parts * block, "%s: state size", model.Name().c_str());
  CHECK(stepper.output_size() == out, "%s: output size", model.Name().c_str());
  Guarded state(random.Floats(s.layers * parts * block)), output(s.b * out);
  std::vector<std::vector<Doubles>> h(s.b), c(s.b);
  for (int64_t b = 0; b < s.b; ++b)
    for (int64_t l = 0; l < s.layers; ++l) {
      const float* from = state.data() + l * parts * block + b * row;
      h[b].emplace_back(from, from + row);
      c[b].push_back(parts == 2 ? Doubles(from + block, from + block + row) : Doubles(row));
    }
  for (int step = 0; step < 3; ++step) {
    std::vector<float> vectors = random.Floats(s.b * s.i);
    std::vector<int32_t> ids;
    const int64_t count = s.input == StepInput::kOneHot ? s.i : s.ids;
    for (int64_t b = 0; b < s.b; ++b) ids.push_back(static_cast<int32_t>(random.Between(0, count - 1)));
    StepCall call;
    call.state = state.data(), call.output = step == 1 ? nullptr : output.data();
    if (s.input == StepInput::kVector) call.vectors = vectors.data();
    if (s.input != StepInput::kVector) call.ids = ids.data();
    CHECK(stepper.Step(call).ok(), "%s: failed", model.Name().c_str());
    Doubles expected, expected_state(state.size());
    for (int64_t b = 0; b < s.b; ++b) {
      Doubles x(s.i, 0.0);
      if (s.input == StepInput::kOneHot) x[ids[b]] = 1;
      for (int64_t i = 0; s.input != StepInput::kOneHot && i < s.i; ++i)
        x[i] = s.input == StepInput::kVector ? vectors[b * s.i + i] : model.embedding[ids[b] * s.i + i];
      const Doubles logits = ReferenceStepOf(model, x, h[b], c[b]);
      expected.insert(expected.end(), logits.begin(), logits.end());
      for (int64_t l = 0; l < s.layers; ++l)
        for (int64_t u = 0; u < row; ++u) {
          expected_state[l * parts * block + b * row + u] = h[b][l][u];
          if (parts == 2) expected_state[l * parts * block + block + b * row + u] = c[b][l][u];
        }
    }
    // One-hot rows are kept in float32: they cost no product.
    const double rounded = CurrentPrecision() == Precision::kBfloat16 && s.input == StepInput::kOneHot ? 0.02 : 0;
    if (call.output != nullptr) CheckClose(output, expected, 1e-5, 3e-6 + rounded, model.Name() + " output");
    CheckClose(state, expected_state, 1e-5, 3e-6 + rounded, model.Name() + " state");
  }
}

void CheckIds() {
  Random random(3);
  Model model({CellKind::kGru, StepInput::kEmbedded, 2, 3, 5, 1, 7, 4, false, true}, random);
  StackStepper stepper(model.Weights());
  Guarded state(std::vector<float>(10, 0.5f)), output(8);
  for (int32_t wrong : {-1, 7}) {
    const int32_t ids[] = {1, wrong};
    StepCall call;
    call.ids = ids, call.state = state.data(), call.output = output.data();
    CHECK(!stepper.Step(call).ok(), "an id of %d was taken", wrong);
  }
  for (int64_t i = 0; i < state.size(); ++i) CHECK(state[i] == 0.5f, "a refused step changed the state");
}

/// Twice, and with the work of all threads on one of them, where there are fewer now or the pool is in use.
void CheckSameBits() {
  Random random(9);
  const int threads = ThreadCount();
  const Precision precision = CurrentPrecision();
  Model model({CellKind::kLstm, StepInput::kEmbedded, 1, 40, 200, 2, 30, 65, false, true}, random);
  std::vector<float> first;
  for (int run = 0; run < 4; ++run) {
    StackStepper stepper(model.Weights());
    std::vector<float> state(static_cast<size_t>(stepper.state_size())), output(65);
    const auto steps = [&](int thread) {
      for (int32_t id = 0; id < 20 && thread == 0; ++id) {
        StepCall call;
        call.ids = &id, call.state = state.data(), call.output = output.data();
        CHECK(stepper.Step(call).ok(), "failed");
      }
    };
    if (run == 2) Configure(1, precision);
    if (run == 3) {
      ParallelRun(2, steps);
    } else {
      steps(0);
    }
    Configure(threads, precision);
    if (run == 0) first = output;
    CHECK(first == output, "the same steps gave other bits, run %d", run);
  }
}

/// Steps that are made alone before the next one that all threads make.
int CountAlone(TeamPace& pace) {
  int alone = 0;
  while (!pace.IsTogether()) ++alone;
  return alone;
}

void CheckPace() {
  constexpr int64_t kQuick = 5'000, kSlow = 900'000;
  TeamPace pace(10'000);
  pace.TookTogether(kSlow);
  CHECK(CountAlone(pace) == 0, "the step that wakes the threads says nothing");
  for (int64_t ns : {kQuick, kQuick}) pace.TookTogether(ns);
  CHECK(CountAlone(pace) == 0, "quick steps are made together");
  for (int expected : {8, 16, 32, 64, 128, 128}) {
    pace.TookTogether(kSlow);
    const int alone = CountAlone(pace);
    CHECK(alone == expected, "%d steps alone, expected %d", alone, expected);
    pace.TookTogether(kSlow);
    CHECK(CountAlone(pace) == 0, "the step after a pause says nothing");
  }
  for (int i = 0; i < 10; ++i) pace.TookTogether(kQuick);
  pace.TookTogether(kSlow);
  CHECK(CountAlone(pace) == 8, "quick steps restore trust");
}

}  // namespace

int main() {
  Random random(5);
  for (Precision precision : {Precision::kFloat32, Precision::kBfloat16})
    for (int threads : {1, 3})
      ForEachTarget([&] {
        Configure(threads, precision);
        for (CellKind kind : {CellKind::kRnnTanh, CellKind::kRnnRelu, CellKind::kLstm, CellKind::kGru})
          for (StepInput input : {StepInput::kVector, StepInput::kEmbedded, StepInput::kOneHot}) {
            CheckStepper({kind, input, 1, 7, 13, 2, 5, 0, false, false}, random);
            CheckStepper({kind, input, 3, 4, 33, 1, 5, 19, false, true}, random);
            for (int64_t lanes : {4, 8, 16}) CheckStepper({kind, input, 1, 3, lanes, 1, 5, lanes, false, true}, random);
            CheckStepper({kind, input, 17, 5, 9, 3, 5, 70, true, false}, random);
            // large enough for several threads
            CheckStepper({kind, input, 2, 21, 200, 2, 5, 65, false, true}, random);
          }
        CheckSameBits();
      });
  CheckIds();
  CheckPace();
  return Report("stack_stepper_test");
}
