#include <cstring>

#include "kernels/transpose.h"
#include "parallel/thread_pool.h"
#include "unroll/movement.h"

namespace unroll {
namespace {

struct Axis {
  int64_t size, x_stride, y_stride;
};

// The axes that are left when those of size 1 are gone and neighbours that are walked as one are joined; innermost last.
struct Walk {
  int rank = 0;
  Axis axes[kMaxCopyRank];
};

Walk Simplify(const StridedCopy& copy) {
  Walk reversed;
  for (int d = copy.rank - 1; d >= 0; --d) {
    const Axis axis = {copy.sizes[d], copy.x_strides[d], copy.y_strides[d]};
    if (axis.size == 1) continue;
    Axis* inner = reversed.rank > 0 ? &reversed.axes[reversed.rank - 1] : nullptr;
    if (inner != nullptr && axis.x_stride == inner->x_stride * inner->size &&
        axis.y_stride == inner->y_stride * inner->size) {
      inner->size *= axis.size;
    } else {
      reversed.axes[reversed.rank++] = axis;
    }
  }
  Walk walk;
  for (int d = reversed.rank - 1; d >= 0; --d) walk.axes[walk.rank++] = reversed.axes[d];
  if (walk.rank == 0) walk.axes[walk.rank++] = {1, 1, 1};
  return walk;
}

// Lowest and highest element that the copy touches.
Status CheckRange(const char* name, const StridedCopy& copy, const int64_t* strides, int64_t offset, int64_t elements) {
  int64_t lowest = offset, highest = offset;
  bool overflow = false;
  for (int d = 0; d < copy.rank; ++d) {
    int64_t reach = 0;
    overflow |= __builtin_mul_overflow(copy.sizes[d] - 1, strides[d], &reach);
    overflow |= __builtin_add_overflow(reach < 0 ? lowest : highest, reach, reach < 0 ? &lowest : &highest);
  }
  if (!overflow && lowest >= 0 && highest < elements) return Status::Ok();
  return Status::Invalid("unroll: copyStrided: %s has %lld elements, the copy would touch %lld to %lld", name,
                         static_cast<long long>(elements), static_cast<long long>(lowest),
                         static_cast<long long>(highest));
}

// The offsets of index `item` of the axes [0, rank).
void OffsetsAt(const Walk& walk, int rank, int64_t item, int64_t* x, int64_t* y) {
  for (int d = rank - 1; d >= 0; --d) {
    const int64_t i = item % walk.axes[d].size;
    item /= walk.axes[d].size;
    *x += i * walk.axes[d].x_stride;
    *y += i * walk.axes[d].y_stride;
  }
}

template <typename T>
void CopyRow(const T* x, int64_t x_stride, T* y, int64_t y_stride, int64_t count) {
  if (x_stride == 1 && y_stride == 1) {
    std::memcpy(y, x, static_cast<size_t>(count) * sizeof(T));
  } else if (x_stride == 0 && y_stride == 1) {
    const T value = x[0];
    for (int64_t i = 0; i < count; ++i) y[i] = value;
  } else {
    for (int64_t i = 0; i < count; ++i) y[i * y_stride] = x[i * x_stride];
  }
}

constexpr int64_t kGrain = 1 << 14;

template <typename T>
void CopyRows(const Walk& walk, const T* x, T* y) {
  const Axis inner = walk.axes[walk.rank - 1];
  int64_t rows = 1;
  for (int d = 0; d < walk.rank - 1; ++d) rows *= walk.axes[d].size;
  // Cut by elements, not by rows, so that one long row also keeps all threads busy.
  ParallelFor(rows * inner.size, kGrain, [&](int64_t begin, int64_t end) {
    int64_t row = begin / inner.size, column = begin % inner.size;
    for (int64_t at = begin; at < end; ++row, column = 0) {
      const int64_t in_row = inner.size - column, count = in_row < end - at ? in_row : end - at;
      int64_t from = column * inner.x_stride, to = column * inner.y_stride;
      OffsetsAt(walk, walk.rank - 1, row, &from, &to);
      CopyRow(x + from, inner.x_stride, y + to, inner.y_stride, count);
      at += count;
    }
  });
}

constexpr int64_t kTile = 32;

// y walks the last axis number by number, x walks axis `across`: small squares keep both within the nearest cache.
// y[r, c] = x[c, r] for a band of y's rows; x's row c begins at x + c * x_stride.
template <typename T>
void TransposeBand(const T* x, const MatrixView& shape, T* y, int64_t y_stride) {
  for (int64_t first = 0; first < shape.rows; first += kTile) {
    const int64_t last = first + kTile < shape.rows ? first + kTile : shape.rows;
    for (int64_t r = 0; r < shape.columns; ++r)
      for (int64_t c = first; c < last; ++c) y[r * y_stride + c] = x[c * shape.stride + r];
  }
}
template <>
void TransposeBand<uint32_t>(const uint32_t* x, const MatrixView& shape, uint32_t* y, int64_t y_stride) {
  TransposeMatrix(reinterpret_cast<const float*>(x), shape, reinterpret_cast<float*>(y), y_stride);
}

template <typename T>
void CopyTiles(Walk walk, int across, const T* x, T* y) {
  const Axis columns = walk.axes[walk.rank - 1], rows = walk.axes[across];
  for (int d = across; d < walk.rank - 2; ++d) walk.axes[d] = walk.axes[d + 1];
  walk.rank -= 2;
  int64_t outer = 1;
  for (int d = 0; d < walk.rank; ++d) outer *= walk.axes[d].size;
  const int64_t bands = (rows.size + kTile - 1) / kTile;
  const int64_t grain = kGrain / (kTile * columns.size) + 1;
  ParallelFor(outer * bands, grain, [&](int64_t begin, int64_t end) {
    for (int64_t item = begin; item < end; ++item) {
      const int64_t first_row = item % bands * kTile;
      const int64_t last_row = first_row + kTile < rows.size ? first_row + kTile : rows.size;
      int64_t from = 0, to = 0;
      OffsetsAt(walk, walk.rank, item / bands, &from, &to);
      TransposeBand(x + from + first_row, {columns.size, last_row - first_row, columns.x_stride},
                    y + to + first_row * rows.y_stride, rows.y_stride);
    }
  });
}

template <typename T>
void CopyAs(const StridedCopy& copy) {
  const Walk walk = Simplify(copy);
  const T* x = reinterpret_cast<const T*>(copy.x) + copy.x_offset;
  T* y = reinterpret_cast<T*>(copy.y) + copy.y_offset;
  const Axis inner = walk.axes[walk.rank - 1];
  if (inner.y_stride == 1 && inner.x_stride != 1 && inner.x_stride != 0)
    for (int d = 0; d < walk.rank - 1; ++d)
      if (walk.axes[d].x_stride == 1) return CopyTiles(walk, d, x, y);
  CopyRows(walk, x, y);
}

}  // namespace

Status CopyStrided(const StridedCopy& copy) {
  for (int d = 0; d < copy.rank; ++d) {
    if (copy.sizes[d] < 0)
      return Status::Invalid("unroll: copyStrided: sizes[%d] must not be negative, got %lld", d,
                             static_cast<long long>(copy.sizes[d]));
  }
  for (int d = 0; d < copy.rank; ++d)
    if (copy.sizes[d] == 0) return Status::Ok();
  int64_t count = 1;
  for (int d = 0; d < copy.rank; ++d)
    if (__builtin_mul_overflow(count, copy.sizes[d], &count) || count > copy.y_elements)
      return Status::Invalid("unroll: copyStrided: y has %lld elements, fewer than sizes say", static_cast<long long>(copy.y_elements));
  UNROLL_RETURN_IF_ERROR(CheckRange("x", copy, copy.x_strides, copy.x_offset, copy.x_elements));
  UNROLL_RETURN_IF_ERROR(CheckRange("y", copy, copy.y_strides, copy.y_offset, copy.y_elements));
  switch (copy.element_size) {
    case 1: CopyAs<uint8_t>(copy); break;
    case 2: CopyAs<uint16_t>(copy); break;
    case 4: CopyAs<uint32_t>(copy); break;
    case 8: CopyAs<uint64_t>(copy); break;
    default: return Status::Invalid("unroll: copyStrided: elements of %d bytes are not known", copy.element_size);
  }
  return Status::Ok();
}

}  // namespace unroll
