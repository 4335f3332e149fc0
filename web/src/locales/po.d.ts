/** As `catalogues` in web/catalogues.ts compiles it. */
declare module "*.po" {
  const catalogue: import("@lingui/core").Messages;
  export default catalogue;
}
