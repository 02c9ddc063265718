#ifndef UNROLL_MATMUL_ONEDNN_PRODUCT_H_
#define UNROLL_MATMUL_ONEDNN_PRODUCT_H_

#if UNROLL_ONEDNN

#include <oneapi/dnnl/dnnl.hpp>

#include "matmul/scratch.h"
#include "unroll/matmul.h"

namespace unroll {
namespace onednn {

const dnnl::engine& Engine();
dnnl::stream& Stream();  // of the calling thread

/// A rows x columns factor in float32, described as it lies in memory.
dnnl::memory::desc Describe(int64_t rows, int64_t columns, const Factor& factor);

/// One product of a fixed shape, for one thread: oneDNN's primitive and the reorders of factors that it wants in
/// another type or layout.
class Product {
 public:
  /// `shape` gives sizes, strides, transpositions, whether there is a bias, and `accumulate`; its numbers are not
  /// touched. `packed` is the layout in which B will be given; null: B will be given as `shape` says.
  Product(const MatMul& shape, Precision precision, const dnnl::memory::desc* packed);

  /// Numbers for the shape; with a packed B, `packed_b` is where it lies.
  void Run(const MatMul& numbers, const float* packed_b);

  /// The layout that oneDNN likes best for B when it is multiplied by m rows.
  static dnnl::memory::desc BestLayout(int64_t m, int64_t n, int64_t k, Precision precision);

 private:
  /// A factor as it comes, as it is wanted, and the way from one to the other if they differ.
  class Side {
   public:
    Side() = default;
    Side(const dnnl::memory::desc& given, const dnnl::memory::desc& wanted);
    dnnl::memory& Place(const float* data, ScratchSlot slot);

   private:
    dnnl::memory given_, wanted_;
    dnnl::reorder reorder_;
    bool differs_ = false;
  };

  dnnl::matmul primitive_;
  Side a_, b_;
  dnnl::memory c_, bias_;
};

}  // namespace onednn
}  // namespace unroll

#endif  // UNROLL_ONEDNN

#endif  // UNROLL_MATMUL_ONEDNN_PRODUCT_H_
