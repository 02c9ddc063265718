// Times attention, additive or dot, forward and backward, as a decoder of 64 sentences of 25 words asks for it: one query a step, and
// all of a sentence at once.
//
//   attention_bench [threads] [seconds]

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "unroll/attention.h"
#include "unroll/configuration.h"

namespace {

using Clock = std::chrono::steady_clock;

std::vector<float> Numbers(int64_t count, float scale) {
  std::vector<float> values(static_cast<size_t>(count));
  uint32_t state = 12345;
  for (float& value : values) {
    state = state * 1664525u + 1013904223u;
    value = scale * (static_cast<float>(state >> 8) / 8388608.0f - 1.0f);
  }
  return values;
}

/// The least milliseconds of a call within `seconds`.
template <typename Body>
double Least(double seconds, Body&& body) {
  double least = 1e9;
  const Clock::time_point end = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  while (Clock::now() < end) {
    const Clock::time_point start = Clock::now();
    body();
    least = std::min(least, std::chrono::duration<double, std::milli>(Clock::now() - start).count());
  }
  return least;
}

void Measure(unroll::AttentionScore score, int64_t queries, double seconds) {
  const int64_t b = 64, s = 25, a = 512, w = 1024;
  const auto query = Numbers(queries * b * a, 1), keys = Numbers(s * b * a, 1), values = Numbers(s * b * w, 1), v = Numbers(a, 0.1f);
  const auto d_context = Numbers(queries * b * w, 1), d_weights = Numbers(queries * b * s, 1);
  std::vector<float> context(d_context.size()), weights(d_weights.size()), d_scores(d_weights.size());
  std::vector<float> d_query(query.size()), d_keys(keys.size()), d_values(values.size()), d_v(v.size());
  unroll::AttentionMemory memory;
  memory.source_steps = s, memory.batch_size = b, memory.size = a, memory.width = w, memory.score = score;
  memory.keys = keys.data(), memory.values = values.data(), memory.score_vector = v.data();
  const unroll::AttentionForward forward{queries, query.data(), nullptr, context.data(), weights.data()};
  unroll::AttentionBackward backward;
  backward.queries = queries, backward.query = query.data(), backward.weights = weights.data();
  backward.d_context = d_context.data(), backward.d_weights = d_weights.data(), backward.d_query = d_query.data();
  backward.d_keys = d_keys.data(), backward.d_values = d_values.data(), backward.d_score_vector = d_v.data();
  backward.d_scores = d_scores.data();
  const double there = Least(seconds, [&] { (void)unroll::Attention(memory, forward).ok(); });
  const double back = Least(seconds, [&] { (void)unroll::AttentionGradient(memory, backward).ok(); });
  std::printf("%-8s %3lld queries: forward %7.3f ms, backward %7.3f ms\n", score == unroll::AttentionScore::kDot ? "dot" : "additive",
              static_cast<long long>(queries), there, back);
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : 1;
  const double seconds = argc > 2 ? std::atof(argv[2]) : 1;
  unroll::Configure(threads, unroll::Precision::kFloat32);
  for (const auto score : {unroll::AttentionScore::kAdditive, unroll::AttentionScore::kDot})
    for (const int64_t queries : {1, 25}) Measure(score, queries, seconds);
}
