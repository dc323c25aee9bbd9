import { ArgumentError, UnsupportedError } from "@dbd/numerics/errors";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compile } from "./compile.ts";
import { type Expression, parseExpression, printExpression } from "./expression.ts";
import type { Network, NetworkEvent } from "./network.ts";
import { parseNetwork } from "./parse.ts";
import { printNetwork, summary } from "./summary.ts";

const place = { line: 1, column: 1 };
const expression: fc.Arbitrary<Expression> = fc
  .constantFrom(
    "A > 3 and not B < 2",
    "time >= 2.5 or k == 1",
    "xor(A, B, time)",
    "piecewise(k, A > B, sin(time) + cos(k))",
    "atan(tan(A)) - asin(0.5) * acos(k / 9)",
    "sinh(A) + cosh(k) - tanh(time)",
    "factorial(A) ^ 2 / min(A, B, k)",
    "-A * (B - y)",
    "floor(time) + ceil(k) - abs(-B)",
  )
  .map((text) => parseExpression(text, place));
const maybe = <T>(key: string, value: fc.Arbitrary<T>): fc.Arbitrary<object> =>
  fc.option(value, { nil: undefined }).map((found) => (found === undefined ? {} : { [key]: found }));
const event: fc.Arbitrary<NetworkEvent> = fc
  .record({
    trigger: expression,
    initialTrigger: fc.boolean(),
    persistent: fc.boolean(),
    fromTriggerTime: fc.boolean(),
    values: fc.array(expression, { maxLength: 3 }),
    more: fc.tuple(
      maybe("name", fc.constantFrom("e", "reset")),
      maybe("delay", expression),
      maybe("priority", expression),
    ),
  })
  .map(({ values, more, ...rest }) => {
    const targets = ["A", "B", "k"];
    const assignments = values.map((value, i) => ({ target: targets[i], value }));
    return Object.assign({ ...rest, assignments }, ...more) as NetworkEvent;
  });

const withoutPlaces = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, part: unknown) =>
      key === "place" ? undefined : part instanceof Map ? [...part] : part instanceof Set ? [...part] : part,
    ),
  );

test("what is printed is read back to the same rules and events", () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 3 }), expression, expression, (events, rule, derivative) => {
      const network: Network = {
        ...parseNetwork("A -> B @ k*2\nA = 4\nk = 1\nv = 2\nspecies y = 0\nspecies w = v"),
        assignments: new Map([["z", rule]]),
        rateRules: new Map([["v", derivative]]),
        ...(events.length === 0 ? {} : { events }),
      };
      const text = printNetwork(network);
      expect(withoutPlaces(parseNetwork(text))).toEqual(withoutPlaces(network));
      expect(summary(network)).toContain(`z := ${printExpression(rule)}`);
    }),
    { seed: 8, numRuns: 200 },
  );
});

describe("rules and events that do not fit are refused at their place", () => {
  test.each<[text: string, message: string]>([
    ["y := y + 1", '"y" is assigned by itself: y → y'],
    ["y := z\nz := 2*y", '"y" is assigned by itself: y → z → y'],
    ["y := q", 'm.dbd:2:6: unknown name "q" in the assignment rule of y'],
    ["k := 2\nk = 1", '"k" has both a value and an assignment rule'],
    ["A := 2", '"A" has a rule, but a reaction moves it'],
    ["y := 1\ny' = 2\ny = 3", 'm.dbd:3:1: "y" is given twice, first in line 2'],
    ["y' = 2", '"y" has a rate rule, but no value at the start'],
    ["y := 1\ny := 2", 'm.dbd:3:1: "y" is given twice, first in line 2'],
    ["time = 3", '"time" is the simulated time'],
    ["event: set A = 1", 'm.dbd:2:1: an event needs a "when"'],
    ["event: when A > 1; when B > 1", 'a second "when" in one event'],
    ["event: when A > 1; put A = 1", 'm.dbd:2:20: expected a clause of an event, found "put A = 1"'],
    ["event: when A > 1; set A", 'expected "name = value" after "set", found "A"'],
    ["event: when A > 1; set A = 1, A = 2", 'event 1: "A" is set twice'],
    ["event x: when A > 1; set y = 1", 'm.dbd:2:1: event "x": there is no "y" to set'],
    ["y := A\nevent: when A > 1; set y = 1", '"y" has an assignment rule and cannot be set'],
    ["event: when C > 1; set A = 1", 'm.dbd:2:13: unknown name "C" in event 1'],
  ])("%j", (text, message) => {
    const read = (): unknown => parseNetwork(`A -> B @ 1\n${text}`, { file: "m.dbd" });
    expect(read).toThrow(ArgumentError);
    expect(read).toThrow(message);
  });
});

test.each<[text: string, feature: string]>([
  ["y := A", 'an assignment rule ("y") here is not supported'],
  ["v' = 1\nv = 0", 'a rate rule ("v") here is not supported'],
  ["event stop: when A < 1; set B = 0", 'an event (event "stop") here is not supported'],
  ["late: B -> 0 @ = B*time", 'a rate that depends on time (reaction "late") here is not supported'],
])("who compiles without asking for dynamics is told that %j has it", (text, feature) => {
  const refuse = (): unknown => compile(parseNetwork(`A -> B @ 1\n${text}`));
  expect(refuse).toThrow(UnsupportedError);
  expect(refuse).toThrow(feature);
});

test("rules that grow without measure are refused", () => {
  const rules = Array.from({ length: 30 }, (_, i) => `y${i + 1} := y${i} + y${i}`).join("\n");
  const read = (): unknown => parseNetwork(`A -> 0 @ = y30\ny0 := A\n${rules}`);
  expect(read).toThrow(UnsupportedError);
  expect(read).toThrow("an assignment rule of 131071 terms");
});

test("many reactions that all influence one another are refused by name", () => {
  const text = Array.from({ length: 9000 }, () => "A -> B @ 1").join("\n");
  expect(() => parseNetwork(text)).toThrow("influence one another in more than 2^26 ways is not supported");
});
