import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ConfigError, describeConfigProblems, inspectConfig, loadConfig, openKey } from "#platform/config";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "galley-config-"));
});
afterEach(() => rm(folder, { recursive: true }));

function problemsOf(environment: Record<string, string>): string[] {
  try {
    loadConfig(environment, folder);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((problem) => problem.path.slice(1));
    throw error;
  }
  return [];
}

test("nothing set is a good configuration for a laptop", () => {
  const config = loadConfig({}, folder);
  expect(config).toMatchObject({
    mode: "development",
    host: "127.0.0.1",
    port: 3000,
    publicUrl: "http://127.0.0.1:3000",
    dataDir: join(folder, "data"),
    databaseUrl: null,
    key: null,
    llm: null,
    sandbox: { enabled: true },
  });
  expect(Object.isFrozen(config)).toBe(true);
  expect(Object.isFrozen(config.sandbox)).toBe(true);
});

test("every wrong setting is named at once, with its fix and without its value", () => {
  const environment = {
    GALLEY_MODE: "prod",
    PORT: "80000",
    DATABASE_URL: "mysql://user:hunter2@host/db",
    GALLEY_KEY: "c2hvcnQ=",
    CONNECTORS: "{oops",
    LLM_API_KEY: "sk-secret",
    EGRESS_ALLOW_ORIGINS: "http://ok.example, http://host/path",
    SANDBOX: "maybe",
  };
  expect(problemsOf(environment).sort()).toEqual([
    "CONNECTORS",
    "DATABASE_URL",
    "EGRESS_ALLOW_ORIGINS",
    "GALLEY_KEY",
    "GALLEY_MODE",
    "LLM_API_KEY",
    "PORT",
    "SANDBOX",
  ]);
  const told = describeConfigProblems(inspectConfig(environment, folder).findings);
  expect(told).toMatch(/PORT is above 65535 .*whole number from 0 to 65535/);
  expect(told).not.toMatch(/hunter2|sk-secret|c2hvcnQ/);
});

test("production must not lose its key, show cookies or guess its address", () => {
  const production = { GALLEY_MODE: "production", HOST: "0.0.0.0" };
  expect(problemsOf(production)).toEqual(["PUBLIC_URL"]);
  expect(problemsOf({ ...production, PUBLIC_URL: "http://galley.example" })).toEqual(["PUBLIC_URL"]);
  const served = { ...production, PUBLIC_URL: "https://galley.example" };
  expect(problemsOf(served)).toEqual([]);
  expect(problemsOf({ ...served, DATABASE_URL: "postgres://db/galley" })).toEqual(["GALLEY_KEY"]);
  expect(loadConfig(served, folder)).toMatchObject({
    sandbox: { enabled: false },
    delivery: { minimumWindowMs: 600_000 },
  });
});

test("a model needs what its provider needs", () => {
  expect(problemsOf({ LLM_PROVIDER: "openai" })).toEqual(["LLM_MODEL", "LLM_API_KEY"]);
  expect(problemsOf({ LLM_PROVIDER: "ollama", LLM_MODEL: "qwen3" })).toEqual([]);
  expect(problemsOf({ LLM_PROVIDER: "openai-compatible", LLM_MODEL: "m" })).toEqual(["LLM_BASE_URL"]);
});

test("the mode's file wins over the general one, the environment over both; empty is unset", async () => {
  await writeFile(join(folder, ".env"), "GALLEY_MODE=staging\nPORT=1\nHOST=127.0.0.2\n");
  await writeFile(join(folder, ".env.staging"), "PORT=2\nLOG_LEVEL=debug\n");
  expect(loadConfig({ LOG_LEVEL: "warn", HOST: "" }, folder)).toMatchObject({
    mode: "staging",
    port: 2,
    host: "127.0.0.2",
    logLevel: "warn",
  });
});

test("a misspelt setting is a warning", () => {
  const { config, findings } = inspectConfig({ GALLEY_KYE: "x" }, folder);
  expect(config).not.toBeNull();
  expect(findings).toMatchObject([{ level: "warning", variable: "GALLEY_KYE" }]);
});

test("the key is made once, for the owner's eyes, and a damaged one is never replaced", async () => {
  const config = loadConfig({ DATA_DIR: join(folder, "deep", "data") }, folder);
  const [first, second] = await Promise.all([openKey(config), openKey(config)]);
  expect(first).toHaveLength(32);
  expect(second).toEqual(first);
  const path = join(config.dataDir, "galley.key");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await writeFile(path, "damaged");
  await expect(openKey(config)).rejects.toThrow(/damaged/);
});

test("a mail server is read from its address, and never repeated", () => {
  const from = { MAIL_FROM: "The Desk <desk@example.com>" };
  const config = loadConfig(
    { SMTP_URL: "smtps://desk%40example.com:p%2Fw@smtp.example.com", ...from },
    folder,
  );
  expect(config.mail).toEqual({
    from: { name: "The Desk", address: "desk@example.com" },
    server: {
      host: "smtp.example.com",
      port: 465,
      tls: "implicit",
      username: "desk@example.com",
      password: "p/w",
    },
  });
  expect(loadConfig({ SMTP_URL: "smtp://10.0.0.5:25?tls=off", ...from }, folder).mail?.server.tls).toBe(
    "none",
  );
  const wrong = [
    "http://host",
    "smtp:host",
    "smtp://u:hunter2@h?tls=off",
    "smtp://u:%ff@h",
    "smtp://h/hunter2",
  ];
  for (const url of wrong) {
    expect(problemsOf({ SMTP_URL: url, ...from })).toEqual(["SMTP_URL"]);
    const told = describeConfigProblems(inspectConfig({ SMTP_URL: url }, folder).findings);
    expect(told).not.toMatch(/hunter2/);
  }
  expect(problemsOf({ SMTP_URL: "smtp://host" })).toEqual(["MAIL_FROM"]);
  expect(problemsOf(from)).toEqual(["MAIL_FROM"]);
  expect(problemsOf({ SMTP_URL: "smtp://host", MAIL_FROM: "a@b.c\r\nBcc: d@e.f" })).toEqual(["MAIL_FROM"]);
});

test("production without a mail server is told that nobody is mailed", () => {
  expect(inspectConfig({ GALLEY_MODE: "production" }, folder).findings).toContainEqual(
    expect.objectContaining({ level: "info", variable: "SMTP_URL" }),
  );
});

test("a proxy is believed by number or by network, and that there is one says too little", () => {
  const trusted = (TRUST_PROXY: string) => loadConfig({ TRUST_PROXY }, folder).trustProxy;
  expect(loadConfig({}, folder).trustProxy).toBe(false);
  expect(trusted("off")).toBe(false);
  expect(trusted("0")).toBe(false);
  expect(trusted("1")).toBe(1);
  expect(trusted("loopback, private,10.1.0.0/16, 2001:db8::/32,192.0.2.7")).toEqual([
    "loopback",
    "uniquelocal",
    "10.1.0.0/16",
    "2001:db8::/32",
    "192.0.2.7",
  ]);
  for (const wrong of [
    "on",
    "true",
    "-1",
    "all",
    "0.0.0.0/33",
    "10.0.0.0/8,anybody",
    "1,2",
    "*",
    "1.2.3.4/x",
  ]) {
    expect(problemsOf({ TRUST_PROXY: wrong })).toEqual(["TRUST_PROXY"]);
  }
  const told = describeConfigProblems(inspectConfig({ TRUST_PROXY: "on" }, folder).findings);
  expect(told).toMatch(/TRUST_PROXY does not say which proxies .*number of proxies in front, such as 1/);
});

test("further host names are names, with a port or without", () => {
  const hosts = loadConfig({ HOSTS: "Galley.lan, 10.0.0.5:3000,[::1]:80" }, folder).hosts;
  expect(hosts).toEqual(["galley.lan", "10.0.0.5:3000", "[::1]:80"]);
  for (const wrong of [
    "*",
    "http://galley.lan",
    "galley.lan/",
    "a b",
    "*.galley.lan",
    "x@y",
    "galley.lan:port",
  ]) {
    expect(problemsOf({ HOSTS: wrong })).toEqual(["HOSTS"]);
  }
});

test("staging and production have no built-in platforms unless they are named, and then are told so", () => {
  for (const GALLEY_MODE of ["staging", "production"]) {
    const off = { sandbox: { enabled: false }, mailCatcher: { enabled: false } };
    expect(loadConfig({ GALLEY_MODE }, folder)).toMatchObject(off);
    const named = { GALLEY_MODE, SANDBOX: "on", MAIL_CATCHER: "on" };
    const { config, findings } = inspectConfig(named, folder);
    expect(config).toMatchObject({ sandbox: { enabled: true }, mailCatcher: { enabled: true } });
    const warned = findings.filter(({ level }) => level === "warning").map(({ variable }) => variable);
    expect(warned).toEqual(["SANDBOX", "MAIL_CATCHER"]);
  }
  for (const GALLEY_MODE of ["development", "test"]) {
    expect(loadConfig({ GALLEY_MODE }, folder)).toMatchObject({ sandbox: { enabled: true } });
  }
});

test("a token for programs is not short and is never repeated", () => {
  expect(loadConfig({ METRICS_TOKEN: "0123456789abcdef" }, folder).metricsToken).toBe("0123456789abcdef");
  expect(problemsOf({ METRICS_TOKEN: "hunter2" })).toEqual(["METRICS_TOKEN"]);
  expect(describeConfigProblems(inspectConfig({ METRICS_TOKEN: "hunter2" }, folder).findings)).not.toMatch(
    /hunter2/,
  );
});
