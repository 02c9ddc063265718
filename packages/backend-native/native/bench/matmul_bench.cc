// GFLOP/s of the products that training the models of the benchmark tables consists of.
// Usage: matmul_bench [threads [ours|onednn [name]]]: all products or those whose name begins so, and which of the two
// implementations a build with ONEDNN=1 takes.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "matmul/engine.h"
#include "unroll/matmul.h"

using namespace unroll;

namespace {

double Now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

template <typename Body>
double Fastest(Body&& body) {
  double best = 1e9;
  const double end = Now() + 0.3;
  for (int i = 0; i < 3 || Now() < end; ++i) {
    const double start = Now();
    body();
    best = std::min(best, Now() - start);
  }
  return best;
}

const char* wanted = "";
bool IsWanted(const char* name) { return std::strncmp(name, wanted, std::strlen(wanted)) == 0; }

void Product(const char* name, int64_t m, int64_t n, int64_t k, bool ta, bool tb) {
  if (!IsWanted(name)) return;
  std::vector<float> a(m * k, 0.5f), b(n * k, 0.25f), c(m * n);
  MatMul p;
  p.m = m, p.n = n, p.k = k;
  p.a = Factor{a.data(), ta ? m : k, ta};
  p.b = Factor{b.data(), tb ? k : n, tb};
  p.c = c.data(), p.c_stride = n;
  const double seconds = Fastest([&] { Multiply(p); });
  std::printf("%-28s %5d x %5d x %5d %c%c %9.1f us %7.1f GFLOP/s\n", name, (int)m, (int)n, (int)k, ta ? 't' : '-', tb ? 't' : '-',
              seconds * 1e6, 2e-9 * m * n * k / seconds);
}

void Packed(const char* name, int64_t m, int64_t n, int64_t k, bool tb, Precision precision) {
  if (!IsWanted(name)) return;
  std::vector<float> a(m * k, 0.5f), b(n * k, 0.25f), c(m * n);
  const ColumnRange all{0, n};
  const Factor factor{b.data(), tb ? k : n, tb};
  auto packed = Pack(factor, k, &all, 1, m, precision);
  const double pack = Fastest([&] { Pack(factor, k, &all, 1, m, precision); });
  const double seconds = Fastest([&] { packed->Multiply(m, a.data(), k, c.data(), n, false); });
  std::printf("%-28s %5d x %5d x %5d -%c %9.1f us %7.1f GFLOP/s on one thread; packing %.1f us\n", name, (int)m, (int)n, (int)k,
              tb ? 't' : '-', seconds * 1e6, 2e-9 * m * n * k / seconds, pack * 1e6);
}

void All(Precision precision) {
  Product("ptb-small inputs", 400, 800, 200, false, false);
  Product("ptb-small input kernel", 200, 800, 400, true, false);
  Product("ptb-small input gradient", 400, 200, 800, false, true);
  Product("ptb-small logits", 400, 10000, 200, false, false);
  Product("ptb-small hidden gradient", 400, 200, 10000, false, true);
  Product("ptb-small softmax kernel", 200, 10000, 400, true, false);
  Product("ptb-medium inputs", 700, 2600, 650, false, false);
  Product("ptb-medium input kernel", 650, 2600, 700, true, false);
  Product("ptb-medium input gradient", 700, 650, 2600, false, true);
  Product("ptb-medium logits", 700, 10000, 650, false, false);
  Product("ptb-medium hidden gradient", 700, 650, 10000, false, true);
  Product("ptb-medium softmax kernel", 650, 10000, 700, true, false);
  Product("char-512 inputs", 4096, 2048, 512, false, false);
  Product("char-512 input kernel", 512, 2048, 4096, true, false);
  Product("char-512 input gradient", 4096, 512, 2048, false, true);
  Product("char-512 logits", 4096, 65, 512, false, false);
  Product("one row", 1, 4096, 1024, false, false);
  Product("one row, transposed", 1, 4096, 1024, false, true);
  Packed("ptb-small step", 20, 400, 200, false, precision);
  Packed("ptb-small step back", 20, 100, 800, true, precision);
  Packed("ptb-medium step", 20, 1300, 650, false, precision);
  Packed("ptb-medium step back", 20, 325, 2600, true, precision);
  Packed("char-512 step", 64, 1024, 512, false, precision);
  Packed("char-512 step back", 64, 256, 2048, true, precision);
}

}  // namespace

int main(int count, char** arguments) {
  const int threads = count > 1 ? std::atoi(arguments[1]) : 0;
#if UNROLL_ONEDNN
  onednn::Prefer(count > 2 && std::strcmp(arguments[2], "onednn") == 0 ? onednn::Preference::kAlways : onednn::Preference::kNever);
#endif
  if (count > 3) wanted = arguments[3];
  for (Precision precision : {Precision::kFloat32, Precision::kBfloat16}) {
    Configure(threads, precision);
    std::printf("%s, %s, %d threads\n", MatMulName(), precision == Precision::kFloat32 ? "float32" : "bfloat16", ThreadCount());
    All(precision);
  }
}
