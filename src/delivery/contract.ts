import { decisionsContract, deliveriesContract } from "./api/deliveries.contract.ts";
import { holdsContract } from "./holds/holds.contract.ts";
import { quarantineContract } from "./quarantine/quarantine.contract.ts";

export const deliveryContract = {
  ...deliveriesContract,
  ...decisionsContract,
  ...holdsContract,
  ...quarantineContract,
};
export { delivery as deliverySchema } from "./api/deliveries.schema.ts";
