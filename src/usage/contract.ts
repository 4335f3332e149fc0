export { usageContract } from "./usage.contract.ts";
