import { escapeHtml, oneLine, webAddress } from "#kit";
import type { Notice } from "./notifications.store.ts";

type Place = { publicUrl: string; connectorName: (id: string) => string; workspaceName: string };
type Paragraphs = { headline: string; happened: string; addresses: string[]; todo: string; link: string };

const longestTitle = 80;
const longestReason = 400;

/** One line, cut where it is too long. */
function plain(text: string, longest: number): string {
  const line = oneLine(text);
  // Cut at the end of a character, not within a surrogate pair.
  return line.length <= longest ? line : `${line.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

/** What happened and what to do, by the state of the delivery. */
const deliveryWords = {
  needs_human: {
    headline: (post: string, channel: string) => `Is ${post} live on ${channel}?`,
    happened: "The post was sent, the answer was lost, and Galley cannot tell whether it is live.",
    addresses: "Galley saw what may be it:",
    todo: "Look at the channel, then open the post and say whether it is live. Until then nothing is sent again.",
  },
  second_copy: {
    headline: (post: string, channel: string) => `${post} is on ${channel} twice`,
    happened:
      "The platform's answer was lost, its list did not show the post, and Galley sent it again. The first copy came up after that.",
    addresses: "Both are live:",
    todo: "Take one of them down on the platform, then open the post and say that it is done.",
  },
  came_up: {
    headline: (post: string, channel: string) => `${post} is live on ${channel} after all`,
    happened:
      "The platform's answer was lost, and its list did not show the post, so Galley took it for absent. It came up after that.",
    addresses: "It is here:",
    todo: "Open the post before anybody sends it again, and say that you know.",
  },
  needs_reconnect: {
    headline: (post: string, channel: string) => `${post} waits: connect ${channel} again`,
    happened: "Galley has no access to the channel, so the post was not sent.",
    todo: "Open the post and connect the channel again. A post that is not late by then goes out by itself.",
  },
  missed: {
    headline: (post: string, channel: string) => `${post} was not published on ${channel} in time`,
    happened: "The post did not go out at its time, and it is later than the workspace allows.",
    todo: "Open the post, then publish it now or cancel it.",
  },
  rejected: {
    headline: (post: string, channel: string) => `${post} was refused on ${channel}`,
    happened: "The post could not be published.",
    todo: "Open the post to see the reason, mend it, and try again or cancel it.",
  },
  partly: {
    headline: (post: string, channel: string) => `${post} did not reach everybody on ${channel}`,
    happened: "The mail went out, and the server refused some of its recipients.",
    todo: "Open the post to see who they are, and correct or take out their addresses in the channel.",
  },
} as const;

const endingWords: Record<string, string> = {
  access: "Galley's access to the channel ends, and only you can renew it.",
  consent: "The consent that the platform was given for the channel ends, and only you can renew it.",
  secret: "The secret of the platform's app ends; a new one has to be entered.",
  api_version: "The platform ends the version of its interface that is in use; a newer one has to be set.",
};

function paragraphsOf(notice: Notice, { publicUrl, connectorName }: Place): Paragraphs {
  const platform = connectorName(notice.connector);
  const handle = notice.handle === null ? "" : plain(notice.handle, longestTitle);
  const channel = handle === "" ? platform : `${platform} (${handle})`;
  if (notice.kind === "expiry") {
    const day = notice.endsAt.toISOString().slice(0, 10);
    return {
      headline: `${channel} needs you before ${day}`,
      happened: `${endingWords[notice.subject] ?? "Something about the channel ends."} The last day is ${day} (UTC).`,
      addresses: [],
      todo: "Open the channels and renew it before then, or posts will wait.",
      link: `${publicUrl}/channels`,
    };
  }
  const words = deliveryWords[notice.kind === "second_copy" && !notice.isTwice ? "came_up" : notice.kind];
  const addresses = notice.addresses.map(webAddress).filter((address) => address !== null);
  const reason = notice.reason === null ? "" : ` Reason: ${plain(notice.reason, longestReason)}`;
  return {
    headline: words.headline(`“${plain(notice.title, longestTitle)}”`, channel),
    happened: words.happened + reason,
    addresses: addresses.length > 0 && "addresses" in words ? [words.addresses, ...addresses] : [],
    todo: words.todo,
    link: `${publicUrl}/posts/${notice.postId}`,
  };
}

/**
 * One mail about everything that waits for one person. Its links open pages and decide nothing: scanners
 * follow links in mails.
 */
export function writeNotice(
  notices: readonly Notice[],
  place: Place,
): { subject: string; text: string; html: string } {
  const parts = notices.map((notice) => paragraphsOf(notice, place));
  const workspace = plain(place.workspaceName, longestTitle);
  const [only] = parts;
  const subject =
    parts.length === 1 && only ? only.headline : `${parts.length} things need you in ${workspace}`;
  const footer = `You get this because you run the workspace ${workspace} or wrote the post.`;
  const text = parts.map(({ headline, happened, addresses, todo, link }) =>
    [headline, happened, ...(addresses.length > 0 ? [addresses.join("\n")] : []), todo, link].join("\n\n"),
  );
  const html = parts.map(
    ({ headline, happened, addresses: [lead, ...addresses], todo, link }) =>
      `<h2 style="font-size:18px">${escapeHtml(headline)}</h2><p>${escapeHtml(happened)}</p>` +
      (lead === undefined ? "" : `<p>${[escapeHtml(lead), ...addresses.map(linkTo)].join("<br>")}</p>`) +
      `<p>${escapeHtml(todo)}</p><p>${linkTo(link)}</p>`,
  );
  return {
    subject,
    text: `${[...text, footer].join("\n\n---\n\n")}\n`,
    html: `<!doctype html><html lang="en"><body style="font:16px/1.5 sans-serif">${html.join("<hr>")}<hr><p>${escapeHtml(footer)}</p></body></html>`,
  };
}

function linkTo(address: string): string {
  return `<a href="${escapeHtml(address)}">${escapeHtml(address)}</a>`;
}
