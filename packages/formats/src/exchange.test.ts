import { compile, type CompiledNetwork, type Network, parseNetwork, printNetwork, propensities } from "@dbd/cme";
import { compileExpression, type Expression, type Operation, printExpression } from "@dbd/cme/expression";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readAntimony, writeAntimony } from "./antimony.ts";
import { writeDbd } from "./dbd.ts";
import { readBioNetGen, readNet, writeNet } from "./net.ts";
import { readSbml, writeSbml } from "./sbml.ts";

const symbol = (name: string): Expression => ({ kind: "symbol", name });
const number = (value: number): Expression => ({ kind: "number", value });
const call = (op: Operation, ...args: readonly Expression[]): Expression => ({ kind: "call", op, args });

const species = ["A", "__proto__", "constructor"];
const positive = fc.double({ min: 0.01, max: 100, noNaN: true });
const atom = fc.oneof(fc.constantFrom(...species, "k", "if", "y").map(symbol), positive.map(number));
const { law } = fc.letrec<{ law: Expression }>((tie) => ({
  law: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    atom,
    fc.array(tie("law"), { minLength: 2, maxLength: 3 }).map((args) => call("*", ...args)),
    fc.array(tie("law"), { minLength: 2, maxLength: 3 }).map((args) => call("+", ...args)),
    fc.tuple(tie("law"), tie("law")).map(([a, b]) => call("/", a, call("+", number(1), b))),
    fc.tuple(tie("law"), fc.integer({ min: 2, max: 3 })).map(([a, n]) => call("^", a, number(n))),
    fc
      .tuple(tie("law"), tie("law"))
      .map(([a, b]) => call("piecewise", a, call("and", call("<", a, b), call("not", call("==", a, number(2)))), b)),
    tie("law").map((a) => call("exp", call("neg", a))),
    fc.tuple(tie("law"), tie("law")).map(([a, b]) => call("max", a, call("neg", b), call(">=", a, b))),
  ),
}));
const side = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 3, maxLength: 3 });

/** Random networks: mass action of any orders, laws with an observable y := A + 2·constructor, a formula as parameter. */
const networks: fc.Arbitrary<Network> = fc
  .record({
    initial: fc.array(fc.nat(1000), { minLength: 3, maxLength: 3 }),
    still: fc.boolean(),
    k: positive,
    reactions: fc.array(
      fc.record({
        left: side,
        right: side,
        law,
        kind: fc.constantFrom("massAction" as const, "law" as const),
        scale: positive,
      }),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map(({ initial, still, k, reactions }) => {
    const sideOf = (counts: readonly number[]): Network["reactions"][number]["reactants"] =>
      counts.flatMap((order, s) => (order === 0 ? [] : [{ species: s, order }]));
    return {
      species,
      initial,
      ...(still ? { boundary: new Set(["__proto__"]) } : {}),
      parameters: new Map<string, number | Expression>([
        ["k", k],
        ["if", call("*", number(2), symbol("k"))],
      ]),
      assignments: new Map([["y", call("+", symbol("A"), call("*", number(2), symbol("constructor")))]]),
      reactions: reactions.map((reaction, r) => ({
        name: `r${r}`,
        reactants: sideOf(reaction.left),
        products: sideOf(reaction.right),
        rate:
          reaction.kind === "law"
            ? { kind: "law" as const, law: guarded(reaction.law, reaction.left) }
            : { kind: "massAction" as const, constant: call("*", number(reaction.scale), symbol("k")) },
      })),
    };
  });

/** A reaction cannot fire without what it takes: a law of the grammar above is made so. */
function guarded(expr: Expression, left: readonly number[]): Expression {
  const needs = left.flatMap((n, s) => (n === 0 ? [] : [call(">=", symbol(species[s]), number(n))]));
  return needs.length === 0 ? expr : call("piecewise", expr, call("and", number(1), ...needs), number(0));
}

function netChanges({ changeStart, changeSpecies, change, network }: CompiledNetwork): readonly number[][] {
  return network.reactions.map((_, r) => {
    const net = network.species.map(() => 0);
    for (let e = changeStart[r]; e < changeStart[r + 1]; e++) net[changeSpecies[e]] = change[e];
    return net;
  });
}

function expectSame(read: Network, given: Network, states: readonly (readonly number[])[], format: string): void {
  const a = compile(given, { dynamics: true });
  const b = compile(read, { dynamics: true });
  expect(read.initial, format).toEqual(given.initial);
  expect(netChanges(b), format).toEqual(netChanges(a));
  const R = given.reactions.length;
  for (const state of states) {
    const wanted = new Float64Array(R);
    const got = new Float64Array(R);
    // Beyond species a state has slots for time and variables, which these networks do not use.
    const x = Float64Array.from([...state, 1, 0]);
    propensities(a, x, wanted);
    propensities(b, x, got);
    for (let r = 0; r < R; r++)
      expect(Math.abs(got[r] - wanted[r]), `${format}: reaction ${r} at ${state.join()}`).toBeLessThanOrEqual(
        1e-11 * Math.abs(wanted[r]),
      );
  }
}

const anyStates = fc.array(fc.array(fc.nat(60), { minLength: 3, maxLength: 3 }), { minLength: 3, maxLength: 3 });
const formats: readonly (readonly [string, (network: Network) => Network])[] = [
  ["sbml", (network) => readSbml(writeSbml(network), { file: "x.xml" })],
  ["net", (network) => readNet(writeNet(network), { file: "x.net" })],
  ["antimony", (network) => readAntimony(writeAntimony(network), { file: "x.ant" })],
  ["dbd", (network) => parseNetwork(writeDbd(network), { file: "x.dbd" })],
];

// Catches a lost factor of equal reactants, a wrong precedence, a truth value taken for a number, a word of the format as a name.
test.each(formats)(
  "random networks written as %s are read back: amounts, net changes and propensities",
  (format, there) => {
    fc.assert(
      fc.property(networks, anyStates, (network, states) => expectSame(there(network), network, states, format)),
      { seed: 20261127, numRuns: 30 },
    );
  },
);

// The chain that a user walks: BioNetGen's file to SBML and to our text and back.
test("2 A at rate r of a .net has the propensity r·n(n − 1) in every format", () => {
  const net = `begin parameters
  1 k 0.5
  2 kf 3
end parameters
begin functions
  1 f() kf/(1+Atot)
end functions
begin species
  1 A() 100
  2 B() 5
  3 $C() 7
end species
begin reactions
  1 1,1 2 0.5*k #dimer
  2 2 1,1 2*k
  3 1,1,1 3 k
  4 1,2 2 f()
  5 0 1,1 k
end reactions
begin groups
  1 Atot 1,2*2
end groups
`;
  const network = readNet(net, { file: "two.net" });
  const compiled = compile(network, { dynamics: true });
  const rates = new Float64Array(5);
  propensities(compiled, Float64Array.from([10, 4, 7, 1, 0]), rates);
  expect([...rates]).toEqual([0.25 * 90, 4, 0.5 * 720, (3 / (1 + 18)) * 40, 0.5]);
  expect(network.boundary).toEqual(new Set(["S3"]));
  fc.assert(
    fc.property(anyStates, (states) => {
      for (const [format, there] of formats) expectSame(there(network), network, states, format);
    }),
    { seed: 1, numRuns: 10 },
  );
});

/** Events with every flag, and rate rules of a parameter w, on the networks above. */
const eventful: fc.Arbitrary<Network> = fc
  .tuple(
    networks,
    law,
    fc.array(
      fc.record({
        trigger: fc.tuple(law, positive).map(([a, b]) => call(">", a, number(b))),
        initialTrigger: fc.boolean(),
        persistent: fc.boolean(),
        fromTriggerTime: fc.boolean(),
        delay: fc.option(law, { nil: undefined }),
        priority: fc.option(law, { nil: undefined }),
        assignments: fc.uniqueArray(fc.record({ target: fc.constantFrom("A", "k", "w", "constructor"), value: law }), {
          minLength: 1,
          maxLength: 3,
          selector: ({ target }) => target,
        }),
      }),
      { maxLength: 3 },
    ),
  )
  .map(([network, slope, events]) => ({
    ...network,
    parameters: new Map([...network.parameters, ["w", 0.5]]),
    rateRules: new Map([["w", call("+", slope, call("neg", symbol("w")), symbol("time"))]]),
    events: events.map(({ delay, priority, ...event }) => ({
      ...event,
      ...(delay === undefined ? {} : { delay }),
      ...(priority === undefined ? {} : { priority }),
    })),
  }));

/** Numbers that every formula of the rules and events has at a state, with the flags and targets as text. */
function dynamicsAt({ rateRules, events = [] }: Network, values: ReadonlyMap<string, number>): unknown {
  const at = (expr: Expression | undefined): unknown => {
    if (expr === undefined) return undefined;
    const value = compileExpression(expr, new Map(), values)(new Float64Array(0));
    return Number.isFinite(value) ? value.toPrecision(9) : value;
  };
  return [
    Array.from(rateRules ?? [], ([name, slope]) => [name, at(slope)]),
    events.map(({ trigger, delay, priority, assignments, ...flags }) => [
      [flags.initialTrigger, flags.persistent, flags.fromTriggerTime],
      [at(trigger), at(delay), at(priority)],
      assignments.map(({ target, value }) => [target, at(value)]),
    ]),
  ];
}

// Catches a lost flag, a delay taken for a priority, a target or a value mixed up.
test.each(formats.filter(([format]) => format !== "net"))(
  "random rules and events written as %s are read back",
  (_, there) => {
    const state = fc.array(fc.nat(30), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(eventful, state, (network, [a, p, c, t]) => {
        const values = new Map<string, number>([
          ["A", a],
          ["__proto__", p],
          ["constructor", c],
          ["time", t],
          ["y", a + 2 * c],
          ["k", 1.5],
          ["if", 3],
          ["w", 0.25],
        ]);
        expect(dynamicsAt(there(network), values)).toEqual(dynamicsAt(network, values));
      }),
      { seed: 20261127, numRuns: 25 },
    );
  },
);

describe("rules and events survive", () => {
  const text = `A + A -> B @ k*m
A -> B @ = A*(1 + (B > 3))
A = 10
B = 3
k = 2*q
q = 0.5
m = 1
w = 0.25
species y = 0
y := A + 2*B
z := exp(-time)
w' = z - w
event e: when A > 9 and time > 1; set A = 0, m = 2*m; delay 3*q; priority B; initially false; cancelled when false; values after delay
event: when B == 0 or not A < 2^3; set B = 5
`;
  const network = parseNetwork(text, { file: "all.dbd" });
  test.each(formats.filter(([format]) => format !== "net"))("through %s", (_, there) => {
    const read = there(network);
    const plain = (expr: Expression): string => printExpression(expr).replaceAll(/[ ()]/g, "");
    expect([...read.rateRules!].map(([name, rule]) => [name, plain(rule)])).toEqual([["w", "z-w"]]);
    expect([...read.assignments!].map(([name, rule]) => [name, plain(rule)])).toEqual([
      ["y", "A+2*B"],
      ["z", "exp-time"],
    ]);
    const events = read.events!.map((event) => ({
      ...event,
      place: undefined,
      trigger: plain(event.trigger),
      delay: event.delay && plain(event.delay),
      priority: event.priority && plain(event.priority),
      assignments: event.assignments.map(({ target, value }) => `${target} = ${plain(value)}`),
    }));
    expect(events).toMatchObject([
      {
        name: "e",
        trigger: "A>9andtime>1",
        initialTrigger: false,
        persistent: false,
        fromTriggerTime: false,
        delay: "3*q",
        priority: "B",
        assignments: ["A = 0", "m = 2*m"],
      },
      {
        initialTrigger: true,
        persistent: true,
        fromTriggerTime: true,
        trigger: "B==0ornotA<2^3",
        assignments: ["B = 5"],
      },
    ]);
    expect(plain(read.parameters.get("k") as Expression)).toBe("2*q");
  });

  test("and a .net refuses them by name", () => {
    expect(() => writeNet(network)).toThrow("an event in a .net file is not supported");
    expect(() => writeNet({ ...network, events: [] })).toThrow("a rate rule in a .net file");
  });
});

describe("BioNetGen", () => {
  const file = (reactions: string, more = ""): string =>
    `begin parameters\n1 k 2\n2 K 30\n3 h 2\nend parameters\n${more}begin species\n1 S() 10\n2 E() 4\nend species\nbegin reactions\n${reactions}\nend reactions\n`;
  const rateOf = (line: string, more = ""): number => {
    const compiled = compile(readNet(file(line, more)), { dynamics: true });
    const out = new Float64Array(1);
    propensities(compiled, Float64Array.from([10, 4, 1, 0]), out);
    return out[0];
  };

  test("rate laws with a word of their own", () => {
    expect(rateOf("1 1,2 2 Sat k,K")).toBeCloseTo((2 * 10 * 4) / 40, 12);
    expect(rateOf("1 1 0 Hill k K h")).toBeCloseTo((2 * 100) / (900 + 100), 12);
    const free = 0.5 * (10 - 30 - 4 + Math.sqrt(24 ** 2 + 4 * 30 * 10));
    expect(rateOf("1 1,2 2 2*MM k,K")).toBeCloseTo((2 * 2 * free * 4) / (30 + free), 12);
    expect(() => rateOf("1 1,2 2 FunctionProduct f g")).toThrow("the rate law FunctionProduct is not supported");
  });

  test("functions: if, logic, constants, time, and one that calls another", () => {
    const functions = `begin functions\n1 g() if(k>1&&!(K==2),_pi,0)+rint(2.6)+sign(-3)+avg(1,3)\n2 f() g()*sum(1,2)\nend functions\n`;
    expect(rateOf("1 0 1 f()", functions)).toBeCloseTo(3 * (Math.PI + 3 - 1 + 2), 12);
    const timed = readNet(file("1 0 1 f()", "begin functions\n1 f() k*time()\nend functions\n"));
    expect(printExpression(timed.assignments!.get("f")!)).toBe("k * time");
  });

  test("observables are kept apart, with weights, and are assignments when asked for", () => {
    const groups = "begin groups\n1 tot 1,2*2\n2 none\n3 S1 2\nend groups\n";
    const text = file("1 1 2 k", groups);
    const model = readBioNetGen(text);
    expect(model.network.assignments).toBeUndefined();
    expect(model.network.species).toEqual(["species_1", "species_2"]); // a group has the name S1
    expect(model.patterns).toEqual(["S()", "E()"]);
    expect([...model.observables]).toEqual([
      [
        "tot",
        [
          [0, 1],
          [1, 2],
        ],
      ],
      ["none", []],
      ["S1", [[1, 1]]],
    ]);
    expect([...readNet(text, { observables: "all" }).assignments!.keys()]).toEqual(["tot", "none", "S1"]);
  });

  test("amounts by formula; fractions only for rate equations", () => {
    const text = file("1 1 2 k").replace("1 S() 10", "1 S() K/4");
    expect(() => readNet(text, { file: "a.net" })).toThrow("a.net:7:7: an initial amount that is no whole number");
    expect(readNet(text, { amounts: "any" }).initial).toEqual([7.5, 4]);
  });
});

describe("Antimony", () => {
  const read = (text: string): string => printNetwork(readAntimony(text, { file: "m.ant" }));

  test("the usual ways to write a model", () => {
    const text = `// a comment; with a semicolon
function mm(s, v, K)
  v*s/(K + s)
end
model *cell()
  compartment C = 2; species A in C, $B in C
  substanceOnly species N = 4; /* two
  lines */ const K
  A = 5; B = 1.5; k = 0.5; K = 2*k; var w = 1
  J1: 2 A => N; k*A*(A - 1/2)*C;
  N -> ; mm(N, k, K)
  J2: $X + A -> A; k*A - k*0.5*A  # X is held
  y := A + N; w' = -w
  A has unit; unit foo = mole
  E1: at (2*k) after time > 3 && A < 1, t0=false, priority=2: k = 2*k, A = 1
end
`;
    expect(read(text).trim().split("\n")).toEqual([
      "species A = 10",
      "boundary B = 3",
      "species N = 4",
      "boundary X = 0",
      "C = 2",
      "K = 1",
      "k = 0.5",
      "w = 1",
      "default_compartment = 1",
      "J1: 2 A -> N @ = k * (A / C) * (A / C - 1 / 2) * C",
      "_J1: N -> 0 @ = k * N / (K + N)",
      "J2: A -> A @ 0.5 * k / C",
      "y := A / C + N",
      "w' = -w",
      "event E1: when time > 3 and A / C < 1; set k = 2 * k, A = 1 * C; delay 2 * k; priority 2; initially false",
    ]);
  });
});
