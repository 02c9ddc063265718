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
  int64_t inputs, width;
  Floats input_kernel, recurrent_kernel, bias, zeros;
  Floats output, final_h, final_c, gates, cells;
  Floats d_input, d_input_kernel, d_recurrent_kernel, d_bias, d_recurrent_bias, d_h, d_c;

  Direction(bool gru_, bool reverse_, Sizes s, int64_t inputs_)
      : gru(gru_), reverse(reverse_), size(s), inputs(inputs_), width((gru ? 3 : 4) * s.h), input_kernel(Numbers(inputs * width, 0.05f)),
        recurrent_kernel(Numbers(s.h * width, 0.05f)), bias(Numbers(width, 0.05f)), zeros(s.b * s.h), output(s.t * s.b * s.h),
        final_h(s.b * s.h), final_c(s.b * s.h), gates(4 * s.t * s.b * s.h), cells(s.t * s.b * s.h), d_input(s.t * s.b * inputs),
        d_input_kernel(inputs * width), d_recurrent_kernel(s.h * width), d_bias(width), d_recurrent_bias(width), d_h(s.b * s.h), d_c(s.b * s.h) {}

  SequenceInputs Inputs(const float* input) const {
    SequenceInputs in;
    in.time_steps = size.t, in.batch_size = size.b, in.input_size = inputs, in.hidden_size = size.h, in.reverse = reverse;
    in.input = input, in.input_kernel = input_kernel.data(), in.recurrent_kernel = recurrent_kernel.data();
    in.bias = bias.data(), in.initial_h = zeros.data();
    in.lengths = size.lengths == nullptr ? nullptr : size.lengths->data();
    return in;
  }
  void Forward(const float* input) {
    if (gru) return Check(GruSequence({Inputs(input), bias.data(), output.data(), final_h.data(), gates.data()}));
    Check(LstmSequence({Inputs(input), zeros.data(), output.data(), final_h.data(), final_c.data(), gates.data(), cells.data()}));
  }
  void Backward(const float* input, const float* d_output) {
    const SequenceGradients g{d_input.data(), d_input_kernel.data(), d_recurrent_kernel.data(), d_bias.data(), d_h.data()};
    if (gru) {
      Check(GruSequenceGradient({Inputs(input), bias.data(), output.data(), gates.data(), d_output, zeros.data(), g, d_recurrent_bias.data()}));
    } else {
      Check(LstmSequenceGradient({Inputs(input), zeros.data(), output.data(), gates.data(), cells.data(), d_output, zeros.data(), zeros.data(), g, d_c.data()}));
    }
  }
};

/// One direction, or two whose outputs stand side by side.
struct Layer {
  Sizes size;
  std::vector<Direction> directions;
  Floats output, d_input;

  Layer(bool gru, int count, Sizes s, int64_t inputs) : size(s), output(count * s.t * s.b * s.h), d_input(s.t * s.b * inputs) {
    for (int i = 0; i < count; ++i) directions.emplace_back(gru, i == 1, s, inputs);
  }

  const float* Forward(const float* input) {
    for (Direction& direction : directions) direction.Forward(input);
    if (directions.size() == 1) return directions[0].output.data();
    for (int64_t row = 0; row < size.t * size.b; ++row)
      for (int i = 0; i < 2; ++i)
        std::memcpy(&output[(2 * row + i) * size.h], &directions[i].output[row * size.h], static_cast<size_t>(size.h) * sizeof(float));
    return output.data();
  }
  const float* Backward(const float* input, const float* d_output) {
    if (directions.size() == 1) {
      directions[0].Backward(input, d_output);
      return directions[0].d_input.data();
    }
    Floats half(static_cast<size_t>(size.t * size.b * size.h));
    for (int i = 0; i < 2; ++i) {
      for (int64_t row = 0; row < size.t * size.b; ++row)
        std::memcpy(&half[row * size.h], d_output + (2 * row + i) * size.h, static_cast<size_t>(size.h) * sizeof(float));
      directions[i].Backward(input, half.data());
    }
    for (size_t i = 0; i < d_input.size(); ++i) d_input[i] = directions[0].d_input[i] + directions[1].d_input[i];
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
