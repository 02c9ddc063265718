#include "unroll/attention.h"

#include "napi/arguments.h"
#include "napi/exports.h"

namespace unroll {
namespace {

struct AttentionCall {
  AttentionMemory memory;
  int64_t queries = 0;
  const float* query = nullptr;
  const float* score_bias = nullptr;
};

AttentionCall ReadCall(Arguments& in) {
  AttentionCall call;
  AttentionMemory& memory = call.memory;
  call.queries = in.Integer("queries", 1, INT32_MAX);
  memory.source_steps = in.Integer("sourceSteps", 1, INT32_MAX);
  memory.batch_size = in.Size("batchSize");
  memory.size = in.Integer("size", 1, INT32_MAX);
  memory.width = in.Integer("width", 1, INT32_MAX);
  memory.score = in.Choice("score", {"additive", "dot"}) == 0 ? AttentionScore::kAdditive : AttentionScore::kDot;
  memory.scale = static_cast<float>(in.Number("scale"));
  call.query = in.Floats("query", {call.queries, memory.batch_size, memory.size});
  memory.keys = in.Floats("keys", {memory.source_steps, memory.batch_size, memory.size});
  memory.values = in.Floats("values", {memory.source_steps, memory.batch_size, memory.width});
  memory.score_vector = in.OptionalFloats("scoreVector", {memory.size});
  memory.lengths = in.OptionalInts("lengths", {memory.batch_size});
  call.score_bias = in.OptionalFloats("scoreBias", {call.queries, memory.batch_size, memory.source_steps});
  in.Require(memory.score == AttentionScore::kDot || memory.score_vector != nullptr, "scoreVector", "an array where the score is additive");
  return call;
}

// attention(queries, sourceSteps, batchSize, size, width, score, scale, query, keys, values, scoreVector, lengths, scoreBias, context, weights)
napi_value AttentionForwardCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "attention");
  const AttentionCall call = ReadCall(in);
  AttentionForward forward;
  forward.queries = call.queries, forward.query = call.query, forward.score_bias = call.score_bias;
  forward.context = in.MutableFloats("context", {call.queries, call.memory.batch_size, call.memory.width});
  forward.weights = in.MutableFloats("weights", {call.queries, call.memory.batch_size, call.memory.source_steps});
  if (!in.ok()) return nullptr;
  return in.Return(Attention(call.memory, forward));
}

// attentionGrad(..., scoreBias, weights, dContext, dWeights, dQuery, dKeys, dValues, dScoreVector, dScores)
napi_value AttentionGradCall(napi_env env, napi_callback_info info) {
  Arguments in(env, info, "attentionGrad");
  const AttentionCall call = ReadCall(in);
  const AttentionMemory& memory = call.memory;
  const Shape of_weights{call.queries, memory.batch_size, memory.source_steps};
  AttentionBackward backward;
  backward.queries = call.queries, backward.query = call.query;
  backward.weights = in.Floats("weights", of_weights);
  backward.d_context = in.Floats("dContext", {call.queries, memory.batch_size, memory.width});
  backward.d_weights = in.Floats("dWeights", of_weights);
  backward.d_query = in.MutableFloats("dQuery", {call.queries, memory.batch_size, memory.size});
  backward.d_keys = in.MutableFloats("dKeys", {memory.source_steps, memory.batch_size, memory.size});
  backward.d_values = in.MutableFloats("dValues", {memory.source_steps, memory.batch_size, memory.width});
  backward.d_score_vector = in.OptionalMutableFloats("dScoreVector", {memory.size});
  backward.d_scores = in.MutableFloats("dScores", of_weights);
  in.Require(memory.score == AttentionScore::kDot || backward.d_score_vector != nullptr, "dScoreVector", "an array where the score is additive");
  if (!in.ok()) return nullptr;
  return in.Return(AttentionGradient(memory, backward));
}

const Exports exports({{"attention", Guarded<AttentionForwardCall>}, {"attentionGrad", Guarded<AttentionGradCall>}});

}  // namespace
}  // namespace unroll
