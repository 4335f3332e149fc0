import type { LanguageReading } from "./detector.ts";

/**
 * What a text's words look like, by n-grams; null where they look like no language. Their tables take 30 MB and are
 * loaded with the first text: call it in a thread that ends (docs/decisions/0105).
 */
export async function readLanguage(text: string): Promise<LanguageReading | null> {
  const { readSample } = await import("./detector.ts");
  return readSample(text);
}
