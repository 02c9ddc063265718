#include <algorithm>
#include <limits>
#include <vector>

#include "kernels/crf/best_rows.h"
#include "kernels/crf/lattice.h"
#include "parallel/thread_pool.h"
#include "unroll/crf.h"
#include "unroll/profile.h"

namespace unroll {
namespace {

constexpr double kNothing = -std::numeric_limits<double>::infinity();

/// What all sequences share: transitions [K, stride], padded with minus infinity.
struct Transitions {
  explicit Transitions(const CrfScores& in) : stride((in.tags + kCrfPadding - 1) / kCrfPadding * kCrfPadding) {
    scores.assign(static_cast<size_t>(in.tags * stride), kNothing);
    for (int64_t i = 0; i < in.tags * in.tags; ++i)
      scores[static_cast<size_t>(i / in.tags * stride + i % in.tags)] = PermittedScore(in.transitions[i]);
  }
  int64_t stride;
  std::vector<double> scores;
};

const float* EmissionsAt(const CrfScores& in, int64_t t, int64_t b) { return in.emissions + (t * in.batch_size + b) * in.tags; }

void WriteNothing(const CrfScores& in, const CrfBestRows& out, int64_t b) {
  for (int64_t n = 0; n < out.n_best; ++n) {
    out.scores[n * in.batch_size + b] = n == 0 && in.lengths[b] == 0 ? 0.0f : static_cast<float>(kNothing);
    for (int64_t t = 0; t < in.time_steps; ++t) out.tags[(n * in.time_steps + t) * in.batch_size + b] = 0;
  }
}

/// The best row of one sequence after another; memory is kept.
class BestRow {
 public:
  BestRow(const CrfScores& in, const Transitions& transitions) : in_(in), transitions_(transitions) {}

  void Find(int64_t b, const CrfBestRows& out) {
    const int64_t length = in_.lengths[b], stride = transitions_.stride, k = in_.tags;
    delta_.resize(static_cast<size_t>(2 * stride));
    from_.resize(static_cast<size_t>(length * stride));
    double* before = delta_.data();
    double* now = before + stride;
    for (int64_t t = 0; t < length; ++t) {
      const float* emissions = EmissionsAt(in_, t, b);
      std::swap(before, now);
      if (t == 0) {
        for (int64_t j = 0; j < k; ++j) now[j] = PermittedScore(in_.start[j]);
      } else {
        FindBest({k, stride, before, transitions_.scores.data(), now, from_.data() + t * stride});
      }
      for (int64_t j = 0; j < k; ++j) now[j] += PermittedScore(emissions[j]);
    }
    int64_t last = -1;
    double best = kNothing;
    for (int64_t j = 0; j < k; ++j) {
      const double score = now[j] + PermittedScore(in_.end[j]);
      if (score > best) best = score, last = j;
    }
    if (last < 0) return;
    out.scores[b] = static_cast<float>(best);
    for (int64_t t = length - 1; t >= 0; --t) {
      out.tags[t * in_.batch_size + b] = static_cast<int32_t>(last);
      if (t > 0) last = static_cast<int64_t>(from_[static_cast<size_t>(t * stride + last)]);
    }
  }

 private:
  const CrfScores& in_;
  const Transitions& transitions_;
  std::vector<double> delta_, from_;
};

/// The N best rows of one sequence after another: of each tag of each step the N best that end there.
class BestRows {
 public:
  BestRows(const CrfScores& in, const Transitions& transitions, int64_t n_best) : in_(in), transitions_(transitions), n_best_(n_best) {}

  void Find(int64_t b, const CrfBestRows& out) {
    const int64_t length = in_.lengths[b], k = in_.tags;
    rows_.clear();
    first_.assign(static_cast<size_t>(length * k + 1), 0);
    for (int64_t t = 0; t < length; ++t) {
      const float* emissions = EmissionsAt(in_, t, b);
      for (int64_t j = 0; j < k; ++j) {
        best_.clear();
        if (t == 0) {
          Offer({PermittedScore(in_.start[j]), j, 0});
        } else {
          OfferLonger((t - 1) * k, [&](int64_t i) { return transitions_.scores[static_cast<size_t>(i * transitions_.stride + j)]; }, j);
        }
        const double emission = PermittedScore(emissions[j]);
        for (Row row : best_) {
          row.score += emission;
          if (emission != kNothing) rows_.push_back(row);
        }
        first_[static_cast<size_t>(t * k + j + 1)] = rows_.size();
      }
    }
    best_.clear();
    OfferLonger((length - 1) * k, [&](int64_t i) { return PermittedScore(in_.end[i]); }, 0);
    for (size_t n = 0; n < best_.size(); ++n) Write(best_[n], static_cast<int64_t>(n), b, out);
  }

 private:
  struct Row {
    double score;
    int64_t tag;
    size_t before;  // index of the row that it goes on from
  };

  /// The rows of the step whose first tag has number `tags`, each longer by one step: by tag, then by rank.
  template <typename Score>
  void OfferLonger(int64_t tags, Score&& score, int64_t tag) {
    for (int64_t i = 0; i < in_.tags; ++i) {
      const double longer = score(i);
      const size_t end = first_[static_cast<size_t>(tags + i + 1)];
      // After the first that is not among the best none of the same tag is: they come in falling order.
      for (size_t row = first_[static_cast<size_t>(tags + i)]; row < end; ++row)
        if (!Offer({rows_[row].score + longer, tag, row})) break;
    }
  }

  /// Whether the row is among the best so far: behind those of the same score, in front of lower ones.
  bool Offer(const Row& row) {
    const bool full = static_cast<int64_t>(best_.size()) == n_best_;
    if (!(row.score > (full ? best_.back().score : kNothing))) return false;
    if (full) best_.pop_back();
    auto place = best_.end();
    while (place != best_.begin() && row.score > (place - 1)->score) --place;
    best_.insert(place, row);
    return true;
  }

  void Write(const Row& ended, int64_t n, int64_t b, const CrfBestRows& out) const {
    out.scores[n * in_.batch_size + b] = static_cast<float>(ended.score);
    size_t row = ended.before;
    for (int64_t t = in_.lengths[b] - 1; t >= 0; --t) {
      out.tags[(n * in_.time_steps + t) * in_.batch_size + b] = static_cast<int32_t>(rows_[row].tag);
      row = rows_[row].before;
    }
  }

  const CrfScores& in_;
  const Transitions& transitions_;
  const int64_t n_best_;
  std::vector<Row> rows_, best_;
  std::vector<size_t> first_;  // [L * K + 1]: rows of tag j of step t begin at first_[t * K + j]
};

}  // namespace

Status CrfViterbi(const CrfScores& in, const CrfBestRows& out) {
  UNROLL_RETURN_IF_ERROR(CheckCrf("CrfViterbi", in, nullptr));
  const profile::Span span("best rows");
  const Transitions transitions(in);
  const std::vector<int64_t> order = CrfOrder(in);
  const int parts = CrfParts(in);
  ParallelRun(parts, [&](int part) {
    BestRow one(in, transitions);
    BestRows many(in, transitions, out.n_best);
    for (size_t i = static_cast<size_t>(part); i < order.size(); i += static_cast<size_t>(parts)) {
      const int64_t b = order[i];
      WriteNothing(in, out, b);
      if (in.lengths[b] == 0) continue;
      if (out.n_best == 1) {
        one.Find(b, out);
      } else {
        many.Find(b, out);
      }
    }
  });
  return Status::Ok();
}

}  // namespace unroll
