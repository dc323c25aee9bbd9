// CVODE's BDF with dense LU and an exact Jacobian on the stiff problems of tooling/bench/ode.ts.
// Usage: cvode PROBLEM TOLERANCE; prints {"microseconds": median per solve (create to free), "evaluations": n, "y": [...]}.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>
#include <vector>

static int robertson(realtype, N_Vector v, N_Vector out, void*) {
  const realtype* y = N_VGetArrayPointer(v);
  realtype* f = N_VGetArrayPointer(out);
  const realtype slow = 0.04 * y[0], middle = 1e4 * y[1] * y[2], fast = 3e7 * y[1] * y[1];
  f[0] = middle - slow, f[1] = slow - middle - fast, f[2] = fast;
  return 0;
}
static int robertsonJacobian(realtype, N_Vector v, N_Vector, SUNMatrix J, void*, N_Vector, N_Vector, N_Vector) {
  const realtype* y = N_VGetArrayPointer(v);
  SM_ELEMENT_D(J, 0, 0) = -0.04, SM_ELEMENT_D(J, 0, 1) = 1e4 * y[2], SM_ELEMENT_D(J, 0, 2) = 1e4 * y[1];
  SM_ELEMENT_D(J, 1, 0) = 0.04, SM_ELEMENT_D(J, 1, 1) = -1e4 * y[2] - 6e7 * y[1], SM_ELEMENT_D(J, 1, 2) = -1e4 * y[1];
  SM_ELEMENT_D(J, 2, 1) = 6e7 * y[1];
  return 0;
}

constexpr int cells = 50;
static realtype rates[cells];
static int ring(realtype, N_Vector v, N_Vector out, void*) {
  const realtype* y = N_VGetArrayPointer(v);
  realtype* f = N_VGetArrayPointer(out);
  std::memset(f, 0, cells * sizeof *f);
  for (int i = 0; i < cells; i++) {
    const int next = (i + 1) % cells, after = (i + 2) % cells, last = (i + cells - 1) % cells;
    const realtype forward = rates[i] * y[i], catalysed = 10 * y[i] * y[next];
    f[i] -= forward + y[i], f[next] += forward - catalysed, f[after] += catalysed, f[last] += y[i];
  }
  return 0;
}
static int ringJacobian(realtype, N_Vector v, N_Vector, SUNMatrix J, void*, N_Vector, N_Vector, N_Vector) {
  const realtype* y = N_VGetArrayPointer(v);
  for (int i = 0; i < cells; i++) {
    const int next = (i + 1) % cells, after = (i + 2) % cells, last = (i + cells - 1) % cells;
    SM_ELEMENT_D(J, i, i) -= rates[i] + 1;
    SM_ELEMENT_D(J, next, i) += rates[i] - 10 * y[next];
    SM_ELEMENT_D(J, next, next) -= 10 * y[i];
    SM_ELEMENT_D(J, after, i) += 10 * y[next];
    SM_ELEMENT_D(J, after, next) += 10 * y[i];
    SM_ELEMENT_D(J, last, i) += 1;
  }
  return 0;
}

int main(int, char** argv) {
  const bool rober = std::strcmp(argv[1], "robertson") == 0;
  const double tolerance = std::atof(argv[2]), end = rober ? 1e5 : 100;
  const int size = rober ? 3 : cells;
  for (int i = 0; i < cells; i++) rates[i] = std::pow(10, ((i * 7) % 13) / 2.0 - 2);
  SUNContext context;
  SUNContext_Create(nullptr, &context);
  std::vector<double> last(size);
  long evaluations = 0;
  const auto solve = [&] {
    N_Vector y = N_VNew_Serial(size, context);
    for (int i = 0; i < size; i++) N_VGetArrayPointer(y)[i] = i < (rober ? 1 : 5);
    void* memory = CVodeCreate(CV_BDF, context);
    CVodeInit(memory, rober ? robertson : ring, 0, y);
    CVodeSStolerances(memory, tolerance, tolerance * 1e-4);
    CVodeSetMaxNumSteps(memory, 1000000);
    SUNMatrix matrix = SUNDenseMatrix(size, size, context);
    SUNLinearSolver solver = SUNLinSol_Dense(y, matrix, context);
    CVodeSetLinearSolver(memory, solver, matrix);
    CVodeSetJacFn(memory, rober ? robertsonJacobian : ringJacobian);
    realtype t;
    CVodeSetStopTime(memory, end);
    CVode(memory, end, y, &t, CV_NORMAL);
    CVodeGetNumRhsEvals(memory, &evaluations);
    std::copy_n(N_VGetArrayPointer(y), size, last.begin());
    CVodeFree(&memory);
    SUNLinSolFree(solver);
    SUNMatDestroy(matrix);
    N_VDestroy(y);
  };
  using clock = std::chrono::steady_clock;
  const auto seconds = [](clock::time_point from) { return std::chrono::duration<double>(clock::now() - from).count(); };
  for (const auto from = clock::now(); seconds(from) < 0.1;) solve();
  std::vector<double> times;
  for (const auto begun = clock::now(); seconds(begun) < 0.3 || times.size() < 5;) {
    const auto from = clock::now();
    solve();
    times.push_back(seconds(from));
  }
  std::nth_element(times.begin(), times.begin() + times.size() / 2, times.end());
  std::printf("{\"microseconds\": %.17g, \"evaluations\": %ld, \"y\": [", 1e6 * times[times.size() / 2], evaluations);
  for (int i = 0; i < size; i++) std::printf("%s%.17g", i ? ", " : "", last[i]);
  std::printf("]}\n");
}
