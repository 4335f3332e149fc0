export { SecretsError } from "./error.ts";
export type { Secrets } from "./secrets.ts";
export { createSecrets } from "./secrets.ts";
