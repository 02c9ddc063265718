#if UNROLL_ONEDNN

#include "matmul/onednn_product.h"

#include <unordered_map>

namespace unroll {
namespace onednn {
namespace {

using dnnl::memory;

memory::data_type TypeOf(Precision precision) {
  return precision == Precision::kFloat32 ? memory::data_type::f32 : memory::data_type::bf16;
}

/// The one place where oneDNN 2 and 3 differ. `bias` may be null.
dnnl::matmul::primitive_desc MakeDescription(const memory::desc& a, const memory::desc& b, const memory::desc* bias,
                                             const memory::desc& c, const dnnl::primitive_attr& attributes) {
#if DNNL_VERSION_MAJOR >= 3
  if (bias == nullptr) return dnnl::matmul::primitive_desc(Engine(), a, b, c, attributes);
  return dnnl::matmul::primitive_desc(Engine(), a, b, *bias, c, attributes);
#else
  const auto operation = bias == nullptr ? dnnl::matmul::desc(a, b, c) : dnnl::matmul::desc(a, b, *bias, c);
  return dnnl::matmul::primitive_desc(operation, attributes, Engine());
#endif
}

}  // namespace

const dnnl::engine& Engine() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

dnnl::stream& Stream() {
  thread_local dnnl::stream stream(Engine());
  return stream;
}

memory::desc Describe(int64_t rows, int64_t columns, const Factor& factor) {
  const memory::dims strides = factor.transposed ? memory::dims{1, factor.stride} : memory::dims{factor.stride, 1};
  return memory::desc({rows, columns}, memory::data_type::f32, strides);
}

memory::desc Product::BestLayout(int64_t m, int64_t n, int64_t k, Precision precision) {
  const memory::desc a({m, k}, TypeOf(precision), memory::format_tag::ab), b({k, n}, TypeOf(precision), memory::format_tag::any);
  const memory::desc c({m, n}, memory::data_type::f32, memory::format_tag::ab);
  return MakeDescription(a, b, nullptr, c, dnnl::primitive_attr()).weights_desc();
}

Product::Product(const MatMul& shape, Precision precision, const memory::desc* packed) {
  dnnl::primitive_attr attributes;
  if (shape.accumulate) {
    dnnl::post_ops sum;
    sum.append_sum(1.0f);
    attributes.set_post_ops(sum);
  }
  const bool converts = precision != Precision::kFloat32;
  const memory::desc a = Describe(shape.m, shape.k, shape.a);
  const memory::desc b = packed != nullptr ? *packed : Describe(shape.k, shape.n, shape.b);
  const memory::desc c = Describe(shape.m, shape.n, Factor{nullptr, shape.c_stride, false});
  const memory::desc bias({1, shape.n}, memory::data_type::f32, memory::format_tag::ab);
  const memory::desc wanted_a = converts ? memory::desc({shape.m, shape.k}, TypeOf(precision), memory::format_tag::ab) : a;
  const memory::desc wanted_b =
      converts && packed == nullptr ? memory::desc({shape.k, shape.n}, TypeOf(precision), memory::format_tag::any) : b;
  const auto description = MakeDescription(wanted_a, wanted_b, shape.bias == nullptr ? nullptr : &bias, c, attributes);
  primitive_ = dnnl::matmul(description);
  a_ = Side(a, wanted_a);
  b_ = Side(b, description.weights_desc());
  c_ = memory(c, Engine(), nullptr);
  if (shape.bias != nullptr) bias_ = memory(bias, Engine(), nullptr);
}

void Product::Run(const MatMul& numbers, const float* packed_b) {
  c_.set_data_handle(numbers.c);
  std::unordered_map<int, memory> arguments{
      {DNNL_ARG_SRC, a_.Place(numbers.a.data, ScratchSlot::kRows)},
      {DNNL_ARG_WEIGHTS, b_.Place(packed_b != nullptr ? packed_b : numbers.b.data, ScratchSlot::kPanel)},
      {DNNL_ARG_DST, c_}};
  if (numbers.bias != nullptr) {
    bias_.set_data_handle(const_cast<float*>(numbers.bias));
    arguments.emplace(DNNL_ARG_BIAS, bias_);
  }
  primitive_.execute(Stream(), arguments);
  Stream().wait();
}

Product::Side::Side(const memory::desc& given, const memory::desc& wanted) : given_(given, Engine(), nullptr) {
  if (given == wanted) return;
  differs_ = true;
  wanted_ = memory(wanted, Engine(), nullptr);
  reorder_ = dnnl::reorder(given_, wanted_);
}

memory& Product::Side::Place(const float* data, ScratchSlot slot) {
  given_.set_data_handle(const_cast<float*>(data));
  if (!differs_) return given_;
  const size_t bytes = wanted_.get_desc().get_size();
  wanted_.set_data_handle(ThreadScratch(slot, static_cast<int64_t>(bytes / sizeof(float) + 1)));
  reorder_.execute(Stream(), given_, wanted_);
  return wanted_;
}

}  // namespace onednn
}  // namespace unroll

#endif  // UNROLL_ONEDNN
