#include "unroll/optimizer_step.h"

#include <vector>

#include "napi/arguments.h"
#include "napi/exports.h"

namespace unroll {
namespace {

constexpr int64_t kSettings = 6;

/// The lists of arrays, one array for each parameter; a list of slots may be empty.
struct Lists {
  std::vector<Span<float>> parameters, gradients, slots[2];
  std::vector<Span<int32_t>> rows;
};

/// The columns of parameter `i`; -1 where the number cannot be one.
int64_t Columns(const double* settings, size_t i) {
  const double columns = settings[i * kSettings];
  return columns >= 1 && columns <= INT32_MAX ? static_cast<int64_t>(columns) : -1;
}

/// The numbers that a gradient must have: those of its parameter, or of the rows that are given.
int64_t GradientSize(const Lists& lists, size_t i, const double* settings) {
  const Span<int32_t>& rows = lists.rows[i];
  if (rows.data == nullptr) return lists.parameters[i].count;
  return rows.count * Columns(settings, i);
}

Lists ReadLists(Arguments& in, const double* settings, int64_t expected) {
  Lists lists;
  lists.parameters = in.MutableFloatList("parameters");
  lists.gradients = in.FloatList("gradients");
  lists.slots[0] = in.MutableFloatList("firstSlots");
  lists.slots[1] = in.MutableFloatList("secondSlots");
  lists.rows = in.OptionalIntList("rows");
  const size_t count = lists.parameters.size();
  in.Require(static_cast<int64_t>(count) == expected, "parameters", "as many as count says");
  in.Require(lists.rows.size() == count, "rows", "one array or null for each parameter");
  in.Require(lists.gradients.size() == count, "gradients", "one array for each parameter");
  in.Require(lists.slots[0].empty() || lists.slots[0].size() == count, "firstSlots", "empty or one array for each parameter");
  in.Require(lists.slots[1].empty() || lists.slots[1].size() == count, "secondSlots", "empty or one array for each parameter");
  if (!in.ok()) return lists;
  for (size_t i = 0; i < count; ++i) {
    in.Require(lists.gradients[i].count == GradientSize(lists, i, settings), "gradients",
               "as long as their parameters or as the rows that are given, each");
    for (const auto& slots : lists.slots)
      in.Require(slots.empty() || slots[i].count == lists.parameters[i].count, "slots", "as long as their parameters, each");
  }
  return lists;
}

/// `settings` holds columns, learningRateScale, l1, l2, weightDecay, maxNorm of each parameter.
std::vector<ParameterUpdate> MakeUpdates(const Lists& lists, const double* settings) {
  std::vector<ParameterUpdate> updates(lists.parameters.size());
  for (size_t i = 0; i < updates.size(); ++i, settings += kSettings) {
    ParameterUpdate& update = updates[i];
    update.parameter = lists.parameters[i].data;
    update.gradient = lists.gradients[i].data;
    update.rows = lists.rows[i].data;
    update.row_count = lists.rows[i].count;
    for (int slot = 0; slot < 2; ++slot)
      if (!lists.slots[slot].empty()) update.slots[slot] = lists.slots[slot][i].data;
    update.size = lists.parameters[i].count;
    update.columns = Columns(settings, 0);
    update.learning_rate_scale = settings[1];
    update.l1 = settings[2], update.l2 = settings[3];
    update.weight_decay = settings[4], update.max_norm = settings[5];
  }
  return updates;
}

// optimizerStep(rule, momentum, nesterov, decay, beta1, beta2, epsilon, step, learningRate, gradientScale, clipNorm,
//               clipValue, count, settings, parameters, gradients, firstSlots, secondSlots,
//               rows): the gradient norm
napi_value OptimizerStepCallback(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "optimizerStep");
  OptimizerStepCall call;
  call.rule = static_cast<OptimizerRule>(in.Choice("rule", {"sgd", "momentum", "rmsprop", "adam"}));
  call.momentum = in.Number("momentum");
  call.nesterov = in.Flag("nesterov");
  call.decay = in.Number("decay");
  call.beta1 = in.Number("beta1");
  call.beta2 = in.Number("beta2");
  call.epsilon = in.Number("epsilon");
  call.step = in.Integer("step", 1, int64_t{1} << 52);
  call.learning_rate = in.Number("learningRate");
  call.gradient_scale = in.Number("gradientScale");
  call.clip_norm = in.Number("clipNorm");
  call.clip_value = in.Number("clipValue");
  const int64_t count = in.Size("count");
  const double* settings = in.Doubles("settings", {count, kSettings});
  const Lists lists = ReadLists(in, settings, count);
  if (!in.ok()) return nullptr;
  const std::vector<ParameterUpdate> updates = MakeUpdates(lists, settings);
  call.updates = updates.data();
  call.update_count = count;
  double norm = 0;
  const Status status = OptimizerStep(call, &norm);
  return status.ok() ? in.ReturnNumber(norm) : in.Return(status);
}

const Exports exports({{"optimizerStep", Guarded<OptimizerStepCallback>}});

}  // namespace
}  // namespace unroll
