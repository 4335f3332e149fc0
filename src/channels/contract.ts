import { channelsContract as accountsContract, channelStateContract } from "./api/channels.contract.ts";
import { connectContract } from "./api/connect.contract.ts";
import { channelSecretsContract, doctorContract, warningsContract } from "./api/doctor.contract.ts";
import {
  accountsContract as platformAccountsContract,
  appsContract,
  authorizationContract,
  platformsContract,
} from "./api/oauth.contract.ts";
import { pendingContract } from "./api/pending.contract.ts";

export const channelsContract = {
  ...accountsContract,
  ...connectContract,
  ...pendingContract,
  ...platformsContract,
  ...authorizationContract,
  ...platformAccountsContract,
  ...appsContract,
  ...doctorContract,
  ...channelSecretsContract,
  ...warningsContract,
  ...channelStateContract,
};

export { warning as warningSchema } from "./api/oauth.schema.ts";
