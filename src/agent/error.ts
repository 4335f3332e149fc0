import { GalleyError } from "#kit";

/** What goes wrong between a source and its drafts; `code` starts with `agent.`. */
export class AgentError extends GalleyError {}
