import { ArgumentError } from "@dbd/numerics/errors";
import type { Result, ResultArray } from "./result.ts";

/** A result as JSON text, numbers in their shortest exact form, NaN as null. The same result gives the same bytes. */
export function printResult(result: Result): string {
  const { arrays, ...rest } = result;
  const written = Object.fromEntries(
    Object.entries(arrays).map(([name, { shape, data }]) => [
      name,
      { shape, data: Array.from(data, (v) => (Number.isFinite(v) ? v : null)) },
    ]),
  );
  return `${JSON.stringify({ format: 1, ...rest, arrays: written })}\n`;
}

/**
 * Reads what `printResult` wrote.
 * @throws ArgumentError when the text is something else.
 */
export function parseResult(text: string, file = "result.json"): Result {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ArgumentError(file, "found text that is not JSON; expected a result", {
      cause,
      hint: "Run dbd learn again",
    });
  }
  const { format, arrays, ...rest } = value as {
    format?: unknown;
    arrays?: Record<string, { shape: number[]; data: (number | null)[] }>;
  };
  if (format !== 1 || arrays === undefined)
    throw new ArgumentError(file, "found no result of format 1; expected what dbd learn writes", {
      hint: "Run dbd learn again",
    });
  const read = Object.fromEntries(
    Object.entries(arrays).map(([name, { shape, data }]): [string, ResultArray] => [
      name,
      { shape, data: Float64Array.from(data, (v) => v ?? Number.NaN) },
    ]),
  );
  const accuracy = (rest as Partial<Result>).accuracy?.map((row) =>
    Object.fromEntries(Object.entries(row).map(([key, v]) => [key, (v as unknown) ?? Number.NaN])),
  );
  return { ...rest, accuracy, arrays: read } as unknown as Result;
}
