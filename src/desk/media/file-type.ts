/** The type of a file by its first bytes, whatever its name says; null where they are no known one. */
export async function mimeTypeOf(bytes: Uint8Array): Promise<string | null> {
  // Loaded with the first upload: most starts see none.
  const { fileTypeFromBuffer } = await import("file-type");
  return (await fileTypeFromBuffer(bytes))?.mime ?? null;
}
