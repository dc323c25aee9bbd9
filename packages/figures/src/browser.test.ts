import { execFile } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { createViteServer } from "vitest/node";
import { samplePage } from "../samples/page.ts";

type Plugin = NonNullable<NonNullable<Parameters<typeof createViteServer>[0]>["plugins"]>[number];

const chromium = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const present = existsSync(chromium);
const required = process.env["DBD_REQUIRE_CHROMIUM"] !== undefined;

const probe = `<!doctype html><script type="module">
import { samplePage } from "/samples/page.ts";
await fetch("/result", { method: "POST", body: samplePage() });
</script>`;

/** Answers the probe page, and hands on what it sends back; in front of the server's own answers. */
function probeServer(pages: EventEmitter): Plugin {
  return {
    name: "probe",
    configureServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        if (request.url === "/probe") {
          response.setHeader("content-type", "text/html");
          response.end(probe);
        } else if (request.url === "/result") {
          const chunks: Buffer[] = [];
          request.on("data", (chunk: Buffer) => chunks.push(chunk));
          request.on("end", () => {
            response.end();
            pages.emit("page", Buffer.concat(chunks).toString("utf8"));
          });
        } else next();
      });
    },
  };
}

/** Serves this package to Chromium as a bundler would (browser condition, the page's own document): the page it makes. */
async function pageFromBrowser(folder: string): Promise<string> {
  const pages = new EventEmitter();
  const server = await createViteServer({
    configFile: false,
    root: fileURLToPath(new URL("..", import.meta.url)),
    cacheDir: join(folder, "cache"),
    logLevel: "silent",
    plugins: [probeServer(pages)],
    resolve: { conditions: ["@dbd/source", "module", "browser", "development|production"] },
    optimizeDeps: { include: ["@observablehq/plot"] },
    server: { host: "127.0.0.1", port: 0, hmr: false, watch: null },
  });
  await server.listen();
  const address = server.httpServer?.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  const flags =
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking " +
    "--disable-component-update --disable-sync --remote-debugging-port=0";
  const profile = `--user-data-dir=${join(folder, "profile")}`;
  const browser = execFile(chromium, [...flags.split(" "), profile, `http://127.0.0.1:${port}/probe`], {
    timeout: 45_000,
  });
  const closed = once(browser, "close");
  try {
    const [text] = (await Promise.race([once(pages, "page"), closed])) as [unknown];
    if (typeof text !== "string") throw new Error("Chromium ended before the page was made");
    return text;
  } finally {
    browser.kill();
    await closed;
    await server.close();
  }
}

test.runIf(present || required)(
  "Chromium's own document gives the same bytes as node",
  async () => {
    expect(present, `${chromium} is missing and DBD_REQUIRE_CHROMIUM is set`).toBe(true);
    const folder = mkdtempSync(join(tmpdir(), "dbd-figures-"));
    try {
      const text = await pageFromBrowser(folder);
      const expected = samplePage();
      const at = Array.from(expected).findIndex((c, i) => c !== text[i]);
      expect(text.slice(Math.max(0, at - 80), at + 80)).toBe(expected.slice(Math.max(0, at - 80), at + 80));
      expect(text === expected).toBe(true);
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    }
  },
  60_000,
);
