#ifndef UNROLL_CONFIGURATION_H_
#define UNROLL_CONFIGURATION_H_

namespace unroll {

/// Number format of the factors of matrix products. Sums, results and everything else are float32 in both.
enum class Precision { kFloat32, kBfloat16 };

/// Sets how every later kernel computes. `threads` 0 means one per hardware core. Waits for a running kernel. The
/// same inputs, thread count and precision give the same bits on one machine.
void Configure(int threads, Precision precision);

int ThreadCount();
Precision CurrentPrecision();

}  // namespace unroll

#endif  // UNROLL_CONFIGURATION_H_
