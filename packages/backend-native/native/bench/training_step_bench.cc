// Milliseconds of one training step of the language models of the benchmark tables, by the kernels alone: embedding,
// two LSTM layers, linear cross-entropy, their gradients, and SGD with clipping by norm. No dropout.
// Usage: training_step_bench [threads [float32|bfloat16 [model]]]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "unroll/configuration.h"
#include "unroll/linear_cross_entropy.h"
#include "unroll/lstm_sequence.h"
#include "unroll/matmul.h"
#include "unroll/movement.h"
#include "unroll/optimizer_step.h"

using namespace unroll;

namespace {

using Floats = std::vector<float>;

double Now() { return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

Floats Numbers(int64_t n, float scale) {
  static uint32_t state = 1;
  Floats v(static_cast<size_t>(n));
  for (float& x : v) {
    state = state * 1664525u + 1013904223u;
    x = scale * (static_cast<float>(state >> 8) * 0x1p-23f - 1.0f);
  }
  return v;
}

void Check(const Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.message().c_str());
  std::exit(1);
}

/// A parameter with its gradient.
struct Parameter {
  Floats w, d;
  explicit Parameter(int64_t n) : w(Numbers(n, 0.05f)), d(static_cast<size_t>(n)) {}
};

struct Layer {
  int64_t t, b, h;
  Parameter input_kernel, recurrent_kernel, bias;
  Floats zeros, output, final_h, final_c, gates, cells, d_input, d_initial_h, d_initial_c;

  Layer(int64_t t_, int64_t b_, int64_t h_)
      : t(t_), b(b_), h(h_), input_kernel(4 * h * h), recurrent_kernel(4 * h * h), bias(4 * h), zeros(b * h), output(t * b * h), final_h(b * h),
        final_c(b * h), gates(4 * t * b * h), cells(t * b * h), d_input(t * b * h), d_initial_h(b * h), d_initial_c(b * h) {}

  SequenceInputs Inputs(const Floats& input) const {
    SequenceInputs s;
    s.time_steps = t, s.batch_size = b, s.input_size = h, s.hidden_size = h;
    s.input = input.data(), s.input_kernel = input_kernel.w.data(), s.recurrent_kernel = recurrent_kernel.w.data();
    s.bias = bias.w.data(), s.initial_h = zeros.data();
    return s;
  }
  void Forward(const Floats& input) {
    Check(LstmSequence({Inputs(input), zeros.data(), output.data(), final_h.data(), final_c.data(), gates.data(), cells.data()}));
  }
  void Backward(const Floats& input, const Floats& d_output) {
    Check(LstmSequenceGradient({Inputs(input), zeros.data(), output.data(), gates.data(), cells.data(), d_output.data(), zeros.data(), zeros.data(),
                                {d_input.data(), input_kernel.d.data(), recurrent_kernel.d.data(), bias.d.data(), d_initial_h.data()},
                                d_initial_c.data()}));
  }
};

struct Model {
  std::string name;
  int64_t v, h, t, b;
  Parameter embedding, kernel, bias;
  std::vector<Layer> layers;
  std::vector<int32_t> words, targets;
  Floats embedded, losses, d_hidden;
  double parts[4] = {1e9, 1e9, 1e9, 1e9};  // forward, loss, backward, update

  Model(const char* name_, int64_t v_, int64_t h_, int64_t t_, int64_t b_)
      : name(name_), v(v_), h(h_), t(t_), b(b_), embedding(v * h), kernel(h * v), bias(v), embedded(t * b * h), losses(t * b), d_hidden(t * b * h) {
    layers.emplace_back(t, b, h);
    layers.emplace_back(t, b, h);
    for (int64_t i = 0; i < t * b; ++i) words.push_back(static_cast<int32_t>(i * 7919 % v)), targets.push_back(static_cast<int32_t>((i + 1) * 7919 % v));
  }

  double Step() {
    double times[5] = {Now()};
    Check(Gather(reinterpret_cast<const char*>(embedding.w.data()), words.data(), {1, 1, v, t * b, h * 4}, reinterpret_cast<char*>(embedded.data())));
    layers[0].Forward(embedded);
    layers[1].Forward(layers[0].output);
    times[1] = Now();
    LinearCrossEntropyCall loss;
    double sum = 0, count = 0;
    loss.rows = t * b, loss.hidden_size = h, loss.vocabulary_size = v;
    loss.hidden = layers[1].output.data(), loss.kernel = kernel.w.data(), loss.bias = bias.w.data(), loss.targets = targets.data();
    loss.losses = losses.data(), loss.sum = &sum, loss.count = &count;
    loss.d_hidden = d_hidden.data(), loss.d_kernel = kernel.d.data(), loss.d_bias = bias.d.data();
    Check(LinearCrossEntropy(loss));
    times[2] = Now();
    layers[1].Backward(layers[0].output, d_hidden);
    layers[0].Backward(embedded, layers[1].d_input);
    SegmentSum(layers[0].d_input.data(), words.data(), t * b, h, v, embedding.d.data());
    times[3] = Now();
    Update(1.0 / static_cast<double>(b));
    times[4] = Now();
    for (int i = 0; i < 4; ++i) parts[i] = std::min(parts[i], times[i + 1] - times[i]);
    return times[4] - times[0];
  }

  void Update(double scale) {
    std::vector<Parameter*> all{&embedding, &kernel, &bias};
    for (Layer& layer : layers) all.insert(all.end(), {&layer.input_kernel, &layer.recurrent_kernel, &layer.bias});
    std::vector<ParameterUpdate> updates;
    for (Parameter* p : all) {
      ParameterUpdate update;
      update.parameter = p->w.data(), update.gradient = p->d.data(), update.size = static_cast<int64_t>(p->w.size());
      updates.push_back(update);
    }
    OptimizerStepCall call;
    call.updates = updates.data(), call.update_count = static_cast<int64_t>(updates.size());
    call.learning_rate = 0.1, call.gradient_scale = scale, call.clip_norm = 5;
    double norm = 0;
    Check(OptimizerStep(call, &norm));
  }
};

void Measure(Model model) {
  double best = 1e9;
  std::vector<double> all;
  const double end = Now() + 4000;
  for (int i = 0; i < 5 || Now() < end; ++i) all.push_back(model.Step()), best = std::min(best, all.back());
  std::nth_element(all.begin(), all.begin() + static_cast<int64_t>(all.size() / 2), all.end());
  std::printf("%-11s %7.2f ms least, %7.2f median; forward %.2f, loss %.2f, backward %.2f, update %.2f\n", model.name.c_str(), best,
              all[all.size() / 2], model.parts[0], model.parts[1], model.parts[2], model.parts[3]);
}

}  // namespace

int main(int count, char** arguments) {
  const Precision precision = count > 2 && std::strcmp(arguments[2], "bfloat16") == 0 ? Precision::kBfloat16 : Precision::kFloat32;
  Configure(count > 1 ? std::atoi(arguments[1]) : 0, precision);
  std::printf("%s, %s, %d threads\n", MatMulName(), precision == Precision::kFloat32 ? "float32" : "bfloat16", ThreadCount());
  const auto measure = [&](const char* name, int64_t v, int64_t h, int64_t t, int64_t b) {
    if (count <= 3 || std::strcmp(arguments[3], name) == 0) Measure(Model(name, v, h, t, b));
  };
  measure("ptb-small", 10000, 200, 20, 20);
  measure("ptb-medium", 10000, 650, 35, 20);
  measure("char-512", 65, 512, 64, 64);
}
