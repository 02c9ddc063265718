#include "parallel/thread_pool.h"
#include "unroll/elementwise.h"
#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/unary.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"
#include "unroll/vector_math.h"

namespace unroll {
namespace UNROLL_TARGET {
namespace unary {

struct Parameters {
  Floats alpha, beta;
};

// Where an operand of Max or Min is NaN the second one is the result: x stands second so that NaN stays NaN.
#define UNROLL_UNARY(Name, expression) \
  struct Name {                        \
    static UNROLL_INLINE Floats Apply(Floats x, const Parameters& p) { \
      (void)p;                         \
      return expression;               \
    }                                  \
  }

static UNROLL_INLINE Floats RoundDown(Floats x) {
  const Floats whole = ToFloats(__builtin_convertvector(x, Ints));
  const Floats down = Select(whole > x, whole - 1.0f, whole);
  // Beyond 2^23 every float is whole (and may not fit an int); NaN is not below it either.
  return Select(Abs(x) < 8388608.0f, AsFloats(AsInts(down) | (AsInts(x) & BroadcastInt(INT32_MIN))), x);
}

// log(1 + e^-|x|) + max(x, 0), with log(1 + e) = e for e below half a unit of the last place of 1.
static UNROLL_INLINE Floats SoftplusOf(Floats x) {
  const Floats e = Exp(-Abs(x));
  const Floats sum = e + 1.0f;
  // Log of the rounded sum, corrected by what the rounding lost: log(1 + e) ~ log(s) - ((s - 1) - e) / s.
  const Floats log = Log(sum) - ((sum - 1.0f) - e) / sum;
  return log + Max(Broadcast(0.0f), x);
}

// e^x - 1 = tanh(x / 2) * (e^x + 1), exact near 0 as the plain form is not.
static UNROLL_INLINE Floats ExpMinusOne(Floats x) { return Tanh(x * 0.5f) * (Exp(x) + 1.0f); }

UNROLL_UNARY(AbsOp, Abs(x));
UNROLL_UNARY(NegOp, -x);
UNROLL_UNARY(SquareOp, x * x);
UNROLL_UNARY(SqrtOp, Sqrt(x));
UNROLL_UNARY(RsqrtOp, 1.0f / Sqrt(x));
UNROLL_UNARY(ReciprocalOp, 1.0f / x);
UNROLL_UNARY(ExpOp, Exp(x));
UNROLL_UNARY(LogOp, Log(x));
UNROLL_UNARY(TanhOp, Tanh(x));
UNROLL_UNARY(SigmoidOp, Sigmoid(x));
UNROLL_UNARY(ReluOp, Max(Broadcast(0.0f), x));
UNROLL_UNARY(Relu6Op, Min(Broadcast(6.0f), Max(Broadcast(0.0f), x)));
UNROLL_UNARY(LeakyReluOp, Select(x < 0.0f, x * p.alpha, x));
UNROLL_UNARY(StepOp, Select(x == x, Select(x > 0.0f, Broadcast(1.0f), p.alpha), x));
// tfjs wants 0 for NaN.
UNROLL_UNARY(SignOp, Select(x > 0.0f, Broadcast(1.0f), Select(x < 0.0f, Broadcast(-1.0f), Broadcast(0.0f))));
UNROLL_UNARY(FloorOp, RoundDown(x));
UNROLL_UNARY(CeilOp, -RoundDown(-x));
UNROLL_UNARY(ClipOp, Min(p.beta, Max(p.alpha, x)));
UNROLL_UNARY(SoftplusOp, SoftplusOf(x));
UNROLL_UNARY(EluOp, Select(x < 0.0f, ExpMinusOne(x), x));
#undef UNROLL_UNARY

template <typename Operation>
void Each(const float* x, float* y, int64_t count, const Parameters& p) {
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) Store(y + i, Operation::Apply(Load(x + i), p));
  if (i < count) {
    const int rest = static_cast<int>(count - i);
    StorePartial(y + i, Operation::Apply(LoadPartial(x + i, rest), p), rest);
  }
}

}  // namespace unary

void UnaryRange(UnaryOperation operation, const float* x, float* y, int64_t count, const float* alpha_beta) {
  using namespace unary;
  const Parameters p = {Broadcast(alpha_beta[0]), Broadcast(alpha_beta[1])};
  switch (operation) {
    case UnaryOperation::kAbs: return Each<AbsOp>(x, y, count, p);
    case UnaryOperation::kNeg: return Each<NegOp>(x, y, count, p);
    case UnaryOperation::kSquare: return Each<SquareOp>(x, y, count, p);
    case UnaryOperation::kSqrt: return Each<SqrtOp>(x, y, count, p);
    case UnaryOperation::kRsqrt: return Each<RsqrtOp>(x, y, count, p);
    case UnaryOperation::kReciprocal: return Each<ReciprocalOp>(x, y, count, p);
    case UnaryOperation::kExp: return Each<ExpOp>(x, y, count, p);
    case UnaryOperation::kLog: return Each<LogOp>(x, y, count, p);
    case UnaryOperation::kTanh: return Each<TanhOp>(x, y, count, p);
    case UnaryOperation::kSigmoid: return Each<SigmoidOp>(x, y, count, p);
    case UnaryOperation::kRelu: return Each<ReluOp>(x, y, count, p);
    case UnaryOperation::kRelu6: return Each<Relu6Op>(x, y, count, p);
    case UnaryOperation::kLeakyRelu: return Each<LeakyReluOp>(x, y, count, p);
    case UnaryOperation::kStep: return Each<StepOp>(x, y, count, p);
    case UnaryOperation::kSign: return Each<SignOp>(x, y, count, p);
    case UnaryOperation::kFloor: return Each<FloorOp>(x, y, count, p);
    case UnaryOperation::kCeil: return Each<CeilOp>(x, y, count, p);
    case UnaryOperation::kClipByValue: return Each<ClipOp>(x, y, count, p);
    case UnaryOperation::kSoftplus: return Each<SoftplusOp>(x, y, count, p);
    case UnaryOperation::kElu: return Each<EluOp>(x, y, count, p);
  }
}

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
void Unary(UnaryOperation operation, const float* x, float* y, int64_t count, float alpha, float beta) {
  const float parameters[2] = {alpha, beta};
  ParallelFor(count, 1 << 14, [&](int64_t begin, int64_t end) {
    UNROLL_DISPATCH(UnaryRange)(operation, x + begin, y + begin, end - begin, parameters);
  });
}
#endif

}  // namespace unroll
