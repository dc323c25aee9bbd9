// Composition–rejection (Slepoy, Thompson & Plimpton 2008) for large networks of first order: the baseline that the
// library is compared with.
//   groups MODEL RUNS SEED  →  {"nsPerEvent":…,"events":…,"mean":…,"variance":…} of the first species at the end
// Models: chain (1,000 cyclic reactions S_i → S_i+1 at 1 + 0.5 sin i) and ring (1,000 voxels, S_i → S_i±1 at 1), 20 copies
// in each of the first 500. Generator xoshiro256+, exponential variates by the ziggurat with 256 layers, groups of one
// power of two, one uniform number for the member and its height, sums kept by differences and taken afresh every 16,384
// events. The state at 51 times is recorded before the event that passes each.
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

struct Rng {
  uint64_t s[4];
  explicit Rng(uint64_t seed) {
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

struct Model {
  int S, R;
  double horizon;
  std::vector<double> k;
  std::vector<int> from, to;
  std::vector<int> readStart, readers;  // reactions that read a species
  std::vector<int> start;
};

static Model modelOf(const std::string& name) {
  Model m;
  m.S = 1000;
  const bool ring = name == "ring";
  m.horizon = ring ? 1 : 2;
  for (int i = 0; i < m.S; i++) {
    m.k.push_back(ring ? 1 : 1 + 0.5 * std::sin((double)i));
    m.from.push_back(i);
    m.to.push_back((i + 1) % m.S);
    if (!ring) continue;
    m.k.push_back(1);
    m.from.push_back(i);
    m.to.push_back((i + m.S - 1) % m.S);
  }
  m.R = (int)m.k.size();
  m.readStart.push_back(0);
  for (int s = 0; s < m.S; s++) {
    for (int r = 0; r < m.R; r++)
      if (m.from[r] == s) m.readers.push_back(r);
    m.readStart.push_back((int)m.readers.size());
  }
  m.start.assign(m.S, 0);
  for (int s = 0; s < m.S / 2; s++) m.start[s] = 20;
  return m;
}

constexpr int T = 51, G = 64, lowest = 1023 - 16;
static inline int groupOf(double a) { return (int)(std::bit_cast<uint64_t>(a) >> 52) - lowest; }

struct Groups {
  double sum[G];
  int size[G], low, high;
  std::vector<int> members, place;
  std::vector<double> a;
  int R;
  explicit Groups(int R) : members((size_t)G * R), place(R), a(R), R(R) {}
  void clear() {
    std::memset(sum, 0, sizeof sum);
    std::memset(size, 0, sizeof size);
    low = G;
    high = -1;
    std::fill(a.begin(), a.end(), 0.0);
  }
  inline void leave(int r, double old) {
    const int g = groupOf(old), last = members[(size_t)g * R + --size[g]], p = place[r];
    members[(size_t)g * R + p] = last;
    place[last] = p;
    sum[g] = size[g] == 0 ? 0 : sum[g] - old;
  }
  inline void enter(int r, double v) {
    const int g = groupOf(v);
    members[(size_t)g * R + size[g]] = r;
    place[r] = size[g]++;
    sum[g] += v;
    if (g < low) low = g;
    if (g > high) high = g;
  }
  inline void set(int r, double v) {
    const double old = a[r];
    a[r] = v;
    if (v > 0 && old > 0 && groupOf(v) == groupOf(old)) {
      sum[groupOf(v)] += v - old;
      return;
    }
    if (old > 0) leave(r, old);
    if (v > 0) enter(r, v);
  }
  double total() const {
    double t = 0;
    for (int g = high; g >= low; g--) t += sum[g];
    return t;
  }
  void refresh() {
    for (int g = low; g <= high; g++) {
      sum[g] = 0;
      for (int i = 0; i < size[g]; i++) sum[g] += a[members[(size_t)g * R + i]];
    }
  }
  inline int choose(Rng& rng, double total) {
    for (;;) {
      double target = rng.uniform() * total;
      for (int g = high; g >= low; g--) {
        if (target < sum[g]) {
          const int* m = &members[(size_t)g * R];
          const double upper = std::bit_cast<double>((uint64_t)(g + lowest + 1) << 52);
          for (;;) {
            const double u = rng.uniform() * size[g];
            const int i = (int)u, r = m[i];
            if ((u - i) * upper < a[r]) return r;
          }
        }
        target -= sum[g];
      }
      refresh();
      total = this->total();
    }
  }
};

static uint64_t simulate(const Model& m, Groups& groups, std::vector<double>& x, Rng rng, int32_t* out) {
  groups.clear();
  for (int s = 0; s < m.S; s++) x[s] = m.start[s];
  for (int r = 0; r < m.R; r++) groups.set(r, m.k[r] * x[m.from[r]]);
  double t = 0, next = 0, total = groups.total();
  int row = 0;
  for (uint64_t events = 0;; events++) {
    t += exponential(rng) / total;
    while (t >= next) {
      for (int s = 0; s < m.S; s++) *out++ = (int32_t)x[s];
      if (++row == T) return events;
      next = row * (m.horizon / (T - 1));
    }
    const int r = groups.choose(rng, total);
    const int moved[2] = {m.from[r], m.to[r]};
    x[moved[0]] -= 1;
    x[moved[1]] += 1;
    for (int s : moved)
      for (int e = m.readStart[s]; e < m.readStart[s + 1]; e++) groups.set(m.readers[e], m.k[m.readers[e]] * x[s]);
    if ((events & 16383) == 0) groups.refresh();
    total = groups.total();
  }
}

int main(int count, char** words) {
  if (count != 4) return 2;
  const Model m = modelOf(words[1]);
  const int runs = std::atoi(words[2]);
  const uint64_t seed = std::strtoull(words[3], nullptr, 10) << 32;
  Groups groups(m.R);
  std::vector<double> x(m.S);
  std::vector<int32_t> out((size_t)T * m.S);
  double mean = 0, squares = 0;
  uint64_t events = 0;
  const std::clock_t begun = std::clock();
  for (int k = 0; k < runs; k++) {
    events += simulate(m, groups, x, Rng(seed + k), out.data());
    const double n = out[(size_t)(T - 1) * m.S];
    mean += n / runs;
    squares += n * n / runs;
  }
  const double ns = 1e9 * (std::clock() - begun) / CLOCKS_PER_SEC;
  std::printf("{\"nsPerEvent\":%.6g,\"events\":%llu,\"mean\":%.17g,\"variance\":%.17g}\n", ns / events,
              (unsigned long long)events, mean, squares - mean * mean);
  return 0;
}
