import { bluesky } from "./bluesky/index.ts";
import type { Connector } from "./contract.ts";
import { email } from "./email/index.ts";
import { facebook } from "./facebook/index.ts";
import { instagram } from "./instagram/index.ts";
import { linkedIn, linkedInPage } from "./linkedin/index.ts";
import { mastodon } from "./mastodon/index.ts";
import { sandbox } from "./sandbox/index.ts";
import { site } from "./site/index.ts";
import { telegram } from "./telegram/index.ts";
import { x } from "./x/index.ts";

export type * from "./contract.ts";
export { forAccount } from "./account-limits.ts";
export { lengthOf } from "./checks.ts";
export { canBeAnswered, externalIdIn } from "./external-ids.ts";
export { ConnectorFailure, transportFailure } from "./failure.ts";
export type { FailureDetails } from "./failure.ts";
export type { Verdict } from "./verdict.ts";
export { fingerprintOf, type Fingerprint } from "./target.ts";
export { mediaKind } from "./media-checks.ts";
export type { MediaKind } from "./media-checks.ts";
export { slugOf } from "./site/slug.ts";
export { listenToClock, type ListenedTo, platformSkewMs } from "./platform-clock.ts";
export { postsIn, quotaInWords, quotaTooSmall, quotaTooSmallInWords } from "./quotas.ts";

/** Every connector, by id. A new platform is one folder and one line here. */
const connectors: Connector[] = [
  sandbox,
  site,
  email,
  bluesky,
  mastodon,
  telegram,
  linkedIn,
  linkedInPage,
  x,
  facebook,
  instagram,
];

export type ConnectorRegistry = ReadonlyMap<string, Connector>;

export function connectorRegistry(list: Connector[] = connectors): ConnectorRegistry {
  return new Map(list.map((connector) => [connector.id, connector]));
}
