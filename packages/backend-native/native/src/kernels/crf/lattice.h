#ifndef UNROLL_KERNELS_CRF_LATTICE_H_
#define UNROLL_KERNELS_CRF_LATTICE_H_

#include <cstdint>
#include <limits>
#include <vector>

#include "kernels/crf/log_walk.h"
#include "kernels/crf/scaled_walk.h"
#include "unroll/crf.h"

namespace unroll {

/// In float64; minus infinity if it forbids.
inline double PermittedScore(float score) {
  return score <= kCrfForbiddenLimit ? -std::numeric_limits<double>::infinity() : static_cast<double>(score);
}

/// Checks what must hold of every call; `tags` may be null. `operation` is for the message.
Status CheckCrf(const char* operation, const CrfScores& scores, const int32_t* tags);

/// Sequences in the order in which threads take them: thread p of P takes numbers p, p + P, ..., the longest ones first, so
/// that all have about the same to do.
std::vector<int64_t> CrfOrder(const CrfScores& scores);
/// How many threads are worth it.
int CrfParts(const CrfScores& scores);

/// What all sequences share, made once a call.
struct CrfShared {
  explicit CrfShared(const CrfScores& scores);
  const CrfScores& scores;
  int64_t stride;
  bool too_wide = false;
  double transition_shift, start_shift, end_shift;
  std::vector<double> matrix, transposed, start, end;               // e^(score - shift), rows padded
  std::vector<double> log_transitions, log_start, log_end;          // minus infinity for what is forbidden
};

/// Where what the sequences of one thread give to the gradient is added up.
struct CrfExpectations {
  explicit CrfExpectations(const CrfShared& shared);
  std::vector<double> counts;         // [K, K]
  std::vector<double> scaled_counts;  // [K, stride], to be multiplied by the matrix
  std::vector<double> start, end;     // [K]
};

/// All rows of tags of one sequence, or those that agree with given tags; the walks of it are chosen as scaled_walk.h tells.
/// Memory is kept from sequence to sequence.
class CrfLattice {
 public:
  explicit CrfLattice(const CrfShared& shared) : shared_(shared) {}

  /// @param tags - [T, B], -1 where any tag will do; null for all rows of sequence b
  void Read(int64_t b, const int32_t* tags);
  /// Minus infinity if no row is permitted, 0 for length 0.
  double LogPartition();
  /// Adds factor * p of each tag to `emissions` [L, stride], of each pair to `sums`; some row must be permitted, and the length be at least 1.
  void AddExpectations(double factor, double* emissions, CrfExpectations& sums);
  /// The results of sequence b, which was read with all of its rows.
  void WriteSums(const CrfSums& sums);

  int64_t stride() const { return shared_.stride; }

 private:
  ScaledLattice Scaled() const;
  LogLattice Logarithms() const;
  ScaledSums Alpha() { return {alpha_.data(), alpha_scales_.data()}; }
  ScaledSums Beta() { return {beta_.data(), beta_scales_.data()}; }
  void ReadLogarithms();
  double ScaledLogPartition() const;
  void WriteScaledSums(const CrfSums& sums);
  void WriteLogSums(const CrfSums& sums);

  const CrfShared& shared_;
  int64_t b_ = 0, length_ = 0;
  const int32_t* tags_ = nullptr;
  bool too_wide_ = false;
  std::vector<double> emissions_, shifts_, alpha_, alpha_scales_, beta_, beta_scales_;
  std::vector<double> log_emissions_, log_alpha_, log_beta_;
};

}  // namespace unroll

#endif  // UNROLL_KERNELS_CRF_LATTICE_H_
