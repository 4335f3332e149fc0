import { describe, expect, it } from "vitest";
import type { EmulatorRequest } from "#emulator";
import { xSpecValidator } from "./x-spec.ts";

const validate = xSpecValidator();

function request(
  method: string,
  address: string,
  body?: unknown,
  type = "application/json",
): EmulatorRequest {
  const url = new URL(address, "https://api.x.example");
  return {
    method,
    path: url.pathname,
    query: url.searchParams,
    headers: { authorization: "Bearer t", ...(body === undefined ? {} : { "content-type": type }) },
    body: body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body)),
  };
}

describe.skipIf(validate === null)("requests against the specification of X", () => {
  it.each([
    ["a post", request("POST", "/2/tweets", { text: "hello", reply_settings: "following" })],
    [
      "a page of a timeline",
      request("GET", "/2/users/12/tweets?max_results=100&post.fields=entities,created_at"),
    ],
    ["an upload's end", request("POST", "/2/media/upload/12/finalize")],
    ["the consent page", request("GET", "/i/oauth2/authorize?anything=1")],
  ])("are fine: %s", (_name, fine) => {
    expect(validate?.(fine)).toEqual([]);
  });

  it.each([
    [
      "a field that nobody knows",
      request("POST", "/2/tweets", { text: "hello", colour: "red" }),
      /additional/,
    ],
    [
      "a value out of the list",
      request("POST", "/2/tweets", { text: "a", reply_settings: "nobody" }),
      /allowed values/,
    ],
    ["text that is a number", request("POST", "/2/tweets", { text: 1 }), /must be string/],
    [
      "too many images",
      request("POST", "/2/tweets", { media: { media_ids: ["1", "2", "3", "4", "5"] } }),
      /4 items/,
    ],
    [
      "a reply without its parent",
      request("POST", "/2/tweets", { text: "a", reply: {} }),
      /in_reply_to_tweet_id/,
    ],
    [
      "form fields for JSON",
      request("POST", "/2/tweets", { text: "a" }, "application/x-www-form-urlencoded"),
      /content type/,
    ],
    ["no body", request("POST", "/2/media/metadata"), /body is missing/],
    ["a body where none is taken", request("POST", "/2/media/upload/12/finalize", {}), /none is taken/],
    [
      "alt text beyond the limit",
      request("POST", "/2/media/metadata", { id: "1", metadata: { alt_text: { text: "x".repeat(1001) } } }),
      /1000 characters/,
    ],
    ["an id that is none", request("GET", "/2/users/ada/tweets"), /pattern/],
    ["too large a page", request("GET", "/2/users/12/tweets?max_results=101"), /<= 100/],
    ["a number in words", request("GET", "/2/users/12/tweets?max_results=ten"), /must be integer/],
    [
      "an old parameter",
      request("GET", "/2/users/12/tweets?tweet.fields=created_at"),
      /tweet\.fields is unknown/,
    ],
    [
      "an unknown field in a list",
      request("GET", "/2/users/12/tweets?post.fields=entities,colour"),
      /allowed values/,
    ],
    ["a wrong time", request("GET", "/2/users/12/tweets?start_time=yesterday"), /date-time/],
    ["a path that is none", request("GET", "/2/posts"), /no such path/],
    ["a method that is none", request("PUT", "/2/tweets"), /has no PUT/],
  ])("are refused: %s", (_name, wrong, problem) => {
    expect(validate?.(wrong).join("; ")).toMatch(problem);
  });

  it("are refused without a token", () => {
    expect(validate?.({ ...request("GET", "/2/users/me"), headers: {} })).toEqual(["no authorization"]);
  });
});
