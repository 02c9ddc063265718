#include "unroll/profile.h"

#include <chrono>
#include <memory>
#include <mutex>

namespace unroll::profile {
namespace internal {

std::atomic<bool> on{false};

}  // namespace internal

namespace {

// The records of one thread, written by it alone.
struct Buffer {
  int thread;
  std::vector<Record> records;
  int64_t lost = 0;
};

struct Buffers {
  std::mutex mutex;  // a thread takes it once, for its first record
  std::vector<std::unique_ptr<Buffer>> all;
  int64_t capacity = 0;
};

// Never destroyed, as the pool of threads is not.
Buffers& TheBuffers() {
  static Buffers* buffers = new Buffers;
  return *buffers;
}

Buffer& OwnBuffer() {
  static thread_local Buffer* own = nullptr;
  if (own != nullptr) return *own;
  Buffers& buffers = TheBuffers();
  std::lock_guard<std::mutex> lock(buffers.mutex);
  buffers.all.push_back(std::make_unique<Buffer>());
  own = buffers.all.back().get();
  own->thread = static_cast<int>(buffers.all.size()) - 1;
  own->records.reserve(static_cast<size_t>(buffers.capacity));
  return *own;
}

void Empty(Buffers& buffers) {
  for (const auto& buffer : buffers.all) {
    buffer->records.clear();
    buffer->lost = 0;
  }
}

void Resize(Buffers& buffers, int64_t capacity) {
  buffers.capacity = capacity;
  for (const auto& buffer : buffers.all) {
    std::vector<Record> records;
    records.reserve(static_cast<size_t>(capacity));
    buffer->records.swap(records);
  }
}

}  // namespace

namespace internal {

void Add(const Record& record) {
  Buffer& own = OwnBuffer();
  if (own.records.size() == own.records.capacity()) {
    ++own.lost;
    return;
  }
  own.records.push_back(record);
  own.records.back().thread = own.thread;
}

}  // namespace internal

void Start(int64_t capacity) {
  internal::on.store(false, std::memory_order_relaxed);
  Buffers& buffers = TheBuffers();
  {
    std::lock_guard<std::mutex> lock(buffers.mutex);
    Empty(buffers);
    if (capacity != buffers.capacity) Resize(buffers, capacity);
  }
  if (capacity <= 0) return;
  OwnBuffer();
  internal::on.store(true, std::memory_order_relaxed);
}

Recorded Take() {
  Buffers& buffers = TheBuffers();
  std::lock_guard<std::mutex> lock(buffers.mutex);
  Recorded recorded;
  for (const auto& buffer : buffers.all) {
    recorded.records.insert(recorded.records.end(), buffer->records.begin(), buffer->records.end());
    recorded.lost += buffer->lost;
  }
  Empty(buffers);
  return recorded;
}

int64_t Now() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

}  // namespace unroll::profile
