export type { Installation, InstallationOptions } from "./installation.ts";
export { installationFeature } from "./feature.ts";
