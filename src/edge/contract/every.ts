import { agentContract } from "#contracts/agent";
import { attentionContract } from "#contracts/attention";
import { channelsContract } from "#contracts/channels";
import { deliveryContract } from "#contracts/delivery";
import { deskContract } from "#contracts/desk";
import { identityContract } from "#contracts/identity";
import { installationContract } from "#contracts/installation";
import { siteContract } from "#contracts/site";
import { usageContract } from "#contracts/usage";
import { workspacesContract } from "#contracts/workspaces";
import { liveContract } from "../live/live.contract.ts";

/** Every route below `/api/v1` with its schemas, in the order of the description of the API. Clients import its type alone. */
export const everyContract = {
  ...identityContract,
  ...installationContract,
  ...workspacesContract,
  ...channelsContract,
  ...deskContract,
  ...deliveryContract,
  ...attentionContract,
  ...siteContract,
  ...usageContract,
  ...agentContract,
  ...liveContract,
};
