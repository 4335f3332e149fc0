// A personal data server of the AT Protocol with a directory of its own, in memory and on a temporary
// folder. Runs in the system's own Node, for which its SQLite addon was compiled. Prints one JSON line
// with its address and an account, and ends with its standard input.
const { mkdtempSync, rmSync } = require("node:fs");
const { createServer } = require("node:net");
const { tmpdir } = require("node:os");
const path = require("node:path");
const { randomBytes } = require("node:crypto");
const { Secp256k1Keypair } = require("@atproto/crypto");
const { PDS, envToCfg, envToSecrets } = require("@atproto/pds");
const plc = require("@did-plc/server");

async function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function post(url, method, body, token) {
  const headers = { "content-type": "application/json" };
  if (token) headers.authorization = `Bearer ${token}`;
  // oxlint-disable-next-line no-restricted-globals -- not a part of Galley: it sets its own server up
  const response = await fetch(`${url}/xrpc/${method}`, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method}: ${response.status} ${await response.text()}`);
  return response.json();
}

async function main() {
  const folder = mkdtempSync(path.join(tmpdir(), "galley-pds-"));
  const plcPort = await freePort();
  const directory = plc.PlcServer.create({ db: plc.Database.mock(), port: plcPort });
  await directory.start();

  const port = await freePort();
  const rotation = await Secp256k1Keypair.create({ exportable: true });
  const environment = {
    devMode: true,
    port,
    hostname: "localhost",
    serviceHandleDomains: [".test"],
    dataDirectory: folder,
    blobstoreDiskLocation: path.join(folder, "blobs"),
    didPlcUrl: `http://127.0.0.1:${plcPort}`,
    bskyAppViewUrl: "https://appview.invalid",
    bskyAppViewDid: "did:example:invalid",
    inviteRequired: false,
    rateLimitsEnabled: false,
    disableSsrfProtection: true,
    adminPassword: randomBytes(16).toString("hex"),
    jwtSecret: randomBytes(16).toString("hex"),
    plcRotationKeyK256PrivateKeyHex: Buffer.from(await rotation.export()).toString("hex"),
  };
  const server = await PDS.create(envToCfg(environment), envToSecrets(environment));
  await server.start();
  const url = `http://127.0.0.1:${port}`;

  const account = await post(url, "com.atproto.server.createAccount", {
    handle: "ada.test",
    email: "ada@example.com",
    password: randomBytes(12).toString("hex"),
  });
  const { password } = await post(
    url,
    "com.atproto.server.createAppPassword",
    { name: "galley" },
    account.accessJwt,
  );
  process.stdout.write(
    `${JSON.stringify({ url, did: account.did, handle: account.handle, appPassword: password })}\n`,
  );

  process.stdin.resume();
  process.stdin.once("end", () => void stop());

  async function stop() {
    await server.destroy();
    await directory.destroy();
    rmSync(folder, { recursive: true, force: true });
    process.exit(0);
  }
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
