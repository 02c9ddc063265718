#include "unroll/optimizer_step.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/optimizer_rules.h"
#include "kernels/square_sum.h"
#include "parallel/thread_pool.h"
#include "unroll/profile.h"

namespace unroll {
namespace {

// All parameters are cut into pieces of one size, so that threads share large and small ones alike and the order of
// the norm's sum does not depend on them.
constexpr int64_t kPiece = 1 << 14;

struct Piece {
  int64_t update, begin, end;
};

int64_t GradientSize(const ParameterUpdate& update) { return update.rows == nullptr ? update.size : update.row_count * update.columns; }

/// Whether numbers whose gradient is zero stay as they are.
bool LeavesMissingRows(OptimizerRule rule, const ParameterUpdate& update) {
  return update.rows != nullptr && rule == OptimizerRule::kSgd && update.l1 == 0 && update.l2 == 0 && update.weight_decay == 0;
}

template <typename Size>
std::vector<Piece> CutIntoPieces(const OptimizerStepCall& call, Size&& size) {
  std::vector<Piece> pieces;
  for (int64_t u = 0; u < call.update_count; ++u)
    for (int64_t begin = 0, end = size(call.updates[u]); begin < end; begin += kPiece) pieces.push_back({u, begin, std::min(begin + kPiece, end)});
  return pieces;
}

double GradientNorm(const OptimizerStepCall& call) {
  const profile::Span span("norm");
  const std::vector<Piece> pieces = CutIntoPieces(call, GradientSize);
  std::vector<double> sums(pieces.size());
  ParallelFor(static_cast<int64_t>(pieces.size()), 4, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const Piece& piece = pieces[static_cast<size_t>(i)];
      sums[static_cast<size_t>(i)] = SquareSum(call.updates[piece.update].gradient + piece.begin, piece.end - piece.begin);
    }
  });
  double sum = 0;
  for (double part : sums) sum += part;
  return std::sqrt(sum) * std::fabs(call.gradient_scale);
}

/// Applies the rule of one call to runs of numbers of one parameter.
struct Updater {
  OptimizerRule rule;
  const RuleFactors& factors;
  const ParameterUpdate& update;

  /// Numbers [begin, end), whose gradients lie at `gradient`.
  void Apply(int64_t begin, int64_t end, const float* gradient) const {
    Numbers numbers{update.parameter + begin, gradient, {}, end - begin};
    for (int slot = 0; slot < 2; ++slot)
      if (update.slots[slot] != nullptr) numbers.slots[slot] = update.slots[slot] + begin;
    ApplyRule(rule, factors, numbers);
  }

  /// Numbers [begin, end) of a gradient that is given by rows, and of the parameter only those.
  void ApplyGivenRows(int64_t begin, int64_t end) const {
    while (begin < end) {
      const int64_t row = begin / update.columns, stop = std::min(end, (row + 1) * update.columns);
      const int64_t shift = (update.rows[row] - row) * update.columns;
      Apply(begin + shift, stop + shift, update.gradient + begin);
      begin = stop;
    }
  }

  /// Numbers [begin, end) of a parameter whose gradient is given by rows: it is zero in the others.
  void ApplyAllRows(int64_t begin, int64_t end) const {
    const int64_t columns = update.columns;
    const int32_t* last = update.rows + update.row_count;
    for (const int32_t* row = std::lower_bound(update.rows, last, begin / columns); begin < end; ++row) {
      const int64_t from = row == last ? end : std::clamp(*row * columns, begin, end);
      if (begin < from) Apply(begin, from, nullptr);
      if (from == end) return;
      const int64_t to = std::min(end, (*row + 1) * columns);
      Apply(from, to, update.gradient + (row - update.rows) * columns + (from - *row * columns));
      begin = to;
    }
  }

  void operator()(const Piece& piece) const {
    if (update.rows == nullptr) {
      Apply(piece.begin, piece.end, update.gradient + piece.begin);
    } else if (LeavesMissingRows(rule, update)) {
      ApplyGivenRows(piece.begin, piece.end);
    } else {
      ApplyAllRows(piece.begin, piece.end);
    }
  }
};

/// Columns of [rows, columns] whose norm exceeds max_norm are scaled down to it (Srivastava et al. 2014, section 5.1).
void LimitColumns(const ParameterUpdate& update) {
  const int64_t columns = update.columns, rows = update.size / columns;
  ParallelFor(columns, (1 << 14) / (rows + 1) + 16, [&](int64_t begin, int64_t end) {
    std::vector<double> squares(static_cast<size_t>(end - begin), 0.0);
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t c = begin; c < end; ++c) {
        const double w = update.parameter[r * columns + c];
        squares[static_cast<size_t>(c - begin)] += w * w;
      }
    for (double& square : squares) square = update.max_norm / std::max(update.max_norm, std::sqrt(square));
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t c = begin; c < end; ++c) update.parameter[r * columns + c] *= static_cast<float>(squares[static_cast<size_t>(c - begin)]);
  });
}

int SlotsNeeded(OptimizerRule rule) { return rule == OptimizerRule::kSgd ? 0 : rule == OptimizerRule::kAdam ? 2 : 1; }

Status CheckRows(const ParameterUpdate& update, int64_t u) {
  const int64_t rows = update.columns > 0 ? update.size / update.columns : 0;
  for (int64_t i = 0; i < update.row_count; ++i)
    if (update.rows[i] >= rows || update.rows[i] < (i == 0 ? 0 : update.rows[i - 1] + int64_t{1}))
      return Status::Invalid("unroll: OptimizerStep: updates[%lld].rows must be ascending, each once and in [0, %lld), got %d at %lld",
                             static_cast<long long>(u), static_cast<long long>(rows), update.rows[i], static_cast<long long>(i));
  return Status::Ok();
}

Status CheckUpdates(const OptimizerStepCall& call) {
  if (call.step < 1) return Status::Invalid("unroll: OptimizerStep: step must be 1 for the first update, got %lld", static_cast<long long>(call.step));
  for (int64_t u = 0; u < call.update_count; ++u) {
    const ParameterUpdate& update = call.updates[u];
    for (int slot = 0; slot < SlotsNeeded(call.rule); ++slot)
      if (update.slots[slot] == nullptr)
        return Status::Invalid("unroll: OptimizerStep: updates[%lld] needs %d slots for this rule", static_cast<long long>(u), SlotsNeeded(call.rule));
    if ((update.max_norm > 0 || update.rows != nullptr) && (update.columns < 1 || update.size % update.columns != 0))
      return Status::Invalid("unroll: OptimizerStep: updates[%lld].columns must divide the size %lld, got %lld", static_cast<long long>(u),
                             static_cast<long long>(update.size), static_cast<long long>(update.columns));
    if (update.rows != nullptr) UNROLL_RETURN_IF_ERROR(CheckRows(update, u));
  }
  return Status::Ok();
}

}  // namespace

Status OptimizerStep(const OptimizerStepCall& call, double* gradient_norm) {
  UNROLL_RETURN_IF_ERROR(CheckUpdates(call));
  const double norm = GradientNorm(call);
  *gradient_norm = norm;
  if (!std::isfinite(norm)) return Status::Ok();
  const profile::Span span("update");
  const double clip_scale = call.clip_norm > 0 && norm > call.clip_norm ? call.clip_norm / norm : 1.0;
  std::vector<RuleFactors> factors;
  for (int64_t u = 0; u < call.update_count; ++u) factors.push_back(FactorsOf(call, call.updates[u], clip_scale));
  const std::vector<Piece> pieces = CutIntoPieces(
      call, [&](const ParameterUpdate& update) { return LeavesMissingRows(call.rule, update) ? GradientSize(update) : update.size; });
  ParallelFor(static_cast<int64_t>(pieces.size()), 2, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const Piece& piece = pieces[static_cast<size_t>(i)];
      Updater{call.rule, factors[static_cast<size_t>(piece.update)], call.updates[piece.update]}(piece);
    }
  });
  for (int64_t u = 0; u < call.update_count; ++u)
    if (call.updates[u].max_norm > 0 && call.updates[u].size > 0) LimitColumns(call.updates[u]);
  return Status::Ok();
}

}  // namespace unroll
