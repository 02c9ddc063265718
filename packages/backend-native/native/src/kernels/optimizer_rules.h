#ifndef UNROLL_KERNELS_OPTIMIZER_RULES_H_
#define UNROLL_KERNELS_OPTIMIZER_RULES_H_

#include <cstdint>

#include "unroll/optimizer_step.h"

namespace unroll {

/// What a rule needs for one parameter, reduced to float32 factors.
struct RuleFactors {
  float gradient;    // multiplies the gradient: scale and clipping by norm
  float clip_value;  // infinity: off
  float l1, l2;
  float keep;           // 1 - learning rate * weight decay
  float learning_rate;  // of this parameter; for Adam with the bias correction of the mean
  float momentum;
  bool nesterov;
  float decay1, decay2;  // decay of the mean and of the mean square
  float rest1, rest2;    // 1 - decay, formed in float64
  float square_scale;    // multiplies the root of the mean square: Adam's bias correction
  float epsilon;
};

RuleFactors FactorsOf(const OptimizerStepCall& call, const ParameterUpdate& update, double clip_scale);

/// A run of numbers of one parameter.
struct Numbers {
  float* parameter;
  const float* gradient;  // null: zeros
  float* slots[2];        // null where the rule keeps fewer
  int64_t count;
};

/// Updates them, on the calling thread.
void ApplyRule(OptimizerRule rule, const RuleFactors& factors, const Numbers& numbers);

}  // namespace unroll

#endif  // UNROLL_KERNELS_OPTIMIZER_RULES_H_
