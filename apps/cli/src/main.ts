#!/usr/bin/env node
import { wantsColor } from "./io.ts";
import { runProgram } from "./program.ts";

const interrupt = new AbortController();
// `exact` is one long computation that never turns the event loop: there Ctrl-C keeps its default, the end of the process.
if (process.argv[2] !== "exact")
  process.on("SIGINT", () => {
    if (interrupt.signal.aborted) process.exit(130); // a second Ctrl-C does not wait
    interrupt.abort();
  });
// A reader that closes early, such as head, is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

const terminal = (process.stderr.isTTY as boolean | undefined) === true; // undefined for a pipe
process.exitCode = await runProgram(process.argv.slice(2), {
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
  env: process.env,
  terminal,
  color: wantsColor(process.env, terminal),
  signal: interrupt.signal,
});
