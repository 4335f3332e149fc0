export { siteContract } from "./site.contract.ts";
