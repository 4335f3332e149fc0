import type { Language, Message } from "#kit";
import { escapeHtml, msg, oneLine, plural, webAddress } from "#kit";
import { mailPage } from "#platform/mail";
import { dayIn, type Say } from "#platform/texts";
import type { Notice } from "./notifications.store.ts";

type Place = {
  publicUrl: string;
  connectorName: (id: string) => string;
  workspaceName: string;
  /** What the reader is written to in, and how it says messages. */
  language: Language;
  say: Say;
};
type Paragraphs = { headline: string; happened: string; addresses: string[]; todo: string; link: string };

const longestTitle = 80;
const longestReason = 400;

/** One line, cut where it is too long. */
function plain(text: string, longest: number): string {
  const line = oneLine(text);
  // Cut at the end of a character, not within a surrogate pair.
  return line.length <= longest ? line : `${line.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

type Words = {
  headline: (post: string, channel: string) => Message;
  happened: Message;
  addresses?: Message;
  todo: Message;
};

/** What happened and what to do, by the state of the delivery. */
const deliveryWords: Record<Exclude<Notice["kind"], "expiry"> | "came_up", Words> = {
  needs_human: {
    headline: (post, channel) => msg`Is “${{ post }}” live on ${{ channel }}?`,
    happened: msg`The post was sent, the answer was lost, and Galley cannot tell whether it is live.`,
    addresses: msg`Galley saw what may be it:`,
    todo: msg`Look at the channel, then open the post and say whether it is live. Until then nothing is sent again.`,
  },
  second_copy: {
    headline: (post, channel) => msg`“${{ post }}” is on ${{ channel }} twice`,
    happened: msg`The platform's answer was lost, its list did not show the post, and Galley sent it again. The first copy came up after that.`,
    addresses: msg`Both are live:`,
    todo: msg`Take one of them down on the platform, then open the post and say that it is done.`,
  },
  came_up: {
    headline: (post, channel) => msg`“${{ post }}” is live on ${{ channel }} after all`,
    happened: msg`The platform's answer was lost, and its list did not show the post, so Galley took it for absent. It came up after that.`,
    addresses: msg`It is here:`,
    todo: msg`Open the post before anybody sends it again, and say that you know.`,
  },
  needs_reconnect: {
    headline: (post, channel) => msg`“${{ post }}” waits: connect ${{ channel }} again`,
    happened: msg`Galley has no access to the channel, so the post was not sent.`,
    todo: msg`Open the post and connect the channel again. A post that is not late by then goes out by itself.`,
  },
  missed: {
    headline: (post, channel) => msg`“${{ post }}” was not published on ${{ channel }} in time`,
    happened: msg`The post did not go out at its time, and it is later than the workspace allows.`,
    todo: msg`Open the post, then publish it now or cancel it.`,
  },
  rejected: {
    headline: (post, channel) => msg`“${{ post }}” was refused on ${{ channel }}`,
    happened: msg`The post could not be published.`,
    todo: msg`Open the post to see the reason, mend it, and try again or cancel it.`,
  },
  partly: {
    headline: (post, channel) => msg`“${{ post }}” did not reach everybody on ${{ channel }}`,
    happened: msg`The mail went out, and the server refused some of its recipients.`,
    todo: msg`Open the post to see who they are, and correct or take out their addresses in the channel.`,
  },
};

const endingWords: Record<string, Message> = {
  access: msg`Galley's access to the channel ends, and only you can renew it.`,
  consent: msg`The consent that the platform was given for the channel ends, and only you can renew it.`,
  secret: msg`The secret of the platform's app ends; a new one has to be entered.`,
  api_version: msg`The platform ends the version of its interface that is in use; a newer one has to be set.`,
};

function paragraphsOf(notice: Notice, { publicUrl, connectorName, language, say }: Place): Paragraphs {
  const platform = connectorName(notice.connector);
  const handle = notice.handle === null ? "" : plain(notice.handle, longestTitle);
  const channel = handle === "" ? platform : `${platform} (${handle})`;
  if (notice.kind === "expiry") {
    const day = dayIn(language, notice.endsAt);
    const ending = endingWords[notice.subject] ?? msg`Something about the channel ends.`;
    return {
      headline: say(msg`${{ channel }} needs you before ${{ day }}`),
      happened: `${say(ending)} ${say(msg`The last day is ${{ day }} (UTC).`)}`,
      addresses: [],
      todo: say(msg`Open the channels and renew it before then, or posts will wait.`),
      link: `${publicUrl}/channels`,
    };
  }
  const words = deliveryWords[notice.kind === "second_copy" && !notice.isTwice ? "came_up" : notice.kind];
  const addresses = notice.addresses.map(webAddress).filter((address) => address !== null);
  const happened = [say(words.happened)];
  // What Galley itself said is in the catalogue, as far as it holds no values; the platform's words stay as they are.
  if (notice.reason !== null) {
    const reason = say({ message: notice.reason });
    happened.push(say(msg`Reason: ${{ reason: plain(reason, longestReason) }}`));
  }
  return {
    headline: say(words.headline(plain(notice.title, longestTitle), channel)),
    happened: happened.join(" "),
    addresses: addresses.length > 0 && words.addresses ? [say(words.addresses), ...addresses] : [],
    todo: say(words.todo),
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
  const { say, language } = place;
  const parts = notices.map((notice) => paragraphsOf(notice, place));
  const workspace = plain(place.workspaceName, longestTitle);
  const [only] = parts;
  const count = parts.length;
  const subject =
    count === 1 && only
      ? only.headline
      : say(
          plural(
            { count },
            {
              one: msg`# thing needs you in ${{ workspace }}`,
              other: msg`# things need you in ${{ workspace }}`,
            },
          ),
        );
  const footer = say(msg`You get this because you run the workspace ${{ workspace }} or wrote the post.`);
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
    html: mailPage(language, `${html.join("<hr>")}<hr><p>${escapeHtml(footer)}</p>`),
  };
}

function linkTo(address: string): string {
  return `<a href="${escapeHtml(address)}">${escapeHtml(address)}</a>`;
}
