/** As `catalogues` in web/catalogues.ts compiles it. */
declare module "*.po" {
  import type { Messages } from "@lingui/core";

  const catalogue: Messages;
  export default catalogue;
}
