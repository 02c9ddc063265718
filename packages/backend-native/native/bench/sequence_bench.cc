// Milliseconds of a training step of recurrent layers alone, forward and backward with the gradient of the input:
// two GRU layers and two bidirectional LSTM layers of 256 units on 32 sequences of 50 steps, without and with lengths
// (uniform in 10..50, unsorted), and the two LSTM layers of char-512.
// Usage: sequence_bench [threads [float32|bfloat16 [beginning of a name]]]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <vector>

#include "unroll/configuration.h"
#include "unroll/gru_sequence.h"
#include "unroll/lstm_sequence.h"
#include "unroll/matmul.h"

using namespace unroll;

namespace {

using Floats = std::vector<float>;

double Now() { return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

uint32_t NextNumber() {
  static uint32_t state = 1;
  state = state * 1664525u + 1013904223u;
  return state >> 8;
}

Floats Numbers(int64_t n, float scale) {
  Floats v(static_cast<size_t>(n));
  for (float& x : v) x = scale * (static_cast<float>(NextNumber()) * 0x1p-23f - 1.0f);
  return v;
}

void Check(const Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.message().c_str());
  std::exit(1);
}

struct Sizes {
  int64_t t, b, h;
  const std::vector<int32_t>* lengths;  // null: all T
};

/// One walk of an LSTM or GRU layer and its gradient.
struct Direction {
  bool gru, reverse;
  Sizes size;
  int64_t inputs, width, stride;
  Floats input_kernel, recurrent_kernel, bias, zeros, final_h, final_c, gates, cells;
  Floats d_input_kernel, d_recurrent_kernel, d_bias, d_recurrent_bias, d_h, d_c;

  Direction(bool gru_, bool reverse_, Sizes s, int64_t inputs_, int64_t stride_)
      : gru(gru_), reverse(reverse_), size(s), inputs(inputs_), width((gru ? 3 : 4) * s.h), stride(stride_), input_kernel(Numbers(inputs * width, 0.05f)),
        recurrent_kernel(Numbers(s.h * width, 0.05f)), bias(Numbers(width, 0.05f)), zeros(s.b * s.h), final_h(s.b * s.h), final_c(s.b * s.h),
        gates(4 * s.t * s.b * s.h), cells(s.t * s.b * s.h), d_input_kernel(inputs * width), d_recurrent_kernel(s.h * width), d_bias(width),
        d_recurrent_bias(width), d_h(s.b * s.h), d_c(s.b * s.h) {}

  SequenceInputs Inputs(const float* input) const {
    SequenceInputs in;
    in.time_steps = size.t, in.batch_size = size.b, in.input_size = inputs, in.hidden_size = size.h, in.reverse = reverse;
    in.input = input, in.input_kernel = input_kernel.data(), in.recurrent_kernel = recurrent_kernel.data();
    in.bias = bias.data(), in.initial_h = zeros.data();
    in.lengths = size.lengths == nullptr ? nullptr : size.lengths->data();
    in.output_stride = stride;
    return in;
  }
  SequenceGradients Gradients(float* d_input) { return {d_input, d_input_kernel.data(), d_recurrent_kernel.data(), d_bias.data(), d_h.data()}; }

  void Call(const float* input, float* output, LstmSequenceForward& call) {
    call = {Inputs(input), zeros.data(), output, final_h.data(), final_c.data(), gates.data(), cells.data()};
  }
  void Call(const float* input, float* output, GruSequenceForward& call) { call = {Inputs(input), bias.data(), output, final_h.data(), gates.data()}; }
  void Call(const float* input, const float* output, const float* d_output, float* d_input, LstmSequenceBackward& call) {
    call = {Inputs(input), zeros.data(), output, gates.data(), cells.data(), d_output, zeros.data(), zeros.data(), Gradients(d_input), d_c.data()};
  }
  void Call(const float* input, const float* output, const float* d_output, float* d_input, GruSequenceBackward& call) {
    call = {Inputs(input), bias.data(), output, gates.data(), d_output, zeros.data(), Gradients(d_input), d_recurrent_bias.data()};
  }
};

/// One direction, or two whose outputs stand side by side.
struct Layer {
  Sizes size;
  std::vector<Direction> directions;
  Floats output, d_input;

  Layer(bool gru, int count, Sizes s, int64_t inputs) : size(s), output(count * s.t * s.b * s.h), d_input(s.t * s.b * inputs) {
    for (int i = 0; i < count; ++i) directions.emplace_back(gru, i == 1, s, inputs, count * s.h);
  }

  template <typename Call>
  void Forward(const float* input, Status (*kernel)(const Call*, int)) {
    std::vector<Call> calls(directions.size());
    for (size_t i = 0; i < calls.size(); ++i) directions[i].Call(input, output.data() + i * size.h, calls[i]);
    Check(kernel(calls.data(), static_cast<int>(calls.size())));
  }
  template <typename Call>
  void Backward(const float* input, const float* d_output, Status (*kernel)(const Call*, int)) {
    std::vector<Call> calls(directions.size());
    for (size_t i = 0; i < calls.size(); ++i)
      directions[i].Call(input, output.data() + i * size.h, d_output + i * size.h, d_input.data(), calls[i]);
    Check(kernel(calls.data(), static_cast<int>(calls.size())));
  }

  const float* Forward(const float* input) {
    directions[0].gru ? Forward<GruSequenceForward>(input, GruSequence) : Forward<LstmSequenceForward>(input, LstmSequence);
    return output.data();
  }
  const float* Backward(const float* input, const float* d_output) {
    directions[0].gru ? Backward<GruSequenceBackward>(input, d_output, GruSequenceGradient)
                      : Backward<LstmSequenceBackward>(input, d_output, LstmSequenceGradient);
    return d_input.data();
  }
};

double Median(std::vector<double>& v) {
  std::nth_element(v.begin(), v.begin() + static_cast<int64_t>(v.size() / 2), v.end());
  return v[v.size() / 2];
}

const char* wanted = "";

void Measure(const char* name, bool gru, int directions, Sizes s) {
  if (std::strncmp(name, wanted, std::strlen(wanted)) != 0) return;
  std::vector<Layer> layers;
  layers.emplace_back(gru, directions, s, s.h);
  layers.emplace_back(gru, directions, s, directions * s.h);
  const Floats input = Numbers(s.t * s.b * s.h, 1.0f), d_output = Numbers(directions * s.t * s.b * s.h, 1.0f);
  std::vector<double> all, forward;
  const double end = Now() + 2000;
  for (int i = 0; i < 5 || Now() < end; ++i) {
    const double start = Now();
    const float* between = layers[0].Forward(input.data());
    layers[1].Forward(between);
    forward.push_back(Now() - start);
    layers[0].Backward(input.data(), layers[1].Backward(between, d_output.data()));
    all.push_back(Now() - start);
  }
  const double least = *std::min_element(all.begin(), all.end()), least_forward = *std::min_element(forward.begin(), forward.end());
  std::printf("%-30s %7.2f ms least, %7.2f median; forward %.2f, %.2f\n", name, least, Median(all), least_forward, Median(forward));
}

}  // namespace

int main(int count, char** arguments) {
  const Precision precision = count > 2 && std::strcmp(arguments[2], "bfloat16") == 0 ? Precision::kBfloat16 : Precision::kFloat32;
  Configure(count > 1 ? std::atoi(arguments[1]) : 0, precision);
  if (count > 3) wanted = arguments[3];
  std::vector<int32_t> lengths;
  for (int i = 0; i < 32; ++i) lengths.push_back(10 + static_cast<int32_t>(NextNumber() % 41));
  std::printf("%s, %s, %d threads; %d of %d steps are real\n", MatMulName(), precision == Precision::kFloat32 ? "float32" : "bfloat16",
              ThreadCount(), std::accumulate(lengths.begin(), lengths.end(), 0), 32 * 50);
  Measure("gru", true, 1, {50, 32, 256, nullptr});
  Measure("gru, lengths", true, 1, {50, 32, 256, &lengths});
  Measure("bidirectional lstm", false, 2, {50, 32, 256, nullptr});
  Measure("bidirectional lstm, lengths", false, 2, {50, 32, 256, &lengths});
  Measure("char-512 lstm", false, 1, {64, 64, 512, nullptr});
}
