#include <algorithm>

#include "kernels/crf/lattice.h"
#include "parallel/thread_pool.h"
#include "unroll/crf.h"
#include "unroll/profile.h"

namespace unroll {

Status CrfForwardBackward(const CrfScores& in, const CrfSums& out) {
  UNROLL_RETURN_IF_ERROR(CheckCrf("CrfForwardBackward", in, nullptr));
  const profile::Span span("forward and backward sums");
  const CrfShared shared(in);
  const std::vector<int64_t> order = CrfOrder(in);
  const int parts = CrfParts(in);
  ParallelRun(parts, [&](int part) {
    CrfLattice lattice(shared);
    for (size_t i = static_cast<size_t>(part); i < order.size(); i += static_cast<size_t>(parts)) {
      const int64_t b = order[i];
      for (float* values : {out.marginals, out.forward, out.backward}) {
        for (int64_t t = in.lengths[b]; t < in.time_steps; ++t) {
          float* row = values + (t * in.batch_size + b) * in.tags;
          std::fill(row, row + in.tags, 0.0f);
        }
      }
      lattice.Read(b, nullptr);
      lattice.WriteSums(out);
    }
  });
  return Status::Ok();
}

}  // namespace unroll
