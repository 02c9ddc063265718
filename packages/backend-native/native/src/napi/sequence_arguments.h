#ifndef UNROLL_NAPI_SEQUENCE_ARGUMENTS_H_
#define UNROLL_NAPI_SEQUENCE_ARGUMENTS_H_

#include "napi/arguments.h"
#include "unroll/sequence.h"

// Every kernel is exported twice: for one walk, and as `...Pair` for two that run side by side, whose arguments follow each
// other.

namespace unroll {

/// The arguments that every sequence function begins with: timeSteps, batchSize, inputSize, hiddenSize, reverse, input,
/// inputKernel, recurrentKernel, bias, initialH, lengths | null, recurrentDropoutMask | null, outputStride.
inline SequenceInputs ReadSequence(Arguments& in, int64_t gates) {
  SequenceInputs s;
  s.time_steps = in.Size("timeSteps");
  s.batch_size = in.Size("batchSize");
  s.input_size = in.Size("inputSize");
  s.hidden_size = in.Integer("hiddenSize", 1, INT32_MAX);
  s.reverse = in.Flag("reverse");
  s.input = in.Floats("input", {s.time_steps, s.batch_size, s.input_size});
  s.input_kernel = in.Floats("inputKernel", {s.input_size, gates * s.hidden_size});
  s.recurrent_kernel = in.Floats("recurrentKernel", {s.hidden_size, gates * s.hidden_size});
  s.bias = in.Floats("bias", {gates * s.hidden_size});
  s.initial_h = in.Floats("initialH", {s.batch_size, s.hidden_size});
  s.lengths = in.OptionalInts("lengths", {s.batch_size});
  s.recurrent_dropout_mask = in.OptionalFloats("recurrentDropoutMask", {s.batch_size, s.hidden_size});
  s.output_stride = in.Integer("outputStride", s.hidden_size, 2 * s.hidden_size);
  if (s.batch_size == 0) s.time_steps = 0;  // no array says how many steps of nothing there are
  return s;
}

/// Numbers of output and dOutput: from the first of the first row to the last of the last one.
inline int64_t OutputNumbers(const SequenceInputs& s) {
  const int64_t rows = Elements({s.time_steps, s.batch_size});
  return rows == 0 || s.hidden_size == 0 ? 0 : Elements({rows - 1, s.output_stride}) + s.hidden_size;
}

/// Where gradients go: dInput | null, dInputKernel, dRecurrentKernel, dBias, dInitialH.
inline SequenceGradients ReadSequenceGradients(Arguments& in, const SequenceInputs& s, int64_t gates) {
  SequenceGradients g;
  g.input = in.OptionalMutableFloats("dInput", {s.time_steps, s.batch_size, s.input_size});
  g.input_kernel = in.MutableFloats("dInputKernel", {s.input_size, gates * s.hidden_size});
  g.recurrent_kernel = in.MutableFloats("dRecurrentKernel", {s.hidden_size, gates * s.hidden_size});
  g.bias = in.MutableFloats("dBias", {gates * s.hidden_size});
  g.initial_h = in.MutableFloats("dInitialH", {s.batch_size, s.hidden_size});
  return g;
}

}  // namespace unroll

#endif  // UNROLL_NAPI_SEQUENCE_ARGUMENTS_H_
