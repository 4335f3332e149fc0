export { SecretsError } from "./error.ts";
export type { SecretPlace, Secrets } from "./secrets.ts";
export { createSecrets } from "./secrets.ts";
