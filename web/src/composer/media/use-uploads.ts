import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { v4 } from "uuid";
import { upload } from "../../api/client.ts";
import { messageOf } from "../../api/problem.ts";
import type { Limits, VariantContent } from "../../api/types.ts";
import { mediaQuery } from "../../media/queries.ts";
import { refusal } from "./media-limits.ts";

type Attached = VariantContent["media"][number];

/** One file on its way. `done` is 0 to 1; `reason` says why it did not arrive, and whether trying again may help. */
export type Upload = {
  id: string;
  channelId: string;
  file: File;
  done: number;
  reason: string | null;
  retry: boolean;
};

/** The files on their way to one channel. */
export type ChannelUploads = {
  uploads: Upload[];
  start: (files: File[], limits: Limits) => void;
  retry: (upload: Upload) => void;
  dismiss: (id: string) => void;
};

export type Arrived = { channelId: string; attached: Attached };

/**
 * Files on their way to the server, each on its own: what becomes of one is nothing to the others. Kept for the whole
 * post, so that they arrive also while another channel is written for.
 *
 * @param onArrived called with what has arrived, when the post is as it is then, not as it was when the file was chosen
 */
export function useUploads(onArrived: (arrived: Arrived[]) => void): (channelId: string) => ChannelUploads {
  const queryClient = useQueryClient();
  const [uploads, setUploads] = useState<Upload[]>([]);
  const arrived = useRef<Arrived[]>([]);
  const [, setArrivals] = useState(0);

  const tell = useEffectEvent(onArrived);
  // After every render, so that what arrived meets the text as it is.
  useEffect(() => {
    const files = arrived.current.splice(0);
    if (files.length > 0) tell(files);
  });

  function change(id: string, next: Partial<Upload>): void {
    setUploads((all) => all.map((one) => (one.id === id ? { ...one, ...next } : one)));
  }
  function dismiss(id: string): void {
    setUploads((all) => all.filter((one) => one.id !== id));
  }

  async function send({ id, channelId, file }: Upload): Promise<void> {
    const form = new FormData();
    form.set("altText", "");
    form.set("file", file);
    try {
      const media = await upload("uploadMedia", form, (done) => change(id, { done }));
      queryClient.setQueryData(mediaQuery(media.id).queryKey, media);
      arrived.current.push({ channelId, attached: { mediaId: media.id, altText: media.altText } });
      setArrivals((count) => count + 1);
      dismiss(id);
    } catch (error) {
      change(id, { reason: messageOf(error), retry: true });
    }
  }

  function start(channelId: string, files: File[], limits: Limits): void {
    const chosen = files.map((file): Upload => {
      const reason = refusal(file, limits);
      return { id: v4(), channelId, file, done: 0, reason, retry: false };
    });
    setUploads((all) => [
      ...all.filter((one) => one.channelId !== channelId || one.reason === null),
      ...chosen,
    ]);
    for (const one of chosen) {
      if (one.reason === null) void send(one);
    }
  }

  function retry(one: Upload): void {
    change(one.id, { done: 0, reason: null, retry: false });
    void send(one);
  }

  return (channelId) => ({
    uploads: uploads.filter((one) => one.channelId === channelId),
    start: (files, limits) => start(channelId, files, limits),
    retry,
    dismiss,
  });
}
