#include "kernels/ctc/steps.h"

#undef UNROLL_THIS_FILE
#define UNROLL_THIS_FILE "kernels/ctc/steps.cc"
#include "unroll/for_each_target.h"
#include "unroll/simd.h"
#include "unroll/simd_doubles.h"

namespace unroll {
namespace UNROLL_TARGET {

/// m * 2^e, lane by lane.
struct Wide {
  Doubles m, e;
};

static UNROLL_INLINE Wide LoadWide(const double* m, const double* e) { return {LoadDoubles(m), LoadDoubles(e)}; }
static UNROLL_INLINE void StoreWide(double* m, double* e, Wide x) {
  StoreDoubles(m, x.m);
  StoreDoubles(e, x.e);
}

/// 2^n for whole n <= 1023, 0 for n <= -1023.
static UNROLL_INLINE Doubles PowerOfTwoDoubles(Doubles n) {
  const Doubles least = BroadcastDouble(-1023);
  const Doubles biased = (n > least ? n : least) + (6755399441055744.0 + 1023);  // as in SplitExpDoubles
  return reinterpret_cast<Doubles>(reinterpret_cast<Longs>(biased) << 52);
}

static UNROLL_INLINE Wide Plus(Wide a, Wide b) {
  const Doubles e = a.e > b.e ? a.e : b.e;
  return {a.m * PowerOfTwoDoubles(a.e - e) + b.m * PowerOfTwoDoubles(b.e - e), e};
}
static UNROLL_INLINE Wide Plus(Wide a, Wide b, Wide c) {
  const Doubles larger = a.e > b.e ? a.e : b.e;
  const Doubles e = c.e > larger ? c.e : larger;
  return {a.m * PowerOfTwoDoubles(a.e - e) + b.m * PowerOfTwoDoubles(b.e - e) + c.m * PowerOfTwoDoubles(c.e - e), e};
}
static UNROLL_INLINE Wide Times(Wide a, Wide b) { return {a.m * b.m, a.e + b.e}; }

/// The same number with m in [1, 2).
static UNROLL_INLINE Wide Normalised(Wide x) {
  const Longs bits = reinterpret_cast<Longs>(x.m);
  const Longs power = ((bits >> 52) & 0x7ff) | 0x4330000000000000;  // as float64: 2^52 + the biased exponent
  const Longs mantissa = (bits & 0x000fffffffffffff) | 0x3ff0000000000000;
  return {reinterpret_cast<Doubles>(mantissa), x.e + (reinterpret_cast<Doubles>(power) - (4503599627370496.0 + 1023))};
}

void CtcExponentialsRow(const double* x, int64_t n, double* m, double* e) {
  const Doubles least = BroadcastDouble(kCtcLeastLogarithm), impossible = BroadcastDouble(kCtcImpossible);
  for (int64_t i = 0; i < n; i += kDoubleLanes) {
    const Doubles given = LoadDoubles(x + i);
    const Longs possible = given > least;
    const ExpDoublesParts parts = SplitExpDoubles(possible ? given : least);
    StoreWide(m + i, e + i, {parts.mantissa, possible ? parts.power : impossible});
  }
}

/// Blank i comes behind label i - 1, label i behind blank i.
void CtcForwardRow(const CtcFrame& frame, const CtcRow& before, const CtcRow& now) {
  const Wide blank = {BroadcastDouble(frame.blank.m), BroadcastDouble(frame.blank.e)};
  for (int64_t i = 0; i < frame.count; i += kDoubleLanes) {
    const Wide blanks = LoadWide(before.blank_m + i, before.blank_e + i);
    const Wide labels = LoadWide(before.label_m + i, before.label_e + i);
    const Wide last = LoadWide(before.label_m + i - 1, before.label_e + i - 1);
    const Wide skipping = {last.m, last.e + LoadDoubles(frame.skips + i)};
    Wide now_blanks = Times(Plus(blanks, last), blank);
    Wide now_labels = Times(Plus(labels, blanks, skipping), LoadWide(frame.m + i, frame.e + i));
    if (frame.normalise) now_blanks = Normalised(now_blanks), now_labels = Normalised(now_labels);
    StoreWide(now.blank_m + i, now.blank_e + i, now_blanks);
    StoreWide(now.label_m + i, now.label_e + i, now_labels);
  }
}

void CtcBackwardRow(const CtcFrame& frame, const CtcRow& row, const CtcRow& emitted) {
  const Wide blank = {BroadcastDouble(frame.blank.m), BroadcastDouble(frame.blank.e)};
  for (int64_t i = 0; i < frame.count; i += kDoubleLanes) {
    const Wide blanks = LoadWide(row.blank_m + i, row.blank_e + i), labels = LoadWide(row.label_m + i, row.label_e + i);
    StoreWide(emitted.blank_m + i, emitted.blank_e + i, Times(blanks, blank));
    StoreWide(emitted.label_m + i, emitted.label_e + i, Times(labels, LoadWide(frame.m + i, frame.e + i)));
  }
  for (int64_t i = 0; i < frame.count; i += kDoubleLanes) {
    const Wide blanks = LoadWide(emitted.blank_m + i, emitted.blank_e + i);
    const Wide labels = LoadWide(emitted.label_m + i, emitted.label_e + i);
    const Wide next_blanks = LoadWide(emitted.blank_m + i + 1, emitted.blank_e + i + 1);
    const Wide next = LoadWide(emitted.label_m + i + 1, emitted.label_e + i + 1);
    const Wide skipping = {next.m, next.e + LoadDoubles(frame.skips + i + 1)};
    Wide row_blanks = Plus(blanks, labels), row_labels = Plus(labels, next_blanks, skipping);
    if (frame.normalise) row_blanks = Normalised(row_blanks), row_labels = Normalised(row_labels);
    StoreWide(row.blank_m + i, row.blank_e + i, row_blanks);
    StoreWide(row.label_m + i, row.label_e + i, row_labels);
  }
}

static UNROLL_INLINE Doubles Probability(Wide alpha, Wide beta, Wide inverse) {
  const Wide product = Times(Times(alpha, beta), inverse);
  return product.m * PowerOfTwoDoubles(product.e);
}

double CtcOccupancyRow(int64_t count, const CtcRow& alpha, const CtcRow& beta, CtcNumber total, double* labels) {
  const Wide inverse = {BroadcastDouble(1 / total.m), BroadcastDouble(-total.e)};
  Doubles blanks = {};
  for (int64_t i = 0; i < count; i += kDoubleLanes) {
    blanks += Probability(LoadWide(alpha.blank_m + i, alpha.blank_e + i), LoadWide(beta.blank_m + i, beta.blank_e + i), inverse);
    const Doubles of_labels =
        Probability(LoadWide(alpha.label_m + i, alpha.label_e + i), LoadWide(beta.label_m + i, beta.label_e + i), inverse);
    StoreDoubles(labels + i, of_labels);
  }
  return SumDoubles(blanks);
}

}  // namespace UNROLL_TARGET

#if UNROLL_ONCE
void CtcExponentials(const double* x, int64_t n, double* m, double* e) { UNROLL_DISPATCH(CtcExponentialsRow)(x, n, m, e); }

void CtcForwardStep(const CtcFrame& frame, CtcRow before, CtcRow now) {
  now.label_m[-1] = 1, now.label_e[-1] = kCtcNowhere;
  UNROLL_DISPATCH(CtcForwardRow)(frame, before, now);
}

void CtcBackwardStep(const CtcFrame& frame, CtcRow row, CtcRow emitted) { UNROLL_DISPATCH(CtcBackwardRow)(frame, row, emitted); }

double CtcOccupancy(int64_t count, CtcRow alpha, CtcRow beta, CtcNumber total, double* labels) {
  return UNROLL_DISPATCH(CtcOccupancyRow)(count, alpha, beta, total, labels);
}
#endif

}  // namespace unroll
