// Without the types of oxlint, which is installed under tools alone; it checks this file by its own schema.
type Override = { files: string[]; plugins?: string[]; rules: Record<string, unknown> };

/**
 * Who may import whom: a folder sees the faces named here and no others. The order is that of
 * docs/architecture.md: kit <- platform <- features <- edge <- app.
 */
export const sees: Record<string, string[]> = {
  "src/kit": [],
  "src/platform": ["#kit", "#platform/*"],
  // After the folder above it, whose rules it replaces.
  "src/platform/http-client": ["#kit", "#platform/*"],
  "src/connectors": ["#kit"],
  "src/identity": ["#kit", "#platform/*"],
  "src/installation": ["#kit", "#platform/*", "#identity", "#contracts/identity"],
  "src/workspaces": [
    "#kit",
    "#platform/*",
    "#identity",
    "#identity/routes",
    "#contracts/identity",
    "#installation",
  ],
  "src/site": ["#kit", "#platform/*", "#connectors"],
  "src/channels": ["#kit", "#platform/*", "#connectors", "#workspaces"],
  "src/delivery": ["#kit", "#platform/*", "#connectors", "#installation", "#channels"],
  "src/desk": ["#kit", "#platform/*", "#connectors", "#workspaces", "#channels", "#delivery"],
  "src/attention": [
    "#kit",
    "#platform/*",
    "#workspaces",
    "#channels",
    "#contracts/channels",
    "#delivery",
    "#contracts/delivery",
    "#desk",
    "#contracts/desk",
  ],
  "src/usage": ["#kit", "#platform/*"],
  "src/agent": ["#kit", "#platform/*", "#connectors", "#desk", "#usage"],
  "src/notifications": ["#kit", "#platform/*", "#connectors", "#channels", "#delivery"],
  // The command line speaks to the API like any other client; what is for the machine alone reaches its database.
  "src/edge/cli": [
    "#kit",
    "#contract",
    "#platform/config",
    "#platform/db",
    "#platform/features",
    "#platform/http-client",
    "#identity",
    "#installation",
  ],
  emulator: [],
};

/** Packages that one place alone may name, so that each can be replaced there. */
const owned: Record<string, string[]> = {
  "better-auth": ["src/identity"],
  fastify: ["src/edge/http", "src/platform/wire"],
  "graphile-worker": ["src/platform/jobs"],
  ioredis: ["src/edge/http/limits", "src/platform/live"],
  pg: ["src/platform/db"],
  nodemailer: ["src/platform/mail"],
  "nodemailer/lib/mail-composer": ["src/platform/mail"],
  "nodemailer/lib/smtp-connection": ["src/platform/mail"],
  ai: ["src/agent/llm"],
};

/** The one module that opens connections, and what connections are opened with (docs/decisions/0088). */
const egress = "src/platform/http-client";
const ways = ["dgram", "dns", "dns/promises", "http", "http2", "https", "inspector", "net", "tls"];
const waysOut = ["undici", "ws", ...ways.flatMap((name) => [name, `node:${name}`])].map((name) => ({
  name,
  allowTypeImports: true,
  message: "Connections are opened by #platform/http-client alone.",
}));
const globalWaysOut = ["fetch", "WebSocket", "EventSource", "XMLHttpRequest"];

const leaves = "A relative path stays inside its module; other modules are imported by face.";

function foreignPackages(folder: string): object[] {
  return Object.entries(owned)
    .filter(([, places]) => !places.some((place) => place === folder || place.startsWith(`${folder}/`)))
    .map(([name, places]) => ({ name, message: `${name} belongs to ${places.join(", ")}.` }));
}

/** The rule for one folder at two depths: a relative path may not leave the module, a face outside `sees` is
 * refused. Tests may also reach what is under `test/`, and open connections to what they started. */
function importRules(folder: string): Override[] {
  const allowed = sees[folder] ?? [];
  const foreign = foreignPackages(folder);
  const doors = folder === egress || folder === "emulator" ? [] : waysOut;
  const faces = {
    group: ["#*", "#*/*", ...allowed.map((face) => `!${face}`)],
    message: `${folder} may import ${allowed.join(", ") || "no other module"}; see docs/architecture.md.`,
  };
  const module = folder === "src/platform" ? `${folder}/*` : folder;
  const rule = (files: string, paths: object[], ...patterns: object[]): Override => ({
    files: [`${module}/${files}`],
    rules: { "no-restricted-imports": ["error", { paths, patterns: [faces, ...patterns] }] },
  });
  return [
    rule("*.ts", [...foreign, ...doors], { regex: "^\\.\\./", message: leaves }),
    rule("*/**/*.ts", [...foreign, ...doors], { regex: "^\\.\\./\\.\\./", message: leaves }),
    rule("**/*.test.ts", foreign),
  ];
}

const serverTypes = {
  // But for the parsers of paths and of Markdown and for where a text begins, so that nobody reads one otherwise than
  // the server does, for the languages that both speak, and for the methods and paths of the API's operations.
  group: [
    "#*",
    "#*/*",
    "!#contract",
    "**/src/**",
    "!**/src/kit/direction.ts",
    "!**/src/kit/words/languages.ts",
    "!**/src/kit/own-path.ts",
    "!**/src/platform/rendering/markdown-*.ts",
  ],
  allowTypeImports: true,
  message: "The dashboard imports only types from the server; the API is its way in.",
};

const windows = {
  name: "radix-ui",
  importNames: ["Dialog", "AlertDialog", "DropdownMenu", "ContextMenu"],
  message: "Windows and menus come from web/src/ui, which keeps keys and focus in order (decision 109).",
};

export default {
  plugins: ["typescript", "import", "unicorn", "promise", "node", "oxc"],
  jsPlugins: ["./scripts/lint-rules.ts"],
  categories: { correctness: "error", suspicious: "error", perf: "error" },
  rules: {
    "typescript/no-explicit-any": "error",
    "typescript/no-floating-promises": "error",
    "typescript/no-misused-promises": "error",
    "typescript/switch-exhaustiveness-check": "error",
    "typescript/consistent-type-imports": "error",
    "typescript/no-non-null-assertion": "error",
    "import/no-cycle": "error",
    "import/no-default-export": "error",
    "func-style": ["error", "declaration", { allowArrowFunctions: true }],
    "max-lines": ["error", { max: 399 }],
    "no-restricted-globals": [
      "error",
      ...globalWaysOut.map((name) => ({ name, message: "Connections go through #platform/http-client." })),
    ],
    "no-restricted-properties": [
      "error",
      ...globalWaysOut.map((property) => ({ object: "globalThis", property })),
      { object: "process", property: "getBuiltinModule" },
      { object: "process", property: "binding" },
    ],
    "node/no-process-env": "error",
    // Order matters more than overlap where rows are locked or a platform is called.
    "no-await-in-loop": "off",
    // The compiler checks this (noImplicitReturns) and knows when a switch is exhaustive.
    "typescript/consistent-return": "off",
    "no-shadow": "off",
    // A fixture that depends on no other says so by an empty pattern.
    "no-empty-pattern": ["error", { allowObjectPatternsAsParameters: true }],
    // About Express; Fastify handles what a handler's promise rejects with.
    "oxc/no-async-endpoint-handlers": "off",
    // A copy of a row with one field more is what a view is.
    "oxc/no-map-spread": "off",
    // Where Zod keeps what a schema is made of.
    "no-underscore-dangle": ["error", { allow: ["_zod"] }],
    "unicorn/no-array-sort": "off",
    "typescript/no-unsafe-type-assertion": "off",
  },
  ignorePatterns: ["data", "web/dist"],
  overrides: [
    { files: ["*.config.ts", "web/*.config.ts"], rules: { "import/no-default-export": "off" } },
    {
      files: ["src/platform/config/**", "scripts/**", "test/**", "bench/**", "*.config.ts", "**/*.test.ts"],
      rules: { "node/no-process-env": "off" },
    },
    // Tests look at texts as a whole.
    { files: ["src/**", "web/src/**"], rules: { "galley/addresses-are-parsed": "error" } },
    { files: ["web/src/**"], rules: { "galley/words-are-texts": "error", "galley/keys-are-named": "error" } },
    {
      files: ["**/*.test.ts"],
      rules: { "galley/addresses-are-parsed": "off", "galley/words-are-texts": "off" },
    },
    {
      files: ["web/src/**", "src/edge/cli/**", "test/**", "bench/**", "**/*.test.ts"],
      rules: { "galley/operations-are-called": "error" },
    },
    // What stands in for a person or a platform calls as they do, and these are about addresses as such.
    {
      files: [
        "{test/acceptance,test/contract,test/emulator,emulator,src/connectors}/**",
        "src/edge/http/access/*.test.ts",
        "test/repository/contract.test.ts",
      ],
      rules: { "galley/operations-are-called": "off" },
    },
    { files: ["src/edge/cli/**"], rules: { "galley/words-are-said": "error" } },
    { files: ["src/edge/cli/io.ts"], rules: { "galley/words-are-said": "off" } },
    // As long as there are tables.
    { files: ["src/platform/db/schema.gen.ts"], rules: { "max-lines": "off" } },
    // What clients load of the contract: methods and paths, and of the rest the types alone.
    {
      files: ["src/edge/contract/index.ts"],
      rules: {
        "no-restricted-imports": [
          "error",
          {
            patterns: [
              {
                group: ["#*", "#*/*", "zod", "./every.ts"],
                allowTypeImports: true,
                message: "Clients of the API load this; it brings no schema along.",
              },
            ],
          },
        ],
      },
    },
    // Tests and measurements are clients of a server that they started on the loopback.
    { files: ["test/**", "bench/**", "**/*.test.ts"], rules: { "no-restricted-globals": "off" } },
    // What composes the rest sees all of it, and opens no connection either.
    {
      files: ["src/app/**", "src/edge/http/**", "src/edge/live/**"],
      rules: { "no-restricted-imports": ["error", { paths: waysOut }] },
    },
    { files: ["src/edge/http/**/*.test.ts"], rules: { "no-restricted-imports": "off" } },
    ...Object.keys(sees).flatMap(importRules),
    {
      files: ["web/src/**"],
      // A list of overrides replaces the plugins; those of the server stay.
      plugins: ["typescript", "import", "unicorn", "promise", "oxc", "react", "jsx-a11y"],
      rules: {
        "no-restricted-imports": ["error", { paths: [windows], patterns: [serverTypes] }],
        "import/no-unassigned-import": ["error", { allow: ["**/*.css", "@fontsource-variable/*"] }],
        "react/react-in-jsx-scope": "off",
        // Parts of a thread and pieces of a text are known by their place alone.
        "react/no-array-index-key": "off",
        // A page that is one form, and a window that asks one thing, begin in their first field.
        "jsx-a11y/no-autofocus": "off",
        // `output` and `img` cannot hold what these hold.
        "jsx-a11y/prefer-tag-over-role": "off",
      },
    },
    // Where windows and menus get their rules about keys and focus.
    {
      files: ["web/src/ui/**"],
      rules: { "no-restricted-imports": ["error", { patterns: [serverTypes] }] },
    },
    // The one place of the dashboard that speaks to the server, with the browser's own fetch, and what stands between.
    { files: ["web/src/api/**", "web/service-worker.js"], rules: { "no-restricted-globals": "off" } },
  ],
};
