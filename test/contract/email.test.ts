import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import PostalMime from "postal-mime";
import { z } from "zod";
import type { ConnectorContext } from "#connectors";
import { connectorRegistry } from "#connectors";
import { startMailCatcher } from "#emulator";
import { createRenderer } from "#platform/rendering";
import type { BrokenProxy } from "./broken-proxy.ts";
import { startBrokenProxy } from "./broken-proxy.ts";
import type { ContractHarness, FaultCase, Seen } from "./connector-suite.ts";
import { connectorContract } from "./connector-suite.ts";
import { contractHttp } from "./http.ts";
import { contractMail } from "./mail.ts";

type MailHarness = ContractHarness & { proxy: BrokenProxy; control(faults: unknown[]): Promise<void> };

const list = z.object({ items: z.array(z.object({ id: z.string() })) });

async function start(): Promise<MailHarness> {
  const directory = await mkdtemp(join(tmpdir(), "galley-mail-"));
  const at = { directory, host: "127.0.0.1", smtpPort: 0, httpPort: 0, publicUrl: null };
  const catcher = await startMailCatcher(at);
  const proxy = await startBrokenProxy({ host: catcher.host, port: catcher.smtpPort });
  const connector = connectorRegistry().get("email");
  if (connector?.connect.kind !== "form") throw new Error("email connects by a form");
  const mail = contractMail([`127.0.0.1:${proxy.port}`, "127.0.0.1:9"]);
  const markdown = createRenderer();
  let credentials: ConnectorContext["credentials"] = {};

  function context(deadlineMs = 10_000, port = proxy.port): ConnectorContext {
    const signal = AbortSignal.timeout(deadlineMs);
    const settings = {
      catcher: { host: "127.0.0.1", port, readBackUrl: catcher.url, publicUrl: catcher.publicUrl },
    };
    const http = contractHttp([catcher.url], signal);
    return { http, mail, credentials, accountId: "news@example.com", scopes: [], settings, signal, markdown };
  }

  async function get(path: string): Promise<Buffer> {
    return Buffer.from((await context().http.request({ method: "GET", url: catcher.url + path })).body);
  }

  async function seen(id: string): Promise<Seen> {
    const message = await PostalMime.parse(await get(`/messages/${id}/raw`));
    const altTexts = [...(message.html ?? "").matchAll(/<img src="cid:[^"]+" alt="([^"]*)"/g)];
    return {
      text: message.text ?? "",
      altTexts: altTexts.map((match) => (match[1] ?? "").replaceAll("&quot;", '"')),
    };
  }

  const form = { fromName: "The Press", fromAddress: "news@example.com", recipients: "ada@example.org" };
  ({ credentials } = await connector.connect.open(context(), form));
  return {
    connector,
    proxy,
    context,
    unreachable: () => context(10_000, 9),
    async visible() {
      const { items } = list.parse(JSON.parse((await get("/api/messages")).toString()));
      return Promise.all(items.map((item) => seen(item.id)));
    },
    async control(faults) {
      const url = `${catcher.url}/control/faults`;
      await context().http.request({ method: "PUT", url, body: JSON.stringify({ faults }) });
    },
    async close() {
      await proxy.close();
      await catcher.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function fault(name: string, kind: string, rest: Partial<FaultCase<MailHarness>>): FaultCase<MailHarness> {
  return {
    name,
    verdict: "unknown",
    visible: 0,
    arrange: (harness) => harness.control([{ kind, delayMs: 6_000 }]),
    ...rest,
  };
}

connectorContract<MailHarness>("email", {
  start,
  options: { subject: "A letter" },
  threads: false,
  enforcesTextLimit: false,
  shown: (text) => text.replaceAll("&amp;", "&"),
  idempotent: false,
  faults: [
    fault("kept, but the answer to the final dot is lost", "lost_answer", { visible: 1 }),
    fault("kept, and reset in the middle of the answer", "cut_answer", { visible: 1 }),
    fault("dropped at the final dot", "drop_before_keep", {}),
    fault("reset before the greeting", "refuse_connection", { verdict: "not_sent" }),
    fault("451 after the final dot", "defer", { verdict: "throttled" }),
    fault("554 after the final dot", "reject", { verdict: "rejected" }),
    fault("550 to the only recipient", "reject_recipient", { verdict: "rejected" }),
    fault("no answer before the deadline", "slow", { visible: 1, deadlineMs: 2_000 }),
    {
      name: "silence instead of a greeting",
      verdict: "not_sent",
      visible: 0,
      deadlineMs: 500,
      async arrange({ proxy }) {
        proxy.mode = "swallow";
      },
      async restore({ proxy }) {
        proxy.mode = "pass";
      },
    },
  ],
});
