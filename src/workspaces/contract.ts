import { invitationsContract, membersContract, vouchingContract } from "./members/members.contract.ts";
import { personContract, setUpContract, workspaceSettingsContract } from "./workspaces.contract.ts";

export const workspacesContract = {
  ...setUpContract,
  ...personContract,
  ...workspaceSettingsContract,
  ...membersContract,
  ...invitationsContract,
  ...vouchingContract,
};
