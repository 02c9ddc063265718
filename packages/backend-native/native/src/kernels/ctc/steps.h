#ifndef UNROLL_KERNELS_CTC_STEPS_H_
#define UNROLL_KERNELS_CTC_STEPS_H_

#include <cstdint>

namespace unroll {

/// A sum over alignments, m * 2^e. What cannot be has no m of 0 but an e so low that sums do not see it, whatever it was
/// multiplied by.
struct CtcNumber {
  double m = 1, e = -0x1p60;
};
constexpr double kCtcNowhere = -0x1p60;
/// The e of an emission that is impossible, and that below which a sum is no probability.
constexpr double kCtcImpossible = -0x1p55;
constexpr double kCtcLeast = -0x1p54;
/// Logarithms of emissions up to this one are impossible.
constexpr double kCtcLeastLogarithm = -1e9;

/// Rows are padded to whole vectors of every target.
constexpr int64_t kCtcPadding = 8;

/// Sums for all places of an alignment in one frame: four arrays of `width` numbers one behind the other, m and e of blanks, m
/// and e of labels. Place 0 of each lies behind kCtcPadding numbers, and as many lie behind its last place.
struct CtcRow {
  CtcRow(double* row, int64_t width)
      : blank_m(row + kCtcPadding), blank_e(blank_m + width), label_m(blank_e + width), label_e(label_m + width) {}
  double *blank_m, *blank_e, *label_m, *label_e;
};
constexpr int64_t kCtcArrays = 4;

/// What a frame says, and which labels may follow the one before them directly.
struct CtcFrame {
  int64_t count = 0;            // places, padded
  const double* m = nullptr;    // [count], of labels; those that do not exist are impossible
  const double* e = nullptr;    // [count]
  const double* skips = nullptr;  // [count + 1]: 0 for such labels, kCtcNowhere for others
  CtcNumber blank;
  bool normalise = false;  // m of the results into [1, 2)
};

/// e^x as m * 2^e for each of n numbers, n a multiple of kCtcPadding; for x <= 0.
void CtcExponentials(const double* x, int64_t n, double* m, double* e);

/// Beginnings of alignments: now = what leads to each place from the row before, times the frame. Writes the place before the first
/// label, too.
void CtcForwardStep(const CtcFrame& frame, CtcRow before, CtcRow now);

/// Ends of alignments: the row of the frame before, in place of that of the frame. `emitted` is scratch whose places behind `count` are
/// nowhere.
void CtcBackwardStep(const CtcFrame& frame, CtcRow row, CtcRow emitted);

/// alpha * beta / total for each label [count]. @returns the sum of it over the blanks
double CtcOccupancy(int64_t count, CtcRow alpha, CtcRow beta, CtcNumber total, double* labels);

}  // namespace unroll

#endif  // UNROLL_KERNELS_CTC_STEPS_H_
