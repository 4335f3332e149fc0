/** What one server differs in from another, and what the control route `PUT /control/mastodon` changes. */
export type MastodonServer = {
  /** How long a file is processed. */
  processingMs: number;
  postsPerWindow: number;
  /** The most statuses of one page, whatever is asked for. */
  statusesPerPage: number;
  maxCharacters: number;
  maxFiles: number;
  perUrl: number;
  descriptionLimit: number;
  imageSizeLimit: number;
  videoSizeLimit: number;
  mimeTypes: string[];
  /** 2 as from 4.0 on, 1 as before; 0: the server tells nothing of itself. */
  instanceApi: number;
};

/** A server as Mastodon 4.4 is installed. */
export function usualServer(): MastodonServer {
  return {
    processingMs: 0,
    postsPerWindow: 300,
    statusesPerPage: 40,
    maxCharacters: 500,
    maxFiles: 4,
    perUrl: 23,
    descriptionLimit: 1500,
    imageSizeLimit: 16_777_216,
    videoSizeLimit: 103_809_024,
    mimeTypes: ["image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4", "video/quicktime"],
    instanceApi: 2,
  };
}

/** https://docs.joinmastodon.org/entities/Instance/, the parts of it that a client acts on. */
export function instanceOf(server: MastodonServer, publicUrl: string): object {
  return {
    domain: new URL(publicUrl).host,
    title: "Mastodon emulator",
    version: "4.4.0",
    source_url: "https://github.com/mastodon/mastodon",
    description: "Nothing that is sent here leaves this machine.",
    languages: ["en"],
    configuration: configurationOf(server),
    registrations: { enabled: true, approval_required: false, message: null, url: null },
    api_versions: { mastodon: 6 },
    rules: [],
  };
}

/** https://docs.joinmastodon.org/entities/V1_Instance/, which is all that servers before 4.0 have. */
export function formerInstanceOf(server: MastodonServer, publicUrl: string): object {
  const { statuses, media_attachments, polls } = configurationOf(server);
  // Told from 4.4 on.
  const { description_limit: _later, ...media } = media_attachments;
  return {
    uri: new URL(publicUrl).host,
    title: "Mastodon emulator",
    short_description: "",
    version: "3.5.3",
    languages: ["en"],
    configuration: { statuses, media_attachments: media, polls },
  };
}

function configurationOf(server: MastodonServer) {
  return {
    accounts: { max_featured_tags: 10, max_pinned_statuses: 5 },
    statuses: {
      max_characters: server.maxCharacters,
      max_media_attachments: server.maxFiles,
      characters_reserved_per_url: server.perUrl,
    },
    media_attachments: {
      description_limit: server.descriptionLimit,
      image_matrix_limit: 33_177_600,
      image_size_limit: server.imageSizeLimit,
      supported_mime_types: server.mimeTypes,
      video_frame_rate_limit: 120,
      video_matrix_limit: 8_294_400,
      video_size_limit: server.videoSizeLimit,
    },
    polls: {
      max_options: 4,
      max_characters_per_option: 50,
      min_expiration: 300,
      max_expiration: 2_629_746,
    },
    translation: { enabled: false },
  };
}

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
const handle = /(?<![=/\w])@(\w+(?:[.-]+\w+)*)@[\p{L}\p{N}_]+(?:[.-]+[\p{L}\p{N}_]+)*/giu;

/** As `StatusLengthValidator` counts: a link is as long as any other, a mention has no server, a warning counts as it is. */
export function countedLength(text: string, warning: string, perUrl: number): number {
  const counted = text.replaceAll(/https?:\/\/[^\s<>"]+/g, "x".repeat(perUrl)).replaceAll(handle, "@$1");
  return [...segmenter.segment(warning + counted)].length;
}
