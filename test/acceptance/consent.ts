import { parseHTML } from "linkedom";

/**
 * Goes through a platform's consent page as a browser would: every form is answered with what it holds and
 * `decision=allow`, every redirect is followed until one leads back to `origin`. Returns that address. `fields` are
 * what the person fills in.
 */
export async function agree(
  authorizeUrl: string,
  origin: string,
  fields: Readonly<Record<string, string>> = {},
): Promise<URL> {
  let request = new Request(authorizeUrl);
  for (let step = 0; step < 10; step += 1) {
    const response = await fetch(request, { redirect: "manual" });
    const location = response.headers.get("location");
    if (location !== null) {
      const next = new URL(location, request.url);
      if (next.origin === origin) return next;
      request = new Request(next);
      continue;
    }
    request = allowed(await response.text(), request.url, fields);
  }
  throw new Error(`the consent at ${authorizeUrl} leads nowhere`);
}

function allowed(page: string, at: string, fields: Readonly<Record<string, string>>): Request {
  const { document } = parseHTML(page);
  const form = document.querySelector("form[method=post]");
  if (!form) throw new Error(`no consent is asked for at ${at}: ${page.slice(0, 500)}`);
  const body = new URLSearchParams();
  for (const field of form.querySelectorAll("input[name]")) {
    const choice = ["checkbox", "radio"].includes(field.getAttribute("type") ?? "");
    if (choice && !field.hasAttribute("checked")) continue;
    body.append(field.getAttribute("name") ?? "", field.getAttribute("value") ?? "");
  }
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  body.set("decision", "allow");
  return new Request(new URL(form.getAttribute("action") ?? "", at), { method: "POST", body });
}
