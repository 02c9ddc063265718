// Microseconds of one step of two LSTM layers at a small batch, by the kernel alone, and the gigabytes of weights that it
// read in a second. The first lines take vectors and give hidden vectors; the last one takes one of 65 characters and
// gives logits. Usage: stepper_bench [threads [bfloat16]]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "unroll/configuration.h"
#include "unroll/stack_stepper.h"
#include "unroll/target.h"

using namespace unroll;

namespace {

double Now() { return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

std::vector<float> Numbers(int64_t n, float scale) {
  static uint32_t state = 1;
  std::vector<float> v(static_cast<size_t>(n));
  for (float& x : v) {
    state = state * 1664525u + 1013904223u;
    x = scale * (static_cast<float>(state >> 8) * 0x1p-23f - 1.0f);
  }
  return v;
}

void Measure(int64_t batch, int64_t h, int64_t characters) {
  const std::vector<float> kernel = Numbers(h * 4 * h, 0.05f), bias = Numbers(4 * h, 0.05f);
  const std::vector<float> embedding = Numbers(characters * h, 0.1f), head = Numbers(h * characters, 0.1f);
  StepperWeights w;
  w.batch_size = batch, w.input_size = h, w.hidden_size = h;
  for (int l = 0; l < 2; ++l) w.layers.push_back({StepCell::kLstm, kernel.data(), kernel.data(), bias.data(), nullptr});
  if (characters > 0) {
    w.input = StepInput::kEmbedded, w.id_count = characters, w.embedding = embedding.data();
    w.output_size = characters, w.head_kernel = head.data();
  }
  const double begin = Now();
  StackStepper stepper(w);
  const double prepared = Now() - begin;
  const std::vector<float> vectors = Numbers(batch * h, 1);
  std::vector<int32_t> ids(static_cast<size_t>(batch), 1);
  std::vector<float> state(static_cast<size_t>(stepper.state_size())), output(static_cast<size_t>(batch * stepper.output_size()));
  StepCall call;
  call.ids = ids.data(), call.vectors = characters > 0 ? nullptr : vectors.data();
  call.state = state.data(), call.output = output.data();
  std::vector<double> all;
  const double end = Now() + 1.5e6;
  while (Now() < end) {
    for (int32_t& id : ids) id = characters > 0 ? (id * 7 + 3) % static_cast<int32_t>(characters) : 0;
    const double start = Now();
    if (!stepper.Step(call).ok()) std::abort();
    all.push_back(Now() - start);
  }
  std::sort(all.begin(), all.end());
  const double median = all[all.size() / 2];
  const int64_t products = (characters > 0 ? 3 : 4) * 4 * h * h + h * characters;
  const double bytes = static_cast<double>(products) * (CurrentPrecision() == Precision::kBfloat16 ? 2 : 4);
  std::printf("B %2d  H %4d  V %3d: %8.1f us median, %8.1f least, %6.1f GB/s; prepared in %.1f ms\n", static_cast<int>(batch), static_cast<int>(h),
              static_cast<int>(characters), median, all[0], bytes / median / 1e3, prepared / 1e3);
}

}  // namespace

int main(int count, char** arguments) {
  const Precision precision = count > 2 && std::strcmp(arguments[2], "bfloat16") == 0 ? Precision::kBfloat16 : Precision::kFloat32;
  Configure(count > 1 ? std::atoi(arguments[1]) : 0, precision);
  std::printf("%s, %s, %d threads\n", TargetName(), precision == Precision::kFloat32 ? "float32" : "bfloat16", ThreadCount());
  for (int64_t h : {64, 128, 200, 512, 1024}) Measure(1, h, 0);
  for (int64_t batch : {4, 16}) Measure(batch, 512, 0);
  Measure(1, 128, 65);
  Measure(1, 512, 65);
}
