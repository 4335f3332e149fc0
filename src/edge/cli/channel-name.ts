/** Whether a person means this channel: by its id, its platform, or its handle with or without the @. */
export function isNamed(channel: { id: string; connector: string; handle: string }, name: string): boolean {
  const handle = channel.handle.replace(/^@/, "").toLowerCase();
  return channel.id === name || channel.connector === name || handle === name.replace(/^@/, "").toLowerCase();
}
