import type { EmulatorRequest } from "../http.ts";
import { badRequest, LinkedInRefusal } from "./errors.ts";

/** LinkedIn's answer to a request below `/rest` whose headers are not as they must be; `oldest` is the first version that still lives. */
export function checkVersion(request: EmulatorRequest, oldest: string, now: Date): void {
  const version = request.headers["linkedin-version"];
  if (typeof version !== "string") {
    const message =
      "A version must be present. Please specify a version by adding the LinkedIn-Version header.";
    throw new LinkedInRefusal(400, null, "VERSION_MISSING", message);
  }
  if (!/^\d{4}(?:0[1-9]|1[0-2])$/.test(version)) throw badRequest("LinkedIn-Version is YYYYMM");
  const isNew = version > now.toISOString().slice(0, 7).replace("-", "");
  if (version < oldest || isNew) {
    throw new LinkedInRefusal(426, null, "NONEXISTENT_VERSION", `Requested version ${version} is not active`);
  }
  if (request.headers["x-restli-protocol-version"] !== "2.0.0") {
    throw badRequest("X-Restli-Protocol-Version is 2.0.0");
  }
}
