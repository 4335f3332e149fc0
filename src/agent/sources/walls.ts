/** What stands before a text and is none. */
export type Wall = "bot_wall" | "consent_wall" | "sign_in_wall" | "script_wall" | "paywall";

/** A page as far as walls are concerned. */
export type WallSignals = {
  /** Where the page came from, after its redirects. */
  url: string;
  html: string;
  title: string;
  /** What a reader sees of the whole page, in paragraphs. */
  paragraphs: readonly string[];
  /** The page names itself an article, or has an `<article>` with paragraphs. */
  isArticle: boolean;
  /** What its structured data (`application/ld+json`) says of the text: false where it is for payers. */
  isFree: boolean | null;
  /** `article:content_tier`, where the page has one. */
  tier: string | null;
};

/** Characters of visible text that a wall never has; an article about walls does. */
const WALL_TEXT = 1_500;
/** Looked through for markers, from the front. */
const LOOKED_AT = 200_000;

/** Names in the code of the services that stand before pages; none is in a page that was let through. */
const botMarkers = [
  "_cf_chl_opt",
  "cf-challenge-running",
  "challenge-platform/h/",
  "cf_chl_",
  "cf-browser-verification",
  "geo.captcha-delivery.com",
  "captcha-delivery.com/c.js",
  "_incapsula_resource",
  "px-captcha",
  "/_sec/cp_challenge",
  "sec-if-cpt-container",
  "bm-verify",
  "errors.edgesuite.net",
  "awswafcookiedomainlist",
  "token.awswaf.com",
  "gokuprops",
  "check.ddos-guard.net",
  "sgcaptcha",
  "kpsdk",
  "within.website/x/cmd/anubis",
  "perfdrive.com",
  "validate.perfdrive",
  "arkoselabs.com",
  "recaptcha/challengepage",
  "sucuri_cloudproxy_js",
];

type Phrases = readonly RegExp[];

const botPhrases: Phrases = [
  /\bchecking (?:your browser|if the site connection is secure|that you are (?:not a )?(?:bot|human))/i,
  /^just a moment\b|^one moment, please/i,
  /\bverif(?:y|ying|ication)(?: that)? you(?:'re| are) (?:a )?(?:human|not a (?:ro)?bot)/i,
  /\b(?:are you|confirm you(?:'re| are)|making sure you(?:'re| are)|prove you(?:'re| are)) (?:not )?(?:a )?(?:robot|human|bot)\b/i,
  /\bunusual (?:traffic|activity) from (?:your|this)/i,
  /^attention required\b|^access (?:to this page has been )?denied\b|^pardon our interruption/i,
  /\bddos protection by\b|\bcomplete the (?:security check|captcha)/i,
  /\b(?:ihr browser wird überprüft|sind sie ein (?:mensch|roboter)|bestätigen sie, dass sie ein mensch)/i,
  /(?:vérification de votre navigateur|vérifi(?:er|ez) que vous êtes (?:un )?humain)/i,
  /(?:comprobando (?:su|tu) navegador|verifi(?:que|car|ca) que (?:es|eres) (?:un )?(?:ser )?humano)/i,
];
const scriptPhrases: Phrases = [
  /\b(?:enable|turn on|activate|requires?|needs?|allow) (?:javascript|java script|js)\b/i,
  /\bjavascript (?:is|must be|has to be|needs to be|appears to be) (?:disabled|enabled|required|turned o(?:n|ff)|not available)/i,
  /\bjavascript (?:ist (?:deaktiviert|erforderlich)|aktivieren|muss)|\bactiv(?:er|ez) javascript|\bhabilit[ae]r? javascript|\battiva(?:re)? javascript/i,
];
const consentPhrases: Phrases = [
  /^before you continue\b|\bwe (?:value|care about|respect) your privacy\b|\b(?:accept|reject|allow) (?:all )?cookies\b/i,
  /\b(?:alle(?:n)? (?:cookies )?akzeptieren|cookies (?:akzeptieren|zustimmen)|mit werbung weiterlesen|ihre privatsphäre ist uns wichtig)/i,
  /(?:tout accepter|accepter (?:les|tous les) cookies|aceptar (?:todas las )?cookies|accetta (?:tutti i )?cookie)/i,
];
const signInPhrases: Phrases = [
  /\b(?:log ?in|sign ?in|join)(?: or (?:sign|log) ?(?:up|in))? to (?:continue|see|view|read)\b/i,
  /\byou (?:must|need to) (?:log|sign) ?in\b|\bmelden sie sich an, um\b|\bconnectez-vous pour\b|\binicia sesión para\b/i,
];
const payPhrases: Phrases = [
  /\b(?:subscribe|sign up|register|join|log ?in|pay)\b[^.!?]{0,60}\bto (?:continue|keep|finish|go on) reading\b/i,
  /\b(?:to (?:continue|keep) reading|to read (?:the (?:full|whole|rest)|this))\b[^.!?]{0,60}\b(?:subscri(?:be|ption)|sign up|member(?:ship)?|log ?in)/i,
  /\b(?:this|the (?:full|rest of (?:the|this))) (?:article|story|post|content)\b[^.!?]{0,40}\b(?:for|to) (?:paid |paying |our )?(?:subscribers|members)\b/i,
  /\b(?:already a (?:subscriber|member)\?|(?:subscribers|members)[ -]only\b|you(?:'ve| have) (?:reached|read|used)[^.!?]{0,40}(?:free )?(?:articles?|limit))/i,
  /\b(?:weiterlesen mit|jetzt (?:abonnieren|abo)[^.!?]{0,40}weiterlesen|nur für abonnenten|artikel (?:ist )?(?:exklusiv )?für abonnent)/i,
  /(?:réservé(?:e|s)? aux abonnés|abonnez-vous pour (?:lire|continuer)|la suite est réservée)/i,
  /(?:suscríb(?:e|a)te para (?:seguir|continuar)|(?:exclusivo|solo) para suscriptores|abbonati per (?:continuare|leggere)|riservato agli abbonati|assine para continuar)/i,
];

/**
 * The wall that a page is, or null for a text. Walls have markers of the service that puts them up or a telling
 * phrase, and hardly any text: a page that is long, or names itself an article, is read although it speaks of walls. That a text
 * is for payers is believed where the page's own data says so, or where what can be read ends with it.
 */
export function wallOf(page: WallSignals): Wall | null {
  if (page.isFree === false || page.tier === "locked") return "paywall";
  const length = page.paragraphs.reduce((sum, paragraph) => sum + paragraph.length, 0);
  if (endsWithPay(page, length)) return "paywall";
  if (length > WALL_TEXT) return null;
  const code = page.html.slice(0, LOOKED_AT).toLowerCase();
  if (botMarkers.some((marker) => code.includes(marker))) return "bot_wall";
  const { hostname, pathname } = new URL(page.url);
  if (/^(?:consent|guce|cmp)\./.test(hostname)) return "consent_wall";
  if (page.isArticle) return null;
  // Where people are told to wait or to agree, it is the title or one of the first lines that says so.
  const lines = [page.title, ...page.paragraphs.slice(0, 6)].map((line) => line.trim().slice(0, 400));
  const says = (phrases: Phrases) => lines.some((line) => phrases.some((phrase) => phrase.test(line)));
  if (says(botPhrases)) return "bot_wall";
  if (says(scriptPhrases)) return "script_wall";
  if (says(consentPhrases)) return "consent_wall";
  if (says(signInPhrases) || /\/(?:authwall|login|signin|sign-in)\/?$/.test(pathname)) return "sign_in_wall";
  return null;
}

/** A short line near the end that asks for a subscription: what stands before it is a teaser. */
function endsWithPay(page: WallSignals, length: number): boolean {
  if (length > 4 * WALL_TEXT) return false;
  const last = length > WALL_TEXT ? page.paragraphs.slice(-4) : page.paragraphs;
  return last.some(
    (line) => line.length <= (page.isArticle ? 160 : 240) && payPhrases.some((phrase) => phrase.test(line)),
  );
}

/** True where an answer that is no page (403, 429, 503) comes from a service that looks for robots. */
export function isBotAnswer(headers: Record<string, string>, body: string): boolean {
  if (headers["cf-mitigated"] === "challenge" || headers["x-amzn-waf-action"] !== undefined) return true;
  const text = body.slice(0, LOOKED_AT);
  const code = text.toLowerCase();
  if (botMarkers.some((marker) => code.includes(marker))) return true;
  const title = /<title[^>]{0,100}>([^<]{0,200})/i.exec(text)?.[1]?.trim() ?? "";
  return botPhrases.some((phrase) => phrase.test(title));
}
