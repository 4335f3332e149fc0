import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { v4 } from "uuid";
import { upload } from "../api/client.ts";
import { messageOf } from "../api/problem.ts";
import { mediaQuery } from "../api/queries.ts";
import type { Limits, Media, VariantContent } from "../api/types.ts";
import { refusal } from "./media-limits.ts";

type Attached = VariantContent["media"][number];

/** One file on its way. `done` is 0 to 1; `reason` says why it did not arrive, and whether trying again may help. */
export type Upload = {
  id: string;
  file: File;
  done: number;
  reason: string | null;
  retry: boolean;
};

/**
 * Files on their way to the server, each on its own: what becomes of one is nothing to the others.
 *
 * @param onAdded called with what has arrived, with the variant as it is then, not as it was when the file was chosen
 */
export function useUploads(limits: Limits, onAdded: (media: Attached[]) => void) {
  const queryClient = useQueryClient();
  const [uploads, setUploads] = useState<Upload[]>([]);
  const arrived = useRef<Attached[]>([]);
  const [, setArrivals] = useState(0);

  const add = useEffectEvent(onAdded);
  // After every render, so that what arrived meets the text as it is.
  useEffect(() => {
    const media = arrived.current.splice(0);
    if (media.length > 0) add(media);
  });

  function change(id: string, next: Partial<Upload>): void {
    setUploads((all) => all.map((one) => (one.id === id ? { ...one, ...next } : one)));
  }
  function dismiss(id: string): void {
    setUploads((all) => all.filter((one) => one.id !== id));
  }

  async function send({ id, file }: Upload): Promise<void> {
    const form = new FormData();
    form.set("altText", "");
    form.set("file", file);
    try {
      const media = await upload<Media>("/media", form, (done) => change(id, { done }));
      queryClient.setQueryData(mediaQuery(media.id).queryKey, media);
      arrived.current.push({ mediaId: media.id, altText: media.altText });
      setArrivals((count) => count + 1);
      dismiss(id);
    } catch (error) {
      change(id, { reason: messageOf(error), retry: true });
    }
  }

  function start(files: File[]): void {
    const chosen = files.map((file): Upload => {
      const reason = refusal(file, limits);
      return { id: v4(), file, done: 0, reason, retry: false };
    });
    setUploads((all) => [...all.filter(({ reason }) => reason === null), ...chosen]);
    for (const one of chosen) {
      if (one.reason === null) void send(one);
    }
  }

  function retry(one: Upload): void {
    change(one.id, { done: 0, reason: null, retry: false });
    void send(one);
  }

  return { uploads, start, retry, dismiss };
}
