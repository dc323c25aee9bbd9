// Dormand–Prince 5(4) in plain C++ with the step control of @dbd/ode: the baseline of tooling/bench/ode.ts.
// Usage: ode PROBLEM TOLERANCE; prints {"microseconds": median per solve, "evaluations": n, "y": [...]}.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

struct Rossler {
  static constexpr int N = 3;
  static constexpr double end = 50;
  static void start(double* y) { y[0] = 1, y[1] = 1, y[2] = 0; }
  static void evaluate(double, const double* y, double* f) {
    f[0] = -y[1] - y[2];
    f[1] = y[0] + 0.2 * y[1];
    f[2] = 0.2 + y[2] * (y[0] - 5.7);
  }
};

struct Linear100 { // diffusion on a line of 100 cells
  static constexpr int N = 100;
  static constexpr double end = 10;
  static void start(double* y) {
    for (int i = 0; i < N; i++) y[i] = std::sin(0.1 * (i + 1)) + 1;
  }
  static void evaluate(double, const double* y, double* f) {
    f[0] = y[1] - 2 * y[0];
    for (int i = 1; i < N - 1; i++) f[i] = y[i - 1] - 2 * y[i] + y[i + 1];
    f[N - 1] = y[N - 2] - 2 * y[N - 1];
  }
};

template <class P> struct Solver {
  static constexpr int N = P::N;
  double y[N], next[N], w[N], k1[N], k2[N], k3[N], k4[N], k5[N], k6[N], k7[N];
  double rtol, atol;
  long evaluations = 0;

  void f(double t, const double* x, double* out) {
    P::evaluate(t, x, out);
    evaluations++;
  }
  double norm(const double* e, const double* a, const double* b) const {
    double sum = 0;
    for (int i = 0; i < N; i++) {
      const double s = e[i] / (atol + rtol * std::max(std::fabs(a[i]), std::fabs(b[i])));
      sum += s * s;
    }
    return std::sqrt(sum / N);
  }
  double firstStep(double span) {
    const double d0 = norm(y, y, y), d1 = norm(k1, y, y);
    const double h0 = std::min(d0 < 1e-5 || d1 < 1e-5 ? 1e-6 : 0.01 * (d0 / d1), span);
    for (int i = 0; i < N; i++) w[i] = y[i] + h0 * k1[i];
    f(h0, w, k2);
    for (int i = 0; i < N; i++) k2[i] -= k1[i];
    const double d2 = norm(k2, y, y) / h0, steepest = std::max(d1, d2);
    const double h1 = steepest <= 1e-15 ? std::max(1e-6, h0 * 1e-3) : std::pow(0.01 / steepest, 1.0 / 6);
    return std::min({100 * h0, h1, span});
  }
  double attempt(double t, double h) {
    for (int i = 0; i < N; i++) w[i] = y[i] + h * (1.0 / 5) * k1[i];
    f(t + h / 5, w, k2);
    for (int i = 0; i < N; i++) w[i] = y[i] + (h * (3.0 / 40) * k1[i] + h * (9.0 / 40) * k2[i]);
    f(t + h * 3 / 10, w, k3);
    for (int i = 0; i < N; i++)
      w[i] = y[i] + (h * (44.0 / 45) * k1[i] + h * (-56.0 / 15) * k2[i] + h * (32.0 / 9) * k3[i]);
    f(t + h * 4 / 5, w, k4);
    for (int i = 0; i < N; i++)
      w[i] = y[i] + (h * (19372.0 / 6561) * k1[i] + h * (-25360.0 / 2187) * k2[i] + h * (64448.0 / 6561) * k3[i] +
                     h * (-212.0 / 729) * k4[i]);
    f(t + h * 8 / 9, w, k5);
    for (int i = 0; i < N; i++)
      w[i] = y[i] + (h * (9017.0 / 3168) * k1[i] + h * (-355.0 / 33) * k2[i] + h * (46732.0 / 5247) * k3[i] +
                     h * (49.0 / 176) * k4[i] + h * (-5103.0 / 18656) * k5[i]);
    f(t + h, w, k6);
    for (int i = 0; i < N; i++)
      next[i] = y[i] + (h * (35.0 / 384) * k1[i] + h * (500.0 / 1113) * k3[i] + h * (125.0 / 192) * k4[i] +
                        h * (-2187.0 / 6784) * k5[i] + h * (11.0 / 84) * k6[i]);
    f(t + h, next, k7);
    for (int i = 0; i < N; i++)
      w[i] = h * (35.0 / 384 - 5179.0 / 57600) * k1[i] + h * (500.0 / 1113 - 7571.0 / 16695) * k3[i] +
             h * (125.0 / 192 - 393.0 / 640) * k4[i] + h * (-2187.0 / 6784 + 92097.0 / 339200) * k5[i] +
             h * (11.0 / 84 - 187.0 / 2100) * k6[i] + h * (-1.0 / 40) * k7[i];
    return norm(w, y, next);
  }
  void solve() {
    P::start(y);
    double t = 0;
    const double end = P::end, beta = 0.2 / 5, alpha = 1.0 / 5 - 0.75 * beta, floor = std::log(1e-4);
    double before = floor;
    bool rejected = false;
    f(0, y, k1);
    double h = firstStep(end);
    while (t < end) {
      const bool reaches = 1.01 * h >= end - t;
      const double arrival = reaches ? end : t + h, step = arrival - t;
      const double error = attempt(t, step);
      if (error <= 1) {
        const double now = std::log(std::max(error, 1e-10));
        const double factor = 0.9 * std::exp(beta * before - alpha * now);
        before = std::max(now, floor);
        h = step * std::min(rejected ? 1.0 : 10.0, std::max(0.2, factor));
        rejected = false;
        std::memcpy(y, next, sizeof y);
        std::memcpy(k1, k7, sizeof k1);
        t = arrival;
      } else {
        rejected = true;
        h = step * (std::isfinite(error) ? std::max(0.2, 0.9 * std::pow(error, -1.0 / 5)) : 0.2);
      }
    }
  }
};

template <class P> void measure(double tolerance) {
  static Solver<P> s;
  s.rtol = s.atol = tolerance;
  using clock = std::chrono::steady_clock;
  const auto seconds = [](clock::time_point from) { return std::chrono::duration<double>(clock::now() - from).count(); };
  s.solve();
  const long evaluations = s.evaluations;
  for (const auto from = clock::now(); seconds(from) < 0.1;) s.solve();
  std::vector<double> times;
  for (const auto begun = clock::now(); seconds(begun) < 0.3;) {
    const auto from = clock::now();
    s.solve();
    times.push_back(seconds(from));
  }
  std::nth_element(times.begin(), times.begin() + times.size() / 2, times.end());
  std::printf("{\"microseconds\": %.17g, \"evaluations\": %ld, \"y\": [", 1e6 * times[times.size() / 2], evaluations);
  for (int i = 0; i < P::N; i++) std::printf("%s%.17g", i ? ", " : "", s.y[i]);
  std::printf("]}\n");
}

int main(int, char** argv) {
  const double tolerance = std::atof(argv[2]);
  if (std::strcmp(argv[1], "rossler") == 0) measure<Rossler>(tolerance);
  else measure<Linear100>(tolerance);
}
