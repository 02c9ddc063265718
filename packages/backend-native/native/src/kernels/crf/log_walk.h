#ifndef UNROLL_KERNELS_CRF_LOG_WALK_H_
#define UNROLL_KERNELS_CRF_LOG_WALK_H_

#include <cstdint>

namespace unroll {

/// The scores of one sequence; what is forbidden is minus infinity.
struct LogLattice {
  int64_t length = 0, tags = 0;
  const double* transitions = nullptr;  // [K, K], row = from
  const double* start = nullptr;        // [K]
  const double* end = nullptr;          // [K]
  const double* emissions = nullptr;    // [L, K]
};

/// The same sums as those of scaled_walk.h for scores of any size, by logarithms: slow, since each term is an exponential.
void LogForward(const LogLattice& lattice, double* alpha /* out [L, K] */);
void LogBackward(const LogLattice& lattice, double* beta /* out [L, K] */);
/// Minus infinity where every row of tags is forbidden.
double LogPartition(const LogLattice& lattice, const double* alpha);

struct LogExpectations {
  double factor = 0;
  int64_t stride = 0;       // of `tags`
  double* tags = nullptr;   // changes [L, stride]: + factor * p(tag)
  double* pairs = nullptr;  // changes [K, K]: + factor * p(pair)
};
void AddLogExpectations(const LogLattice& lattice, const double* alpha, const double* beta, const LogExpectations& sums);

}  // namespace unroll

#endif  // UNROLL_KERNELS_CRF_LOG_WALK_H_
