// Gillespie's direct method written out for five models: the baseline that the library is compared with.
//   direct MODEL VARIANT RUNS SEED  →  {"nsPerEvent":…,"events":…,"mean":…,"variance":…} of the first species at the end
// Variants: branch (recompute all propensities, if-chain), dep (cached propensities, dependents updated in the branch),
// branchless (species move by sums of comparison bits), lanes2 and lanes4 (branchless, runs interleaved).
// Generator xoshiro256+ (Blackman & Vigna 2018), one state per run; exponential variates by the ziggurat (Marsaglia &
// Tsang 2000) with 256 layers. The state on a grid of 51 times is the one before the event that passes the time.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <utility>
#include <vector>

struct Rng {
  uint64_t s[4];
  explicit Rng(uint64_t seed = 0) {
    for (auto& word : s) {  // splitmix64
      uint64_t z = (seed += 0x9e3779b97f4a7c15);
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
      z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
      word = z ^ (z >> 31);
    }
  }
  inline uint64_t next() {
    const uint64_t result = s[0] + s[3], t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = (s[3] << 45) | (s[3] >> 19);
    return result;
  }
  inline double uniform() { return (next() >> 11) * 0x1p-53; }
};

struct Ziggurat {
  double x[257], y[257];
  Ziggurat() {
    const double r = 7.69711747013104972, v = 0.0039496598225815571993;
    x[0] = v * std::exp(r);
    x[1] = r;
    for (int i = 1; i < 255; i++) x[i + 1] = -std::log(v / x[i] + std::exp(-x[i]));
    x[256] = 0;
    for (int i = 0; i < 257; i++) y[i] = std::exp(-x[i]);
  }
};
static const Ziggurat zig;

__attribute__((noinline)) static double slowExponential(Rng& rng, int i, double x);
static inline double exponential(Rng& rng) {
  const uint64_t bits = rng.next();
  const int i = bits & 255;
  const double x = (bits >> 11) * 0x1p-53 * zig.x[i];
  return __builtin_expect(x < zig.x[i + 1], 1) ? x : slowExponential(rng, i, x);
}
static double slowExponential(Rng& rng, int i, double x) {
  if (i == 0) return zig.x[1] + exponential(rng);
  if (zig.y[i] + rng.uniform() * (zig.y[i + 1] - zig.y[i]) < std::exp(-x)) return x;
  return exponential(rng);
}

struct Reaction {
  double k;  // c / ∏ order!
  int factors, species[3], less[3];
  int changes, moved[4], by[4];
};

struct ImmigrationDeath {
  static constexpr int S = 1, R = 2;
  static constexpr double horizon = 50;
  static constexpr double start[S] = {100};
  static constexpr Reaction reaction[R] = {{100, 0, {}, {}, 1, {0}, {1}}, {1, 1, {0}, {0}, 1, {0}, {-1}}};
};
struct Dimerisation {
  static constexpr int S = 2, R = 2;
  static constexpr double horizon = 10;
  static constexpr double start[S] = {1000, 0};
  static constexpr Reaction reaction[R] = {{0.0005, 2, {0, 0}, {0, 1}, 2, {0, 1}, {-2, 1}},
                                           {0.5, 1, {1}, {0}, 2, {0, 1}, {2, -1}}};
};
struct Schloegl {
  static constexpr int S = 1, R = 4;
  static constexpr double horizon = 4;
  static constexpr double start[S] = {250};
  static constexpr Reaction reaction[R] = {{0.015, 2, {0, 0}, {0, 1}, 1, {0}, {1}},
                                           {1e-4 / 6, 3, {0, 0, 0}, {0, 1, 2}, 1, {0}, {-1}},
                                           {200, 0, {}, {}, 1, {0}, {1}},
                                           {3.5, 1, {0}, {0}, 1, {0}, {-1}}};
};
struct LotkaVolterra {
  static constexpr int S = 2, R = 3;
  static constexpr double horizon = 10;
  static constexpr double start[S] = {241, 602};
  static constexpr Reaction reaction[R] = {{1, 1, {0}, {0}, 1, {0}, {1}},
                                           {0.0016, 2, {0, 1}, {0, 0}, 2, {0, 1}, {-1, 1}},
                                           {0.2, 1, {1}, {0}, 1, {1}, {-1}}};
};
struct Vilar {  // species Da A Dpa Dr Dpr Ma Mr R C
  static constexpr int S = 9, R = 16;
  static constexpr double horizon = 50;
  static constexpr double start[S] = {1, 0, 0, 1, 0, 0, 0, 0, 0};
  static constexpr Reaction reaction[R] = {{1, 2, {0, 1}, {0, 0}, 3, {0, 1, 2}, {-1, -1, 1}},
                                           {1, 2, {3, 1}, {0, 0}, 3, {3, 1, 4}, {-1, -1, 1}},
                                           {50, 1, {2}, {0}, 3, {2, 0, 1}, {-1, 1, 1}},
                                           {100, 1, {4}, {0}, 3, {4, 3, 1}, {-1, 1, 1}},
                                           {50, 1, {0}, {0}, 1, {5}, {1}},
                                           {0.01, 1, {3}, {0}, 1, {6}, {1}},
                                           {500, 1, {2}, {0}, 1, {5}, {1}},
                                           {50, 1, {4}, {0}, 1, {6}, {1}},
                                           {50, 1, {5}, {0}, 1, {1}, {1}},
                                           {5, 1, {6}, {0}, 1, {7}, {1}},
                                           {2, 2, {1, 7}, {0, 0}, 3, {1, 7, 8}, {-1, -1, 1}},
                                           {1, 1, {8}, {0}, 2, {8, 7}, {-1, 1}},
                                           {10, 1, {5}, {0}, 1, {5}, {-1}},
                                           {0.5, 1, {6}, {0}, 1, {6}, {-1}},
                                           {1, 1, {1}, {0}, 1, {1}, {-1}},
                                           {0.2, 1, {7}, {0}, 1, {7}, {-1}}};
};

template <int N, class F>
static inline __attribute__((always_inline)) void unroll(F&& f) {
  [&]<int... i>(std::integer_sequence<int, i...>) { (f(std::integral_constant<int, i>{}), ...); }
  (std::make_integer_sequence<int, N>{});
}

template <class M, int r>
static inline __attribute__((always_inline)) double propensity(const double* x) {
  constexpr Reaction q = M::reaction[r];
  double a = q.k;
  unroll<q.factors>([&](auto f) { a *= q.less[f] == 0 ? x[q.species[f]] : x[q.species[f]] - q.less[f]; });
  return a;
}

template <class M, int r>
constexpr int changeOf(int s) {
  for (int e = 0; e < M::reaction[r].changes; e++)
    if (M::reaction[r].moved[e] == s) return M::reaction[r].by[e];
  return 0;
}
template <class M, int r, int q>
constexpr bool affects() {
  for (int f = 0; f < M::reaction[q].factors; f++)
    if (changeOf<M, r>(M::reaction[q].species[f]) != 0) return true;
  return false;
}

template <class M, int r>
static inline __attribute__((always_inline)) void fire(double* x) {
  constexpr Reaction q = M::reaction[r];
  unroll<q.changes>([&](auto e) { x[q.moved[e]] += q.by[e]; });
}

constexpr int T = 51;
template <class M>
struct Grid {
  int32_t* out;
  int row = 0;
  inline double time() const { return row * (M::horizon / (T - 1)); }
  bool pass(double t, const double* x) {  // true when the last row was written
    while (row < T && time() <= t) {
      for (int s = 0; s < M::S; s++) *out++ = (int32_t)x[s];
      row++;
    }
    return row == T;
  }
};

template <class M, int r = 0>
static inline __attribute__((always_inline)) void chain(double target, const double* a, double sum, double* x) {
  if constexpr (r == M::R - 1) fire<M, r>(x);
  else if (target < sum + a[r]) fire<M, r>(x);
  else chain<M, r + 1>(target, a, sum + a[r], x);
}

template <class M>
static uint64_t branch(Rng rng, int32_t* out) {
  double x[M::S], a[M::R], t = 0, next = 0;
  std::memcpy(x, M::start, sizeof x);
  Grid<M> grid{out};
  for (uint64_t events = 0;; events++) {
    double total = 0;
    unroll<M::R>([&](auto r) { total += a[r] = propensity<M, r>(x); });
    t += exponential(rng) / total;
    if (__builtin_expect(t >= next, 0)) {
      if (grid.pass(t, x)) return events;
      next = grid.time();
    }
    chain<M>(rng.uniform() * total, a, 0, x);
  }
}

template <class M, int r = 0>
static inline __attribute__((always_inline)) void chainDep(double target, double* a, double sum, double* x) {
  auto go = [&] {
    fire<M, r>(x);
    unroll<M::R>([&](auto q) {
      if constexpr (affects<M, r, q>()) a[q] = propensity<M, q>(x);
    });
  };
  if constexpr (r == M::R - 1) go();
  else if (target < sum + a[r]) go();
  else chainDep<M, r + 1>(target, a, sum + a[r], x);
}

template <class M>
static uint64_t dep(Rng rng, int32_t* out) {
  double x[M::S], a[M::R], t = 0, next = 0;
  std::memcpy(x, M::start, sizeof x);
  unroll<M::R>([&](auto r) { a[r] = propensity<M, r>(x); });
  Grid<M> grid{out};
  for (uint64_t events = 0;; events++) {
    double total = 0;
    unroll<M::R>([&](auto r) { total += a[r]; });
    t += exponential(rng) / total;
    if (__builtin_expect(t >= next, 0)) {
      if (grid.pass(t, x)) return events;
      next = grid.time();
    }
    chainDep<M>(rng.uniform() * total, a, 0, x);
  }
}

template <class M>
static inline __attribute__((always_inline)) void fireBits(const double* sum, double target, double* x) {
  int c[M::R];
  unroll<M::R>([&](auto r) { c[r] = target >= sum[r]; });
  unroll<M::S>([&](auto s) {
    int change = changeOf<M, 0>(s);
    unroll<M::R - 1>([&](auto r) {
      constexpr int step = changeOf<M, r + 1>(s) - changeOf<M, r>(s);
      if constexpr (step != 0) change += step * c[r];
    });
    x[s] += change;
  });
}

template <class M>
static uint64_t branchless(Rng rng, int32_t* out) {
  double x[M::S], sum[M::R], t = 0, next = 0;
  std::memcpy(x, M::start, sizeof x);
  Grid<M> grid{out};
  for (uint64_t events = 0;; events++) {
    double total = 0;
    unroll<M::R>([&](auto r) { sum[r] = total += propensity<M, r>(x); });
    t += exponential(rng) / total;
    if (__builtin_expect(t >= next, 0)) {
      if (grid.pass(t, x)) return events;
      next = grid.time();
    }
    fireBits<M>(sum, rng.uniform() * total, x);
  }
}

struct Drawn {
  Rng rng;
  double value;
};
__attribute__((noinline)) static Drawn settled(Rng rng, int i, double x) {
  const double value = slowExponential(rng, i, x);
  return {rng, value};
}
// As `exponential`, by value on the slow path: the state can then stay in registers.
static inline __attribute__((always_inline)) double exponentialByValue(Rng& rng) {
  const uint64_t bits = rng.next();
  const int i = bits & 255;
  const double x = (bits >> 11) * 0x1p-53 * zig.x[i];
  if (__builtin_expect(x < zig.x[i + 1], 1)) return x;
  const Drawn drawn = settled(rng, i, x);
  rng = drawn.rng;
  return drawn.value;
}

// K runs interleaved; a lane whose run is over takes the next one. Local copies are indexed by constants alone, so that
// the compiler may keep them in registers; `lanes` and the grid are touched when a lane crosses a time.
template <class M>
struct Lane {
  double x[M::S], t, next;
  Rng rng;
};
template <class M, int K>
static uint64_t lanes(uint64_t seed, int runs, int32_t* out) {
  Lane<M> kept[K];
  Grid<M> grid[K];
  uint64_t events = 0, begun[K], iteration = 0;
  bool busy[K];
  int run = 0, active = 0;
  auto begin = [&](int l) {
    busy[l] = run < runs;
    std::memcpy(kept[l].x, M::start, sizeof kept[l].x);
    kept[l].t = 0;
    kept[l].next = busy[l] ? 0 : INFINITY;
    if (!busy[l]) return;
    kept[l].rng = Rng(seed + run);
    grid[l] = Grid<M>{out + (size_t)run++ * T * M::S};
    begun[l] = iteration;
    active++;
  };
  for (int l = 0; l < K; l++) begin(l);
  while (active > 0) {
    Lane<M> lane[K];
    double sum[K][M::R], target[K];
    unroll<K>([&](auto l) { lane[l] = kept[l]; });
    for (;; iteration++) {
      bool crossing = false;
      unroll<K>([&](auto l) {
        double total = 0;
        unroll<M::R>([&](auto r) { sum[l][r] = total += propensity<M, r>(lane[l].x); });
        lane[l].t += exponentialByValue(lane[l].rng) / total;
        crossing |= lane[l].t >= lane[l].next;
        target[l] = lane[l].rng.uniform() * total;
      });
      if (__builtin_expect(crossing, 0)) break;
      unroll<K>([&](auto l) { fireBits<M>(sum[l], target[l], lane[l].x); });
    }
    bool over[K];
    unroll<K>([&](auto l) {
      over[l] = false;
      if (lane[l].t >= lane[l].next) {
        over[l] = grid[l].pass(lane[l].t, lane[l].x);
        lane[l].next = grid[l].time();
      }
      fireBits<M>(sum[l], target[l], lane[l].x);
      kept[l] = lane[l];
    });
    iteration++;
    for (int l = 0; l < K; l++) {
      if (!over[l]) continue;
      events += iteration - 1 - begun[l];
      active--;
      begin(l);
    }
  }
  return events;
}

template <class M>
static int measure(const std::string& variant, int runs, uint64_t seed) {
  std::vector<int32_t> out((size_t)runs * T * M::S);
  auto all = [&](auto kernel) {
    uint64_t events = 0;
    for (int k = 0; k < runs; k++) events += kernel(Rng(seed + k), out.data() + (size_t)k * T * M::S);
    return events;
  };
  const std::clock_t begun = std::clock();  // processor time: a busy machine then disturbs less
  uint64_t events;
  if (variant == "branch") events = all(branch<M>);
  else if (variant == "dep") events = all(dep<M>);
  else if (variant == "branchless") events = all(branchless<M>);
  else if (variant == "lanes2") events = lanes<M, 2>(seed, runs, out.data());
  else if (variant == "lanes4") events = lanes<M, 4>(seed, runs, out.data());
  else return 2;
  const double ns = 1e9 * (std::clock() - begun) / CLOCKS_PER_SEC;
  double mean = 0, squares = 0;  // of the first species at the last time
  for (int k = 0; k < runs; k++) {
    const double n = out[((size_t)k * T + T - 1) * M::S];
    mean += n / runs;
    squares += n * n / runs;
  }
  std::printf("{\"nsPerEvent\":%.6g,\"events\":%llu,\"mean\":%.17g,\"variance\":%.17g}\n", ns / events,
              (unsigned long long)events, mean, squares - mean * mean);
  return 0;
}

int main(int count, char** words) {
  if (count != 5) return 2;
  const std::string model = words[1];
  const int runs = std::atoi(words[3]);
  const uint64_t seed = std::strtoull(words[4], nullptr, 10) << 32;
  if (model == "0") return measure<ImmigrationDeath>(words[2], runs, seed);
  if (model == "1") return measure<Dimerisation>(words[2], runs, seed);
  if (model == "2") return measure<Schloegl>(words[2], runs, seed);
  if (model == "3") return measure<LotkaVolterra>(words[2], runs, seed);
  if (model == "4") return measure<Vilar>(words[2], runs, seed);
  return 2;
}
