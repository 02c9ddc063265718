#ifndef UNROLL_TEST_SEQUENCE_REFERENCE_H_
#define UNROLL_TEST_SEQUENCE_REFERENCE_H_

#include <cmath>
#include <cstdint>
#include <vector>

// Recurrent layers in float64, written for reading: what the kernels must agree with.
namespace unroll_test {

enum class CellKind { kRnnTanh, kRnnRelu, kLstm, kGru };

inline int GatesOf(CellKind kind) { return kind == CellKind::kLstm ? 4 : kind == CellKind::kGru ? 3 : 1; }

using Doubles = std::vector<double>;

/// All float inputs, in the order in which gradients are compared.
struct ReferenceInputs {
  Doubles input, input_kernel, recurrent_kernel, bias, recurrent_bias, initial_h, initial_c;
};

struct ReferenceShape {
  CellKind kind;
  int64_t t, b, i, h;
  bool reverse;
  std::vector<int32_t> lengths;  // empty: all T
  Doubles mask;                  // empty: ones
};

struct ReferenceOutputs {
  Doubles output, final_h, final_c;
};

inline double SigmoidOf(double x) { return 1 / (1 + std::exp(-x)); }

/// One step of one sequence: h and c become the next state. `x`, `h` and `c` are single rows.
inline void ReferenceStep(const ReferenceShape& s, const ReferenceInputs& in, const double* x, const double* mask, double* h, double* c) {
  const int gates = GatesOf(s.kind);
  const int64_t width = gates * s.h;
  Doubles from_x(width), from_h(width), next(s.h);
  for (int64_t j = 0; j < width; ++j) {
    from_x[j] = in.bias[j];
    from_h[j] = s.kind == CellKind::kGru ? in.recurrent_bias[j] : 0;
    for (int64_t k = 0; k < s.i; ++k) from_x[j] += x[k] * in.input_kernel[k * width + j];
    for (int64_t k = 0; k < s.h; ++k) from_h[j] += h[k] * (mask ? mask[k] : 1) * in.recurrent_kernel[k * width + j];
  }
  for (int64_t u = 0; u < s.h; ++u) {
    const auto sum = [&](int gate) { return from_x[gate * s.h + u] + from_h[gate * s.h + u]; };
    if (s.kind == CellKind::kLstm) {
      c[u] = SigmoidOf(sum(1)) * c[u] + SigmoidOf(sum(0)) * std::tanh(sum(2));
      next[u] = SigmoidOf(sum(3)) * std::tanh(c[u]);
    } else if (s.kind == CellKind::kGru) {
      const double r = SigmoidOf(sum(0)), z = SigmoidOf(sum(1));
      const double n = std::tanh(from_x[2 * s.h + u] + r * from_h[2 * s.h + u]);
      next[u] = (1 - z) * n + z * h[u];
    } else {
      next[u] = s.kind == CellKind::kRnnTanh ? std::tanh(sum(0)) : std::fmax(0, sum(0));
    }
  }
  for (int64_t u = 0; u < s.h; ++u) h[u] = next[u];
}

inline ReferenceOutputs ReferenceSequence(const ReferenceShape& s, const ReferenceInputs& in) {
  ReferenceOutputs out{Doubles(s.t * s.b * s.h, 0.0), in.initial_h, in.initial_c};
  for (int64_t step = 0; step < s.t; ++step)
    for (int64_t b = 0; b < s.b; ++b) {
      const int64_t t = s.reverse ? s.t - 1 - step : step;
      if (!s.lengths.empty() && t >= s.lengths[b]) continue;
      double* h = &out.final_h[b * s.h];
      ReferenceStep(s, in, &in.input[(t * s.b + b) * s.i], s.mask.empty() ? nullptr : &s.mask[b * s.h], h,
                    s.kind == CellKind::kLstm ? &out.final_c[b * s.h] : nullptr);
      for (int64_t u = 0; u < s.h; ++u) out.output[(t * s.b + b) * s.h + u] = h[u];
    }
  return out;
}

}  // namespace unroll_test

#endif  // UNROLL_TEST_SEQUENCE_REFERENCE_H_
