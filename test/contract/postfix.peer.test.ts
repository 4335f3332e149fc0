import PostalMime from "postal-mime";
import { describe, expect, it } from "vitest";
import type { ConnectorContext } from "#connectors";
import { connectorRegistry } from "#connectors";
import { createMailTransport } from "#platform/mail";
import { createRenderer } from "#platform/rendering";
import type { BrokenProxy } from "./broken-proxy.ts";
import { startBrokenProxy } from "./broken-proxy.ts";
import type { ContractHarness } from "./connector-suite.ts";
import { connectorContract } from "./connector-suite.ts";
import { contractHttp, nowhere } from "./http.ts";
import { postfixMissing, startPostfix } from "./postfix.ts";

type PostfixHarness = ContractHarness & { proxy: BrokenProxy };

const missing = await postfixMissing();
if (missing !== null) console.log(`skipped: email against Postfix; ${missing}`);

async function start(): Promise<PostfixHarness> {
  const postfix = await startPostfix();
  const proxy = await startBrokenProxy({ host: "127.0.0.1", port: postfix.port });
  const connector = connectorRegistry().get("email");
  if (connector?.connect.kind !== "form") throw new Error("email connects by a form");
  const mail = createMailTransport({
    allowServers: [`localhost:${postfix.port}`, `127.0.0.1:${proxy.port}`, "127.0.0.1:9"],
    trust: postfix.certificate,
  });
  const markdown = createRenderer();
  let credentials: ConnectorContext["credentials"] = {};
  const server = { username: null, password: null };

  function context(deadlineMs = 15_000): ConnectorContext {
    const signal = AbortSignal.timeout(deadlineMs);
    const http = contractHttp([nowhere], signal);
    // Through the proxy there is no TLS, or it could not tell where the message ends.
    const broken = {
      ...credentials,
      server: { ...server, host: "127.0.0.1", port: proxy.port, tls: "none" },
    };
    const used = proxy.mode === "pass" ? credentials : broken;
    const accountId = "news@galley.test";
    return { http, mail, credentials: used, accountId, scopes: [], settings: {}, signal, markdown };
  }

  const form = {
    fromName: "The Press",
    fromAddress: "news@galley.test",
    recipients: "ada@readers.galley.test",
    host: postfix.host,
    port: String(postfix.port),
    tls: "starttls",
  };
  ({ credentials } = await connector.connect.open(context(), form));
  return {
    connector,
    proxy,
    context,
    unreachable: () => ({
      ...context(),
      credentials: { ...credentials, server: { ...server, host: "127.0.0.1", port: 9, tls: "none" } },
    }),
    async visible() {
      const mails = await postfix.mails();
      return Promise.all(
        mails.map(async (raw) => {
          const message = await PostalMime.parse(raw);
          const images = [...(message.html ?? "").matchAll(/<img src="cid:[^"]+" alt="([^"]*)"/g)];
          return {
            text: message.text ?? "",
            altTexts: images.map((image) => (image[1] ?? "").replaceAll("&quot;", '"')),
          };
        }),
      );
    },
    async close() {
      await proxy.close();
      await postfix.stop();
    },
  };
}

describe.skipIf(missing !== null)("Postfix", () => {
  connectorContract<PostfixHarness>("email with STARTTLS", {
    start,
    options: { subject: "Ein Brief für Ada" },
    threads: false,
    enforcesTextLimit: false,
    shown: (text) => text.replaceAll("&amp;", "&"),
    idempotent: false,
    faults: [
      {
        name: "the answer to the final dot is lost",
        verdict: "unknown",
        visible: 1,
        async arrange({ proxy }) {
          proxy.mode = { loseAnswerAfter: "\r\n.\r\n" };
        },
        async restore({ proxy }) {
          proxy.mode = "pass";
        },
      },
      {
        name: "the connection breaks in the envelope",
        verdict: "not_sent",
        visible: 0,
        async arrange({ proxy }) {
          proxy.mode = { loseAnswerAfter: "RCPT TO" };
        },
        async restore({ proxy }) {
          proxy.mode = "pass";
        },
      },
    ],
  });

  it("refuses a server whose certificate it does not trust", async () => {
    const postfix = await startPostfix();
    try {
      const mail = createMailTransport({ allowServers: [`localhost:${postfix.port}`] });
      const server = {
        host: "localhost",
        port: postfix.port,
        tls: "starttls",
        username: null,
        password: null,
      } as const;
      const outcome = await mail.verify(server, AbortSignal.timeout(10_000));
      expect(outcome).toMatchObject({ kind: "failed", verdict: "not_sent", code: "mail.tls" });
    } finally {
      await postfix.stop();
    }
  });
});
