import { getDomain } from "tldts";

/** Parameters that count a visit and lead nowhere: campaign tags and click ids. A name that ends in `*` stands for all that begin so. */
const counters =
  `utm_* fbclid gclid gclsrc dclid gbraid wbraid gad_* msclkid yclid ymclid twclid ttclid li_fat_id igshid igsh mc_cid
  mc_eid mc_tc _hsenc _hsmi __hstc __hssc __hsfp hsctatracking mkt_tok vero_id vero_conv oly_enc_id oly_anon_id rb_clickid wickedid
  _openstat pk_* piwik_* mtm_* matomo_* _ga _gl srsltid epik cmpid s_cid s_kwcid at_* xtor ns_* guccounter guce_referrer
  guce_referrer_sig fb_action_ids fb_action_types fb_source __twitter_impression __s ml_subscriber ml_subscriber_hash sc_campaign
  sc_channel sc_content sc_medium sc_outcome sc_geo trk trkinfo ef_id irclickid zanpid admitad_uid ck_subscriber_id bsft_*`.split(
    /\s+/,
  );
const names = new Set(counters.filter((name) => !name.endsWith("*")));
const prefixes = counters.filter((name) => name.endsWith("*")).map((name) => name.slice(0, -1));

/** An address without what counts visits and without its fragment's tags; everything else stays as it was written. */
export function withoutTracking(address: string): string {
  const url = URL.parse(address);
  if (!url) return address;
  if (url.search !== "") {
    const kept = url.search
      .slice(1)
      .split("&")
      .filter((pair) => !counts(pair));
    url.search = kept.join("&");
  }
  if (url.hash !== "" && url.hash.slice(1).split("&").every(counts)) url.hash = "";
  return url.href;
}

function counts(pair: string): boolean {
  const name = (pair.split("=", 1)[0] ?? "").toLowerCase();
  return names.has(name) || prefixes.some((prefix) => name.startsWith(prefix));
}

/**
 * The address that a page gives itself, where it may speak for itself: on its own host, or on another of the same
 * registrable domain, as the page without `m.` or `amp.` is. A page on a stranger's host is named as where it was read, and so is
 * one whose "canonical address" is the site's front page.
 */
export function canonicalAddress(named: string | null, page: { url: string; base: string }): string {
  const own = new URL(page.url);
  own.hash = "";
  const canonical = named ? URL.parse(named.trim(), page.base) : null;
  if (!canonical || !isWeb(canonical) || !isSameSite(canonical, own)) return withoutTracking(own.href);
  if (canonical.pathname === "/" && canonical.search === "" && own.pathname !== "/")
    return withoutTracking(own.href);
  canonical.hash = "";
  canonical.username = "";
  canonical.password = "";
  return withoutTracking(canonical.href);
}

function isWeb(url: URL): boolean {
  return url.protocol === "https:" || url.protocol === "http:";
}

function isSameSite(one: URL, other: URL): boolean {
  if (one.port !== other.port) return false;
  if (one.hostname === other.hostname) return true;
  const domain = getDomain(one.hostname, { allowPrivateDomains: true });
  return domain !== null && domain === getDomain(other.hostname, { allowPrivateDomains: true });
}

/** The first web address in a text, without the marks of the sentence around it; null where there is none. */
export function linkIn(text: string): string | null {
  const found = /https?:\/\/[^\s<>"\p{C}]{1,2000}/iu.exec(text)?.[0];
  if (found === undefined) return null;
  let end = found.length;
  while (end > 0 && isAround(found.slice(0, end))) end -= 1;
  const address = found.slice(0, end);
  return URL.canParse(address) && new URL(address).hostname !== "" ? withoutTracking(address) : null;
}

/** Whether a text ends with a mark that belongs to the sentence: a full stop, or a bracket that opened before it. */
function isAround(address: string): boolean {
  const last = address.slice(-1);
  if (/[.,;:!?'’”“„»«*_。，、]/u.test(last)) return true;
  const open = { ")": "(", "]": "[", "}": "{" }[last];
  return open !== undefined && address.split(last).length > address.split(open).length;
}
