import { z } from "zod";

/** A mail address by which a person signs in. */
export const email = z.email().max(254);
