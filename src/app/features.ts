import { agentFeature } from "#agent";
import { attentionFeature } from "#attention";
import { channelsFeature } from "#channels";
import { deliveriesFeature } from "#delivery";
import { deskFeature, importsFeature, mediaLinksFeature } from "#desk";
import { accountsFeature, identityFeature } from "#identity";
import { installationFeature } from "#installation";
import { notificationsFeature } from "#notifications";
import { compose } from "#platform/features";
import { sitesFeature } from "#site";
import { usageFeature } from "#usage";
import { workspacesFeature } from "#workspaces";
import type { Services } from "./services.ts";

/** Every feature of Galley; each describes itself in its `feature.ts`. This is the order in which the API is told. */
export const features = [
  accountsFeature,
  identityFeature,
  installationFeature,
  workspacesFeature,
  channelsFeature,
  mediaLinksFeature,
  deskFeature,
  importsFeature,
  deliveriesFeature,
  attentionFeature,
  sitesFeature,
  notificationsFeature,
  usageFeature,
  agentFeature,
] as const;

/** Every feature, made, beside what it was made of. */
export type Features = ReturnType<typeof createFeatures>;

/**
 * The composition root. What serves requests is made of the result in `api.ts`, what the worker runs in `work.ts`; a
 * process loads what its roles need.
 */
export function createFeatures(services: Services) {
  return compose(services, features);
}
