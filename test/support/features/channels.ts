import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { Channels, ChannelsOptions } from "#channels";
import { channelsFeature } from "#channels";
import { connectorRegistry } from "#connectors";
import { type MailCatcher, type Sandbox, startMailCatcher, startSandbox } from "#emulator";
import { type Actor, type Clock, type JsonObject, newId } from "#kit";
import { compose } from "#platform/features";
import { createHttpClient, type HttpClient } from "#platform/http-client";
import { createMailTransport } from "#platform/mail";
import type { Secrets } from "#platform/secrets";
import { type TestApp, testApp, type TestPerson } from "../app.ts";
import type { BodyOf } from "../calls.ts";
import { testServices } from "../services.ts";
import { sandboxKinds } from "./sandbox-kinds.ts";

const handled = z.object({ requests: z.array(z.object({ path: z.string() })) });

/** Loopback, because the sandbox sends people nowhere else. Nothing listens there: tests read the address. */
const callbackOrigin = "http://127.0.0.1:3000";

/** Nothing listens there either: connecting is refused. */
const nowhere = "http://127.0.0.1:1";

/** `app`: what its configuration names for the connector `apps`. */
type ProcessOptions = {
  cutOff?: boolean;
  key?: Buffer;
  app?: JsonObject;
  log?: ChannelsOptions["log"];
};

export type ChannelWorld = {
  app: TestApp;
  channels: Channels;
  http: HttpClient;
  secrets: Secrets;
  sandbox: Sandbox;
  catcher: MailCatcher;
  clock: MovableClock;
  /** Another process on the same database; `cutOff`: the sandbox cannot be reached from it; `key`: its GALLEY_KEY. */
  otherProcess: (options?: ProcessOptions) => Channels;
  actorOf: (person: TestPerson) => Actor;
  /** A connected sandbox account of the person's workspace; its id. */
  connectSandbox: (person: TestPerson, handle?: string) => Promise<string>;
  /** Goes to the platform's page as a browser does; the way back, with `code` and `state` or `error`. */
  consent: (authorizeUrl: string, decision?: "allow" | "deny", handle?: string) => Promise<URL>;
  /** Fault switches of the sandbox. */
  faults: (faults: JsonObject[]) => Promise<void>;
  control: (path: string) => Promise<void>;
  /** How many requests the sandbox has had on a path. */
  requestsTo: (path: string) => Promise<number>;
  close: () => Promise<void>;
};

type MovableClock = Clock & { move: (milliseconds: number) => void };

function movableClock(): MovableClock {
  let ahead = 0;
  return {
    now: () => new Date(Date.now() + ahead),
    move: (milliseconds) => {
      ahead += milliseconds;
    },
  };
}

/**
 * Follows a platform's way back, as the browser of this person does. It is answered with the channel or with the accounts
 * to pick from; which of both is for the test to know.
 */
export async function comeBack(person: TestPerson, url: URL, accept = "application/json") {
  const connector = url.pathname.split("/").at(-2);
  const query = Object.fromEntries(url.searchParams);
  const answer = await person.call("finishAuthorization", {
    params: { connector },
    query,
    headers: { accept },
  });
  return {
    ...answer,
    body: answer.body as BodyOf<"getChannel"> & Pick<BodyOf<"getPendingConnection">, "accounts">,
  };
}

/** The composed server with channels, the sandbox and the mail catcher, all real. Close it in `afterAll`. */
export async function channelWorld(): Promise<ChannelWorld> {
  const directory = await mkdtemp(join(tmpdir(), "galley-channels-"));
  const sandbox = await startSandbox({
    directory: join(directory, "sandbox"),
    host: "127.0.0.1",
    port: 0,
    publicUrl: null,
  });
  const catcher = await startMailCatcher({
    directory: join(directory, "mail"),
    host: "127.0.0.1",
    smtpPort: 0,
    httpPort: 0,
    publicUrl: null,
  });
  const clock = movableClock();
  const kinds = sandboxKinds();
  const connectors = connectorRegistry([...connectorRegistry().values(), ...kinds]);
  const http = createHttpClient({ allowOrigins: [sandbox.url, catcher.url, nowhere] });
  const mail = createMailTransport({ allowServers: [`${catcher.host}:${catcher.smtpPort}`] });
  const key: Buffer = randomBytes(32);
  const connectorSettings = {
    sandbox: { baseUrl: sandbox.url },
    ...Object.fromEntries(kinds.map(({ id }) => [id, { baseUrl: sandbox.url }])),
    email: {
      catcher: {
        host: catcher.host,
        port: catcher.smtpPort,
        readBackUrl: catcher.url,
        publicUrl: catcher.publicUrl,
      },
    },
  };

  /** Of a process that knows this of the connector `apps`. */
  function settingsWith({ cutOff = false, app = {} }: ProcessOptions) {
    const apps = { apps: { baseUrl: sandbox.url, ...app } };
    return { ...connectorSettings, ...apps, ...(cutOff ? { sandbox: { baseUrl: nowhere } } : {}) };
  }
  const shared = { connectors, http, mail, key, clock, publicUrl: callbackOrigin };

  const app = await testApp({
    serves: ["channels"],
    services: {
      ...shared,
      connectorSettings: settingsWith({}),
      formDefaults: { email: { fromName: "Galley", fromAddress: "news@galley.test" } },
    },
  });
  const { channels, secrets } = app.features;

  function createProcess(options: ProcessOptions): Channels {
    const { key: galleyKey = key, log } = options;
    const services = testServices({
      ...shared,
      database: app.database,
      key: galleyKey,
      connectorSettings: settingsWith(options),
    });
    const others = { sites: app.features.sites, ...(log && { log }) };
    return compose({ ...services, ...others }, [channelsFeature]).channels;
  }

  const control = http.connectorHttp({ signal: new AbortController().signal });

  async function consent(authorizeUrl: string, decision = "allow", handle = "newcomer"): Promise<URL> {
    const url = new URL(authorizeUrl);
    url.searchParams.delete("prompt");
    const form = new URLSearchParams([...url.searchParams, ["handle", handle], ["decision", decision]]);
    const answer = await control.request({
      method: "POST",
      url: `${url.origin}${url.pathname}`,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: form.toString(),
    });
    return new URL(answer.headers["location"] ?? "");
  }

  return {
    app,
    channels,
    http,
    secrets,
    sandbox,
    catcher,
    clock,
    otherProcess: (options = {}) => createProcess(options),
    actorOf: ({ userId, email, workspaceId }) => ({
      kind: "person",
      userId,
      name: "Ada",
      email,
      sessionId: newId(),
      workspaceId,
      role: "owner",
    }),
    consent,
    connectSandbox: async (person, handle = "newcomer") => {
      const { body } = await person.call("authorizeChannel", { body: { connector: "sandbox" } });
      const back = await consent(body.authorizeUrl, "allow", handle);
      return (await comeBack(person, back)).body.id;
    },
    faults: async (faults) => {
      const body = JSON.stringify({ faults });
      await control.request({ method: "PUT", url: `${sandbox.url}/control/faults`, body });
    },
    control: async (path) => {
      await control.request({ method: "POST", url: `${sandbox.url}/control/${path}`, body: "{}" });
    },
    requestsTo: async (path) => {
      const answer = await control.request({ method: "GET", url: `${sandbox.url}/control/requests` });
      const { requests } = handled.parse(JSON.parse(Buffer.from(answer.body).toString()));
      return requests.filter((request) => request.path === path).length;
    },
    close: async () => {
      await app.close();
      await Promise.all([sandbox.close(), catcher.close()]);
      await rm(directory, { recursive: true });
    },
  };
}
