import { expect, test } from "vitest";
import { annihilationSample } from "../samples/annihilation.ts";
import { birthDeathSample } from "../samples/birthDeath.ts";
import type { FigureArray, FigureArrayName, FigureData } from "./data.ts";
import {
  awakeAsleepFigure,
  cloudFigure,
  distributionsFigure,
  divergenceFigure,
  fieldFigure,
  interactionsFigure,
  momentsFigure,
  objectiveFigure,
  pathFieldFigure,
  responseFigure,
  resultFigures,
} from "./index.ts";

const annihilation = annihilationSample();
const birthDeath = birthDeathSample();
const draws = {
  awakeAsleepFigure,
  cloudFigure,
  distributionsFigure,
  divergenceFigure,
  fieldFigure,
  interactionsFigure,
  momentsFigure,
  objectiveFigure,
  pathFieldFigure,
  responseFigure,
};

const array = (shape: number[], ...values: number[]): FigureArray => ({ shape, data: Float64Array.from(values) });

function changed(data: FigureData, arrays: Partial<Record<FigureArrayName, FigureArray>>): FigureData {
  return { ...data, arrays: { ...data.arrays, ...arrays } };
}

function without(data: FigureData, ...names: FigureArrayName[]): FigureData {
  const arrays = Object.fromEntries(Object.entries(data.arrays).filter(([n]) => !names.includes(n as FigureArrayName)));
  return { ...data, arrays };
}

/** Every array replaced value by value. */
function mapped(data: FigureData, f: (value: number) => number): FigureData {
  const arrays = Object.entries(data.arrays).map(([name, a]): [string, FigureArray] => [
    name,
    { ...a, data: a.data.map(f) },
  ]);
  return { ...data, arrays: Object.fromEntries(arrays) };
}

const textsOf = (svg: string | undefined): string[] =>
  [...(svg ?? "").matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((m) => m[1] ?? "");

/** Coordinates of the path elements drawn with a token. */
const strokes = (svg: string | undefined, token: string): number =>
  [...(svg ?? "").matchAll(/<(?:path|g|line)[^>]*class="([^"]*)"/g)].filter((m) => m[1]?.includes(`stroke-${token}`))
    .length;

const parts = (svg: string | undefined): number =>
  [...(svg ?? "").matchAll(/ d="([^"]*)"/g)].reduce((sum, m) => sum + (m[1]?.match(/M/g)?.length ?? 0), 0);

const desc = (svg: string | undefined): string => /<desc[^>]*>([^<]*)/.exec(svg ?? "")?.[1] ?? "";

const height = (svg: string | undefined): number => Number(/height="(\d+)"/.exec(svg ?? "")?.[1]);

for (const [system, data] of Object.entries({ annihilation, birthDeath })) {
  for (const [name, draw] of Object.entries(draws)) {
    if (name === "cloudFigure" && system === "birthDeath") continue;
    test(`${name} of ${system} is one accessible svg with unique ids and no NaN`, () => {
      const svg = draw(data) ?? "";
      expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[^>]* role="img"/);
      const [, title, desc] = /aria-labelledby="(\S+) (\S+)"/.exec(svg) ?? [];
      expect(svg).toMatch(new RegExp(`<title id="${title}">[^<]+</title>`));
      expect(svg).toMatch(new RegExp(`<desc id="${desc}">[^<]*\\d[^<]*</desc>`));
      const ids = [...svg.matchAll(/ id="([^"]+)"/g)].map((m) => m[1]);
      expect(new Set(ids).size).toBe(ids.length);
      expect(svg).not.toMatch(/NaN|Infinity|undefined|aria-label=|currentColor|var\(|<style|url\(/);
      expect(svg.match(/<svg/g)).toHaveLength(1);
    });

    test(`${name} of ${system} is the same text every time`, () => {
      expect(draw(data)).toBe(draw(data));
    });
  }
}

test("the moments name every series and draw the band, whiskers and markers", () => {
  const svg = momentsFigure(annihilation);
  for (const label of ["exact", "exact ± sd", "learned ± sd", "learned, start held out", "analytic F, not learned"])
    expect(textsOf(svg)).toContain(label);
  for (const start of ["Poisson(10)", "Poisson(7)", "Poisson(4)", "Poisson(8.5), held out"])
    expect(textsOf(svg)).toContain(start);
  expect(svg?.match(/fill-opacity="0.13"/g)).toHaveLength(1 + 4); // legend and one band a panel
  expect(strokes(svg, "c1")).toBeGreaterThan(1);
});

test("a moments figure without sd or analytic mean names only what it draws", () => {
  const svg = momentsFigure(without(annihilation, "exactSd", "learnedSd", "analyticMean"));
  expect(textsOf(svg)).toContain("learned");
  expect(textsOf(svg)).not.toContain("exact ± sd");
  expect(textsOf(svg)).not.toContain("analytic F, not learned");
});

test("thirty starts become two of training and two held out, and the figure says so", () => {
  const texts = textsOf(momentsFigure(birthDeath));
  expect(texts).toContain("4 of 34 starts shown");
  expect(texts.filter((t) => t.endsWith("held out")).length).toBe(3); // two titles and the legend
});

test("the divergence has the floor, and tells held-out starts by dash and square", () => {
  const svg = divergenceFigure(annihilation) ?? "";
  expect(textsOf(svg)).toContain("floor: best member of the family");
  expect(textsOf(svg)).toContain("learned, start held out");
  expect(svg).toMatch(/stroke="#c44f00" stroke-dasharray="9 4"/);
});

test("log axes take zeros and negative values without breaking", () => {
  const kl = annihilation.arrays.kl as FigureArray;
  const svg = divergenceFigure(
    changed(annihilation, { kl: { ...kl, data: kl.data.map((v, i) => (i % 3 === 0 ? 0 : -v)) } }),
  );
  expect(svg).not.toMatch(/NaN|Infinity/);
  const ticks = textsOf(svg).filter((t) => /^10[⁻⁰¹²³⁴-⁹]/.test(t));
  expect(ticks.length).toBeGreaterThan(1);
  expect(svg).toContain("are drawn on the lower edge.</desc>");
  expect(divergenceFigure(annihilation)).not.toContain("lower edge");
});

test("a log time axis is used from a factor of 30 on", () => {
  expect(textsOf(momentsFigure(annihilation))).toContain("time t (log scale)");
  expect(textsOf(momentsFigure(birthDeath))).toContain("time t");
});

test("one-dimensional F shades what was visited and shows the error below", () => {
  const texts = textsOf(fieldFigure(birthDeath));
  for (const label of ["learned", "analytic F", "visited while learning", "learned − analytic, 1/t"])
    expect(texts).toContain(label);
  expect(fieldFigure(birthDeath)).toMatch(/<desc[^>]*>.*differ by at most 0\.00/);
});

test("one-dimensional F without an analytic one has one panel", () => {
  const texts = textsOf(fieldFigure(without(birthDeath, "fieldAnalytic", "visited")));
  expect(texts).not.toContain("analytic F");
  expect(texts).not.toContain("visited while learning");
  expect(texts).not.toContain("learned − analytic, 1/t");
});

test("two-dimensional F draws arrows and paths, and does without either analytic field or paths", () => {
  const full = fieldFigure(annihilation);
  expect(textsOf(full)).toContain("analytic F (no head)");
  expect(textsOf(full)).toContain("faint where never visited");
  const bare = fieldFigure(without(annihilation, "fieldAnalytic", "y", "pathAnalytic"));
  expect(textsOf(bare)).not.toContain("analytic F (no head)");
  expect(textsOf(bare)).not.toContain("learned path");
});

test("three interactions have no plane", () => {
  const three = array([2, 2, 2, 3], ...Array.from({ length: 24 }, () => 1));
  expect(fieldFigure(changed(without(annihilation, "fieldAxis1"), { fieldLearned: three }))).toBeUndefined();
});

test("every kick has its own dash and name, and its curve begins at the kick", () => {
  const svg = responseFigure(annihilation) ?? "";
  expect(textsOf(svg).filter((t) => t.startsWith("kick at t′ = "))).toHaveLength(4);
  for (const dash of ["9 4", "1.5 3.5", "4 3"]) expect(svg).toContain(`stroke-dasharray="${dash}"`);
  expect(textsOf(svg)).toContain("δν₂(t)/δF₁(ν(t′))");
  expect(textsOf(responseFigure(birthDeath))).toContain("δν(t)/δF(ν(t′))");
});

test("the objective says which values it left out", () => {
  const data = changed(birthDeath, { objective: array([4], 1, 0, -1, 0.1) });
  expect(textsOf(objectiveFigure(data))).toContain("2 values not positive, left out");
});

test("distributions: four panels, cut where nothing is left, squares for a held-out start", () => {
  const svg = distributionsFigure(annihilation);
  expect(textsOf(svg).filter((t) => t.startsWith("t = "))).toEqual(["t = 0.02", "t = 0.13", "t = 0.845", "t = 5"]);
  expect(textsOf(svg)).not.toContain("40");
  expect(distributionsFigure(annihilation, { start: 3 })).toContain("#c44f00");
});

test("the cloud keeps to eighty runs and takes the mean of the first start when it has no other", () => {
  const times = array([3], 0, 1, 2);
  const trajectories = array([100, 3], ...Array.from({ length: 300 }, (_, i) => i % 7));
  const exactMean = array([4, 3], 5, 4, 3, 5, 4, 3, 5, 4, 3, 5, 4, 3);
  const texts = textsOf(cloudFigure({ ...annihilation, arrays: { times, trajectories, exactMean } }));
  expect(texts).toContain("80 of 100 runs shown");
  expect(texts).toContain("exact mean");
  expect(textsOf(cloudFigure({ ...annihilation, arrays: { times, trajectories } }))).not.toContain("exact mean");
});

test("a figure whose arrays are missing is not drawn", () => {
  const empty = { ...annihilation, arrays: {} };
  for (const draw of Object.values(draws)) expect(draw(empty)).toBeUndefined();
  for (const draw of [awakeAsleepFigure, interactionsFigure, pathFieldFigure])
    expect(draw(without(annihilation, "times"))).toBeUndefined();
  expect(resultFigures(empty)).toEqual([]);
});

test("NaN everywhere is said in words", () => {
  for (const [name, draw] of Object.entries(draws)) {
    const svg = draw(mapped(annihilation, () => NaN));
    expect(svg, name).toMatch(/>No [^<]*to<?|>No [^<]*draw/);
    expect(svg, name).not.toMatch(/NaN|Infinity/);
  }
});

test("no points at all is said in words", () => {
  const none = { times: array([0]), exactMean: array([4, 0]), learnedMean: array([4, 0]), kl: array([4, 0]) };
  const arrays = { ...none, nu: array([4, 0, 2]), objective: array([0]) };
  for (const draw of [momentsFigure, divergenceFigure, interactionsFigure, objectiveFigure])
    expect(draw({ ...annihilation, arrays })).toMatch(/>No /);
});

test("gaps of NaN split a curve", () => {
  const nuBest = birthDeath.arrays.nuBest as FigureArray;
  const gap = { ...nuBest, data: nuBest.data.map((v, i) => (i === 30 ? NaN : v)) };
  expect(parts(interactionsFigure(changed(birthDeath, { nuBest: gap })))).toBe(
    parts(interactionsFigure(birthDeath)) + 1,
  );
});

test("one point and one start are enough", () => {
  const arrays = {
    times: array([1], 2),
    exactMean: array([1, 1], 3),
    exactSd: array([1, 1], 1),
    learnedMean: array([1, 1], 3),
    kl: array([1, 1], 1e-3),
    nu: array([1, 1, 1], 0.5),
    objective: array([1], 4),
    fieldAxis0: array([1], 1),
    fieldLearned: array([1, 1], 2),
    snapshotTimes: array([1], 2),
    snapshotExact: array([1, 1, 1], 1),
    snapshotLearned: array([1, 1, 1], 1),
  };
  const figures = resultFigures({ ...birthDeath, starts: [{ label: "only", role: "training" }], arrays });
  expect(figures.map((f) => f.name)).toEqual([
    "moments",
    "distributions-0",
    "divergence",
    "interactions",
    "field",
    "objective",
  ]);
  for (const { svg } of figures) expect(svg).not.toMatch(/NaN|Infinity|>No /);
});

test("labels from outside are escaped", () => {
  const evil = `<script>alert("1")</script>&'`;
  const data = {
    ...annihilation,
    species: evil,
    family: { labels: [evil, evil] },
    chart: { name: evil, labels: [evil, evil] },
    starts: annihilation.starts.map((s) => ({ ...s, label: evil })),
  };
  for (const { name, svg } of resultFigures(data, { id: evil })) {
    expect(svg, name).not.toContain("<script");
    expect(svg, name).not.toMatch(/&(?!amp;|lt;|gt;|quot;|#39;)/);
  }
});

test("the description changes when the data change", () => {
  const doubled = mapped(annihilation, (v) => 2 * v);
  for (const [name, draw] of Object.entries(draws)) {
    if (name === "fieldFigure" || name === "distributionsFigure" || name === "cloudFigure") continue;
    expect(desc(draw(doubled)), name).not.toBe(desc(draw(annihilation)));
  }
});

test("a narrow figure has its panels in one column", () => {
  const narrow = momentsFigure(annihilation, { width: 340, id: "phone" });
  expect(narrow).toContain('width="340"');
  expect(narrow).toContain('id="phone-title"');
  expect(height(narrow)).toBeGreaterThan(height(momentsFigure(annihilation)) * 1.5);
});
