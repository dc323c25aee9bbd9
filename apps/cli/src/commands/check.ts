import { existsSync } from "node:fs";
import { extname } from "node:path";
import { compile, direct, momentEquations, type Network, rateEquations, summary } from "@dbd/cme";
import { demos } from "@dbd/demos";
import { hasSeveralSpecies, setUp, speciesSetup } from "@dbd/experiment";
import { deliver } from "../deliver.ts";
import { experimentFile } from "../experimentFile.ts";
import { userPath } from "../files.ts";
import type { Io } from "../io.ts";
import { modelFile } from "../modelFile.ts";
import type { LearnCommandOptions } from "./learn.ts";
import { settings } from "./learn.ts";

/** Validates a model or an experiment and lists what it contains. */
export async function checkCommand(io: Io, file: string, options: LearnCommandOptions): Promise<void> {
  const demo = demos.some(({ name }) => name === file) && !existsSync(userPath(file, io));
  const experiment = demo || [".yaml", ".yml", ".json"].includes(extname(file).toLowerCase());
  if (experiment) await checkExperiment(io, file, options);
  else {
    const network = await modelFile(io, file, { amounts: "any" });
    const wouldNotRun = obstacles(network);
    const runs = ["simulate", "exact", "closure", "rate"].filter((name) =>
      wouldNotRun.every(({ command }) => command !== name),
    );
    deliver(io, options, {
      lines: [`${file} is a valid model`, summary(network)],
      header: ["species", "initial"],
      rows: network.species.map((name, s) => [name, network.initial[s] ?? 0]),
      footer: [
        `runs with: ${runs.map((name) => `dbd ${name}`).join(", ")}`,
        ...wouldNotRun.map(({ command, why }) => `would not run with dbd ${command}: ${why}`),
      ],
      json: { kind: "model", file, species: network.species, reactions: network.reactions.length, wouldNotRun },
    });
  }
}

/** Commands that would refuse a model, and the words that they would say. */
function obstacles(network: Network): readonly { readonly command: string; readonly why: string }[] {
  const trials: readonly (readonly [command: string, trial: () => unknown])[] = [
    ["simulate", () => direct.prepare(compile(network, { dynamics: true }))],
    ["exact", () => compile(network)],
    ["closure", () => momentEquations(network, 1)],
    ["rate", () => rateEquations(network)],
  ];
  return trials.flatMap(([command, trial]) => {
    try {
      trial();
      return [];
    } catch (error) {
      return [{ command, why: (error as Error).message }];
    }
  });
}

async function checkExperiment(io: Io, file: string, options: LearnCommandOptions): Promise<void> {
  const { experiment, network, title } = await experimentFile(io, file, settings(options));
  if (hasSeveralSpecies(experiment)) {
    const { starts, species, grid } = speciesSetup(experiment, network);
    deliver(io, options, {
      lines: [
        `${file} is a valid experiment: ${title}`,
        summary(network),
        `${species.join(", ")} together, ${grid.times.length} times from ${grid.times[0]} to ${grid.times[grid.times.length - 1]}, seed ${experiment.input.seed}`,
      ],
      header: ["start", "role"],
      rows: starts.map(({ label, role }) => [label, role === "heldOut" ? "held out" : "training"]),
      footer: ["runs with: dbd compare"],
      json: {
        kind: "experiment",
        file,
        input: experiment.input,
        starts: starts.map(({ label, role }) => ({ label, role })),
        wouldNotRun: ["learn", "gradient"],
      },
    });
    return;
  }
  const setup = setUp(experiment, network);
  const { family, grid, starts, species, chartLabels } = setup;
  const { input } = experiment;
  const T = grid.times.length;
  const awake = typeof input.awake === "string" ? input.awake : input.awake.method;
  deliver(io, options, {
    lines: [
      `${file} is a valid experiment: ${title}`,
      summary(network),
      `reduced to ${species}: ${family.order} interaction${family.order > 1 ? "s" : ""}, ${family.base.name} base, F on (${chartLabels.join(", ")})`,
      `${T} times from ${grid.times[0]} to ${grid.times[T - 1]}, awake data ${awake}, ${input.dynamics.function} functions, ${input.optimizer.method}, seed ${input.seed}`,
    ],
    header: ["start", "role"],
    rows: starts.map(({ label, role }) => [label, role === "heldOut" ? "held out" : "training"]),
    footer: ["runs with: dbd learn, dbd gradient"],
    json: {
      kind: "experiment",
      file,
      input,
      starts: starts.map(({ label, role }) => ({ label, role })),
      wouldNotRun: [],
    },
  });
}
