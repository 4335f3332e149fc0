export { runsContract as agentContract } from "./runs.contract.ts";
