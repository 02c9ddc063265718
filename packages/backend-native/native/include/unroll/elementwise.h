#ifndef UNROLL_ELEMENTWISE_H_
#define UNROLL_ELEMENTWISE_H_

#include <cstdint>

#include "unroll/status.h"

namespace unroll {

constexpr int kMaxBroadcastRank = 8;

/// y = f(x), number by number. `alpha` and `beta`: Step's value for negative numbers; LeakyRelu's slope; the bounds of ClipByValue.
enum class UnaryOperation {
  kAbs, kNeg, kSquare, kSqrt, kRsqrt, kReciprocal, kExp, kLog, kTanh, kSigmoid, kRelu, kRelu6, kLeakyRelu, kStep, kSign,
  kFloor, kCeil, kClipByValue, kSoftplus, kElu,
};

/// @param x in [count]; @param y out [count], may be x
void Unary(UnaryOperation operation, const float* x, float* y, int64_t count, float alpha, float beta);

/// Maximum and minimum are NaN where an operand is.
enum class BinaryOperation {
  kAdd, kSub, kMultiply, kRealDiv, kMaximum, kMinimum, kSquaredDifference, kPow, kPrelu,
};

/// A shape, outermost axis first.
struct Sizes {
  int64_t values[kMaxBroadcastRank] = {};
  int rank = 0;
  int64_t Count() const;
};

/// The shape of an element-wise result by NumPy's rules, or an error that names the axis.
Status BroadcastShape(const Sizes& a, const Sizes& b, Sizes* y);

/// y = f(a, b) with the axes of size 1 repeated.
///
/// @param a, b in, row-major, of shapes `a_sizes` and `b_sizes`
/// @param y out, of the shape BroadcastShape gives; may be an operand that has this shape
Status Binary(BinaryOperation operation, const float* a, const Sizes& a_sizes, const float* b, const Sizes& b_sizes,
              float* y);

/// Comparisons give 1 or 0; with NaN only kNotEqual is 1.
enum class CompareOperation { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual };
Status Compare(CompareOperation operation, const float* a, const Sizes& a_sizes, const float* b, const Sizes& b_sizes,
               uint8_t* y);

/// y = the sum of `count` arrays of `size` numbers. y may be one of them.
void AddN(const float* const* inputs, int count, float* y, int64_t size);

/// y[r, i] = condition[r] ? yes[r, i] : no[r, i], for `rows` rows of `width` numbers.
void SelectRows(const uint8_t* condition, const float* yes, const float* no, float* y, int64_t rows, int64_t width);

}  // namespace unroll

#endif  // UNROLL_ELEMENTWISE_H_
