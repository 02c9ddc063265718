#ifndef UNROLL_OPTIMIZER_STEP_H_
#define UNROLL_OPTIMIZER_STEP_H_

#include <cstdint>

#include "unroll/status.h"

namespace unroll {

/// One parameter of an update; arrays are float32 [size] and none may alias another parameter's.
///
/// The gradient of an embedding [size / columns, columns] may be given by the rows that are not zero: `gradient` is then
/// [row_count, columns] and `rows` says which rows they are, ascending and each once. The result is that of the dense
/// gradient; plain SGD without penalties and decay costs what the given rows cost.
struct ParameterUpdate {
  float* parameter = nullptr;       // in-out
  const float* gradient = nullptr;  // [size], or [row_count, columns] with rows
  const int32_t* rows = nullptr;    // null: the gradient is dense
  int64_t row_count = 0;
  float* slots[2] = {};             // in-out: the moments that the rule keeps, null where it keeps fewer
  int64_t size = 0;
  int64_t columns = 1;  // units of a kernel [size / columns, columns]; read for max_norm and rows alone
  double learning_rate_scale = 1;
  double l1 = 0, l2 = 0;    // l1 sign(w) + l2 w is added to the clipped gradient
  double weight_decay = 0;  // decoupled: w becomes w - learning rate * weight_decay * w before the rule
  double max_norm = 0;      // columns with a greater norm are scaled down to it after the rule; 0: off
};

/// The rules, with PyTorch's formulas; g is the gradient after clipping and penalties, r the learning rate.
///
///   sgd       w -= r g
///   momentum  v = momentum v + g;  w -= r v, or r (g + momentum v) with nesterov          slots: v
///   rmsprop   s = decay s + (1 - decay) g^2;  d = g / (sqrt(s) + epsilon);
///             v = momentum v + d where slot v is given, else v = d;  w -= r v            slots: s (, v)
///   adam      m = beta1 m + (1 - beta1) g;  s = beta2 s + (1 - beta2) g^2;
///             w -= r m / (1 - beta1^step) / (sqrt(s / (1 - beta2^step)) + epsilon)       slots: m, s
enum class OptimizerRule { kSgd, kMomentum, kRmsprop, kAdam };

struct OptimizerStepCall {
  const ParameterUpdate* updates = nullptr;
  int64_t update_count = 0;
  OptimizerRule rule = OptimizerRule::kSgd;
  double momentum = 0;
  bool nesterov = false;
  double decay = 0;
  double beta1 = 0, beta2 = 0;
  double epsilon = 0;
  int64_t step = 1;  // 1 for the first update
  double learning_rate = 0;
  double gradient_scale = 1;  // multiplies the gradients before anything else
  double clip_norm = 0;       // the global norm of all gradients is held at or below it; 0: off
  double clip_value = 0;      // then each number is held within +-clip_value; 0: off
};

/// Updates all parameters in place. `gradient_norm` receives the global norm of the scaled gradients before clipping,
/// summed in float64 in an order that no thread count changes; if it is not finite nothing else is written.
Status OptimizerStep(const OptimizerStepCall& call, double* gradient_norm);

}  // namespace unroll

#endif  // UNROLL_OPTIMIZER_STEP_H_
