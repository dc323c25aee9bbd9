import { stream } from "@dbd/numerics/random/stream";
import { expect, test } from "vitest";
import { barsAndStripes } from "./barsAndStripes.ts";
import { rbm } from "./families/rbm.ts";
import { binary } from "./layers/binary.ts";
import { persistent } from "./phases/persistent.ts";
import { trainRbm } from "./trainRbm.ts";

for (const seed of [1, 2])
  test(`3 × 3 bars and stripes, 16 hidden units, persistent CD, seed ${seed}: within 0.1 nat of −ln 14 per pattern`, async () => {
    const machine = rbm({ visible: binary(9), hidden: binary(16) });
    const data = barsAndStripes(3);
    const iterations = 6000;
    const { nu } = await trainRbm(machine, data, {
      phase: persistent({ chains: 100, steps: 5 }),
      iterations,
      rate: (i) => 0.1 * Math.min(1, 2 * (1 - i / iterations)),
      random: stream("bars and stripes", seed),
      averageLast: iterations / 10,
    });
    const level = machine.logLikelihood(nu, data); // by exact log Z
    expect(level).toBeGreaterThan(-Math.log(14) - 0.1);
    expect(level).toBeLessThan(-Math.log(14));
  });
