import type { DragEvent } from "react";
import type { Body } from "../../api/types.ts";
import { Field, Input, Textarea } from "../../ui/field.tsx";
import { newPostText } from "../messages.ts";

export const materialKinds = ["markdown", "url", "feed", "brief", "blank"] as const;
export type MaterialKind = (typeof materialKinds)[number];
export type Material = { kind: MaterialKind; text: string; url: string; name?: string };

type Written = Material & { kind: Exclude<MaterialKind, "blank"> };

/** The material as the API takes it. */
export function sourceOf({ kind, text, url, name }: Written): Body<"createDrafts">["source"] {
  if (kind === "url" || kind === "feed") return { kind, url: url.trim() };
  return kind === "markdown" && name ? { kind, text, name } : { kind, text };
}

type MaterialFieldProps = {
  material: Material;
  error: string | null;
  onChange: (material: Material) => void;
};

export function MaterialField({ material, error, onChange }: MaterialFieldProps) {
  const { kind } = material;
  if (kind === "blank") return <p className="text-sm text-dim">{newPostText.blank}</p>;
  if (kind === "url" || kind === "feed") {
    return (
      <Field
        label={newPostText[kind]}
        error={error}
        {...(kind === "feed" ? { help: newPostText.feedHelp } : {})}
      >
        {(field) => (
          <Input
            {...field}
            type="url"
            inputMode="url"
            value={material.url}
            placeholder={kind === "feed" ? newPostText.feedPlaceholder : newPostText.urlPlaceholder}
            onChange={(event) => onChange({ ...material, url: event.target.value })}
          />
        )}
      </Field>
    );
  }

  async function drop(event: DragEvent): Promise<void> {
    const [file] = event.dataTransfer.files;
    if (!file) return;
    event.preventDefault();
    onChange({ ...material, text: await file.text(), name: file.name });
  }

  const article = kind === "markdown";
  return (
    <Field label={newPostText[kind]} error={error} {...(article ? { help: newPostText.markdownHelp } : {})}>
      {(field) => (
        <Textarea
          {...field}
          rows={article ? 10 : 5}
          value={material.text}
          placeholder={article ? newPostText.markdownPlaceholder : newPostText.briefPlaceholder}
          onChange={(event) => onChange({ ...material, text: event.target.value })}
          onDrop={(event) => void drop(event)}
          className={article ? "font-mono text-sm" : ""}
        />
      )}
    </Field>
  );
}
