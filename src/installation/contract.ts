import { installationContract as adminsContract } from "./installation.contract.ts";
import { securityContract } from "./security.contract.ts";

export const installationContract = { ...adminsContract, ...securityContract };
