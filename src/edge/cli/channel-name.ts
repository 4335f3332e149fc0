import { CliFailure } from "./exit.ts";

type Named = { id: string; connector: string; handle: string };

/** An id is known by its beginning from here on. */
const shortestId = 8;

/** Whether a person means this channel: by its id, its platform, or its handle with or without the @. */
export function isNamed(channel: Named, name: string): boolean {
  const wanted = name.toLowerCase();
  const handle = channel.handle.replace(/^@/, "").toLowerCase();
  const isId = wanted.length >= shortestId && channel.id.startsWith(wanted);
  return isId || channel.connector === name || handle === wanted.replace(/^@/, "");
}

/** The one connected channel that a name means. Throws where there is none, or more than one. */
export function theChannel<Channel extends Named & { status: string }>(
  channels: readonly Channel[],
  name: string,
): Channel {
  const connected = channels.filter(({ status }) => status !== "disconnected");
  const found = connected.filter((channel) => isNamed(channel, name));
  if (found[0] && found.length === 1) return found[0];
  if (found.length === 0) {
    throw new CliFailure(
      "notFound",
      `No channel is called "${name}". See them with galley channels, or connect one: galley connect ${name}`,
    );
  }
  const choices = found.map(({ handle, id }) => `${handle} (${id})`).join(", ");
  throw new CliFailure("usage", `"${name}" fits several channels; name one of ${choices}.`);
}
