/**
 * The bars-and-stripes patterns of an n × n grid (MacKay 2003, Information Theory, Inference, and Learning Algorithms,
 * §43): rows all equal or columns all equal, 2ⁿ⁺¹ − 2 of them, each once. The customary first test of a machine: log p̃ of
 * each can at best be −log(2ⁿ⁺¹ − 2).
 * @returns Shape [2ⁿ⁺¹ − 2, n²].
 */
export function barsAndStripes(n: number): Float64Array {
  const patterns: number[] = [];
  for (const across of [false, true]) {
    for (let code = 0; code < 2 ** n; code++) {
      if (across && (code === 0 || code === 2 ** n - 1)) continue; // all empty and all full are there already
      for (let i = 0; i < n * n; i++) patterns.push((code >> (across ? i % n : Math.floor(i / n))) & 1);
    }
  }
  return Float64Array.from(patterns);
}
