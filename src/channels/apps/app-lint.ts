import type { FormField } from "#connectors";
import { suspiciousCharacters, withoutSuspicious } from "#kit";

/**
 * What looks wrong about a pasted value. `cleaned` is what Galley would store instead, offered and never
 * taken by itself; null where it cannot tell.
 */
export type AppFinding = { field: string; code: string; message: string; cleaned: string | null };

type Rule = (field: FormField, value: string) => Omit<AppFinding, "field"> | null;

const assignment =
  /^(?:export\s+|set\s+)?([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[a-z][\w.\-]*(?:id|key|secret|token))\s*[=:]\s*(\S.*)$/isv;
const quoted = /^\s*(["'`\u201c\u2018\u00ab\u201e])(.*)(["'`\u201d\u2019\u00bb\u201c])\s*$/sv;
/** No example is longer; some patterns below would take the square of a text that is. */
const longestPlaceholder = 200;
const placeholder =
  // short text: see `longestPlaceholder`
  /^<.*>$|^\{+.*\}+$|^\$\{.*|^\[.*\]$|^x{4,}$|^\*+$|^\.+$|^(?:your|insert|paste|enter|replace|change)[\-_ ]?\w*|^my(?:[\-_ ]\w*|(?:client|app|api|consumer)?(?:id|key|secret|token))$|^(?:the[\-_ ])?(?:client|app|api|consumer)[\-_ ]?(?:id|key|secret|token)(?:[\-_ ]?here)?$|^(?:todo|tbd|none|null|nil|undefined|example|sample|test|secret|password|foo|bar|abc|abcdef|1234567?8?9?0?|changeme)$/iv;
const hidden = /^[\u2022\u25cf\u2217*\u00b7]{4,}/v;

/** One after the other: what an earlier rule explains, a later one does not say again. */
const rules: Rule[] = [
  (_field, value) =>
    hidden.test(value.trim())
      ? {
          code: "app.hidden",
          message:
            "These are the dots that hide the value. Show it on the platform's page first, then copy it.",
          cleaned: null,
        }
      : null,
  (_field, value) => {
    const found = assignment.exec(value.trim());
    if (!found) return null;
    const [, name = "", rest = ""] = found;
    const message = `This is a whole line of a settings file; only what follows "${name}" belongs here.`;
    return { code: "app.assignment", message, cleaned: clean(rest) };
  },
  (_field, value) => {
    const found = quoted.exec(value);
    return found
      ? {
          code: "app.quotes",
          message: "Quotation marks stand around it; they are not part of the value.",
          cleaned: clean(found[2] ?? ""),
        }
      : null;
  },
  (_field, value) => {
    const count = suspiciousCharacters(value).length;
    if (count === 0) return null;
    const message = `It holds ${count === 1 ? "a character" : `${count} characters`} that nobody can see, as copying from some pages leaves them.`;
    return { code: "app.invisible", message, cleaned: clean(value) };
  },
  (field, value) =>
    (value.length <= longestPlaceholder && placeholder.test(value.trim())) ||
    (field.required && value === field.placeholder)
      ? {
          code: "app.placeholder",
          message: `This looks like an example, not your ${field.label}. Copy the real one from the platform's page.`,
          cleaned: null,
        }
      : null,
  (_field, value) => {
    if (!/\s/v.test(value)) return null;
    const around = value.trim();
    const message = /\s/v.test(around)
      ? "It has a space or a line break inside; check that it was copied in one piece."
      : "It begins or ends with a space or a line break.";
    return { code: "app.space", message, cleaned: clean(value) };
  },
  (field, value) =>
    field.kind !== "url" && /^https?:\/\//iv.test(value)
      ? { code: "app.address", message: `This is an address, not a ${field.label}.`, cleaned: null }
      : null,
  (_field, value) =>
    /(?:\.{3}|\u2026)/v.test(value)
      ? {
          code: "app.truncated",
          message:
            "Dots stand where the page cut the value short. Copy it with the platform's own copy button.",
          cleaned: null,
        }
      : null,
  (_field, value) =>
    value.endsWith("=")
      ? {
          code: "app.equals",
          message: 'It ends with "=". Check that it is whole, and that the "=" is part of it.',
          cleaned: null,
        }
      : null,
  (field, value) =>
    field.kind === "password" && value.length < 8
      ? {
          code: "app.short",
          message: "It is shorter than the secret of any platform; part of it seems to be missing.",
          cleaned: null,
        }
      : null,
  (_field, value) =>
    /[^\u0020-\u007e]/v.test(value)
      ? {
          code: "app.letters",
          message: "It holds letters that only look like those of an id. Copy it again instead of typing it.",
          cleaned: null,
        }
      : null,
];

function clean(value: string): string {
  const plain = withoutSuspicious(value).replaceAll(/\s+/gv, "");
  return quoted.exec(plain)?.[2] ?? plain;
}

/**
 * Everything that looks wrong about the values of an app, as they were pasted. Pure. Fields that are left
 * out are not looked at: who keeps a stored secret does not paste it again.
 */
export function lintApp(
  fields: readonly FormField[],
  values: Readonly<Record<string, string>>,
): AppFinding[] {
  const findings: AppFinding[] = [];
  for (const field of fields) {
    const value = values[field.key] ?? "";
    // A choice or an address has rules of its own.
    if (value === "" || (field.kind !== "text" && field.kind !== "password")) continue;
    const [found] = rules.flatMap((rule) => rule(field, value) ?? []);
    if (found) findings.push({ field: field.key, ...found });
  }
  findings.push(...mixedUp(fields, values));
  return findings;
}

// Formats that are told apart by sight: LinkedIn's, Google's and Meta's secrets; Meta's and X's ids, LinkedIn's ids.
const secretLooks = /^WPL_AP\d|^GOCSPX-|^[0-9a-f]{32}$/v;
const idLooks = /^\d{12,20}$|TpjaQ$|^[0-9a-z]{14}$/v;

/** The id where the secret belongs, or one value in both places. */
function mixedUp(fields: readonly FormField[], values: Readonly<Record<string, string>>): AppFinding[] {
  const texts = fields.filter(({ kind, required }) => kind === "text" && required);
  const secrets = fields.filter(({ kind }) => kind === "password");
  return texts.flatMap((text) =>
    secrets.flatMap((secret): AppFinding[] => {
      const [id, key] = [(values[text.key] ?? "").trim(), (values[secret.key] ?? "").trim()];
      if (id === "" || key === "") return [];
      if (id === key) {
        const message = `${text.label} and ${secret.label} are the same; one of them was pasted twice.`;
        return [{ field: secret.key, code: "app.equal", message, cleaned: null }];
      }
      const isSwapped =
        (secretLooks.test(id) && !secretLooks.test(key)) || (idLooks.test(key) && !idLooks.test(id));
      if (!isSwapped) return [];
      const message = `${text.label} and ${secret.label} seem to be swapped.`;
      return [
        { field: text.key, code: "app.swapped", message, cleaned: key },
        { field: secret.key, code: "app.swapped", message, cleaned: id },
      ];
    }),
  );
}
