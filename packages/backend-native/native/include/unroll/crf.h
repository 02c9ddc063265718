#ifndef UNROLL_CRF_H_
#define UNROLL_CRF_H_

#include <cstdint>

#include "unroll/status.h"

namespace unroll {

/// A linear-chain conditional random field over T time steps, B sequences and K >= 1 tags. A row of tags y of a sequence of
/// length L has the score
///
///   start(y_0) + sum_t e_t(y_t) + sum_{t>0} T(y_{t-1}, y_t) + end(y_{L-1})
///
/// and 0 where L is 0. A score at or below kCrfForbiddenLimit forbids: rows with one take part in no sum.
///
/// Sums over rows are computed in float64, in the probability domain with one scale a step; a sequence whose scores lie too
/// far apart for that (a factor of 1e100 within a step) is done again in the log domain. Sequences are shared out to the
/// threads of the pool. No results may alias.
struct CrfScores {
  int64_t time_steps = 0, batch_size = 0, tags = 0;
  const float* emissions = nullptr;    // e [T, B, K]
  const float* transitions = nullptr;  // T [K, K], row = from
  const float* start = nullptr;        // [K]
  const float* end = nullptr;          // [K]
  const int32_t* lengths = nullptr;    // [B], each 0 ... T
};

constexpr float kCrfForbiddenLimit = -5000.0f;
/// The log-likelihood of tags that no permitted row agrees with.
constexpr float kCrfForbiddenScore = -10000.0f;

/// ln p(known tags | emissions) of each sequence: tags [T, B] are -1 where they are not known, and not read past a length.
Status CrfLogLikelihood(const CrfScores& scores, const int32_t* tags, float* log_likelihood /* out [B] */);

/// The gradient of sum_b d_log_likelihood[b] * log_likelihood[b]. It needs nothing from the call above: it walks
/// forward once more rather than have the float64 sums of all steps kept in between.
struct CrfGradients {
  const float* d_log_likelihood = nullptr;  // [B]
  float* d_emissions = nullptr;             // out [T, B, K], zeros past a length
  float* d_transitions = nullptr;           // out [K, K], exactly 0 where forbidden
  float* d_start = nullptr;                 // out [K], as well
  float* d_end = nullptr;                   // out [K], as well
};
Status CrfLogLikelihoodGradient(const CrfScores& scores, const int32_t* tags, const CrfGradients& gradients);

/// Logarithms of the sums over what may come up to a step, its emission included, and behind it; zeros past a length, minus
/// infinity where nothing permitted leads or follows.
struct CrfSums {
  float* marginals = nullptr;      // out [T, B, K], 0 where every row is forbidden
  float* forward = nullptr;        // out [T, B, K]
  float* backward = nullptr;       // out [T, B, K]
  float* log_partition = nullptr;  // out [B], minus infinity where every row is forbidden
};
Status CrfForwardBackward(const CrfScores& scores, const CrfSums& sums);

/// The n_best >= 1 rows of the highest scores, best first. Of equal scores the row with the lowest last tag comes first,
/// then the lowest tag before, and so on.
struct CrfBestRows {
  int64_t n_best = 1;
  int32_t* tags = nullptr;  // out [N, T, B], 0 past a length and in rows that do not exist
  float* scores = nullptr;  // out [N, B], minus infinity for rows that do not exist
};
Status CrfViterbi(const CrfScores& scores, const CrfBestRows& best);

}  // namespace unroll

#endif  // UNROLL_CRF_H_
