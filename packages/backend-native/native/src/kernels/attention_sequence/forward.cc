#include <cstring>

#include "kernels/attention_sequence/cell_steps.h"
#include "matmul/scratch.h"
#include "parallel/thread_pool.h"
#include "unroll/profile.h"

namespace unroll {
namespace {

/// The walk over time; each thread takes some rows of the batch through all steps.
class ForwardWalk {
 public:
  ForwardWalk(const AttentionSequenceForward& call, int parts)
      : call_(call), in_(call.inputs), at_(in_), h_(in_.hidden_size), width_(in_.Gates() * h_), batch_(in_.memory.batch_size),
        rows_((batch_ + parts - 1) / parts), first_(Product(in_.first.recurrent_kernel, h_, width_)),
        second_(Product(in_.second.recurrent_kernel, h_, width_)),
        context_(Product(ContextKernel(in_), in_.memory.width, width_)),
        query_(Product(in_.query_kernel, h_, in_.memory.size)),
        cell_(in_.lstm, h_, in_.recurrent_dropout_mask) {}

  void Walk(int64_t begin, int64_t end) const {
    const int64_t count = end - begin;
    float* scratch = ThreadScratch(ScratchSlot::kProducts, cell_.ScratchNumbers(count));
    profile::Laps laps;
    for (int64_t t = 0; t < in_.time_steps; ++t) {
      const int64_t row = t * batch_ + begin;
      const CellRows rows = First(t, begin);
      if (in_.between) {
        cell_.Run(first_, in_.first, begin, count, rows, scratch, laps);
        Attend(t, rows.h, begin, count, laps);
        const CellRows second{rows.h, rows.c, Kept(at_.second_gates, row, 4 * h_), Kept(at_.second_cells, row, h_), call_.output + row * h_};
        ReadContext(row, count, second.gates, false, laps);
        cell_.Run(second_, in_.second, begin, count, second, scratch, laps);
      } else {
        Attend(t, rows.h_before, begin, count, laps);
        ReadContext(row, count, rows.gates, true, laps);
        cell_.Run(first_, in_.first, begin, count, rows, scratch, laps);
      }
    }
    Finish(begin, count);
  }

 private:
  SharedProduct Product(const float* matrix, int64_t k, int64_t n) const {
    return SharedProduct(Factor{matrix, n, false}, k, n, rows_, in_.time_steps);
  }

  float* Kept(int64_t kind, int64_t row, int64_t width) const { return call_.workspace + kind + row * width; }

  /// The first transition of a step.
  CellRows First(int64_t t, int64_t begin) const {
    const int64_t row = t * batch_ + begin, before = row - batch_;
    const int64_t cells = in_.between ? at_.second_cells : at_.first_cells;
    const float* c_before = !in_.lstm ? nullptr : t == 0 ? in_.initial_c + begin * h_ : Kept(cells, before, h_);
    return {t == 0 ? in_.initial_h + begin * h_ : call_.output + before * h_, c_before, Kept(at_.first_gates, row, 4 * h_),
            Kept(at_.first_cells, row, h_), in_.between ? Kept(at_.middle, row, h_) : call_.output + row * h_};
  }

  /// @param h - rows of the state that asks
  void Attend(int64_t t, const float* h, int64_t begin, int64_t count, profile::Laps& laps) const {
    const int64_t size = in_.memory.size, row = t * batch_;
    float* queries = Kept(at_.queries, row, size);
    if (in_.query_kernel != nullptr) {
      query_.Multiply(count, h, h_, queries + begin * size, size, false);
      laps.Lap("query product", query_.Operations(count));
    } else if (!in_.between) {
      std::memcpy(queries + begin * size, h, static_cast<size_t>(count * size) * sizeof(float));
    }
    AttentionStep step;
    step.query = queries;
    step.weights = call_.weights + row * in_.memory.source_steps;
    step.context = call_.contexts + row * in_.memory.width;
    step.context_stride = in_.memory.width;
    AttendRows(in_.memory, step, begin, begin + count);
    laps.Lap("attention");
  }

  void ReadContext(int64_t row, int64_t count, float* gates, bool accumulate, profile::Laps& laps) const {
    context_.Multiply(count, call_.contexts + row * in_.memory.width, in_.memory.width, gates, 4 * h_, accumulate);
    laps.Lap("context product", context_.Operations(count));
  }

  void Finish(int64_t begin, int64_t count) const {
    const size_t bytes = static_cast<size_t>(count * h_) * sizeof(float);
    const int64_t last = (in_.time_steps - 1) * batch_ + begin;
    const bool none = in_.time_steps == 0;
    std::memcpy(call_.final_h + begin * h_, none ? in_.initial_h + begin * h_ : call_.output + last * h_, bytes);
    if (!in_.lstm) return;
    const int64_t cells = in_.between ? at_.second_cells : at_.first_cells;
    std::memcpy(call_.final_c + begin * h_, none ? in_.initial_c + begin * h_ : Kept(cells, last, h_), bytes);
  }

  const AttentionSequenceForward& call_;
  const AttentionSequenceInputs& in_;
  const WorkspaceOffsets at_;
  const int64_t h_, width_, batch_, rows_;
  const SharedProduct first_, second_, context_, query_;
  const CellStep cell_;
};

/// Of all steps at once, into the gates.
void MultiplyInputs(const AttentionSequenceForward& call) {
  const AttentionSequenceInputs& in = call.inputs;
  const profile::Span span("input product");
  MatMul product;
  product.m = in.time_steps * in.memory.batch_size, product.n = in.Gates() * in.hidden_size, product.k = in.input_size;
  product.a = Factor{in.input, in.input_size, false};
  product.b = Factor{in.first.input_kernel, product.n, false};
  product.c = call.workspace + WorkspaceOffsets(in).first_gates;
  product.c_stride = 4 * in.hidden_size;
  Multiply(product);
}

}  // namespace

Status AttentionSequence(const AttentionSequenceForward& call) {
  const AttentionSequenceInputs& in = call.inputs;
  UNROLL_RETURN_IF_ERROR(CheckAttentionSequence("AttentionSequence", in));
  const int64_t batch = in.memory.batch_size;
  if (batch == 0) return Status::Ok();
  MultiplyInputs(call);
  const int parts = BatchParts(in);
  const ForwardWalk walk(call, parts);
  ParallelRun(parts, [&](int part) { walk.Walk(PartBegin(batch, part, parts), PartBegin(batch, part + 1, parts)); });
  return Status::Ok();
}

}  // namespace unroll
