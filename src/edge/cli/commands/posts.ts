import type { Command } from "commander";
import { z } from "zod";
import { deliveriesSchema, postPageSchema, postSchema } from "../answers.ts";
import type { Context, Register } from "../context.ts";
import { givenId, shortIds, wholeId } from "../ids.ts";
import { deliveriesText, postText, table } from "../print.ts";

/** posts, show, status, copy. */
export const postCommands: Register = (program, action) => {
  program
    .command("posts")
    .description("list posts, newest first")
    .option("--status <states>", "only these states, separated by commas")
    .option("--search <words>", "only those with these words in title or text")
    .option("--from <time>", "only those that go out at this moment or later, such as 2026-12-01T00:00:00Z")
    .option("--to <time>", "only those that go out before this moment")
    .option("--limit <count>", "how many, 100 at most", "20")
    .option("--cursor <place>", "the next page, as the last one names it")
    .action(action(posts));
  program.command("show").description("a post as it would go out").argument("<id>").action(action(show));
  program
    .command("status")
    .description("where a post stands on each channel")
    .argument("<id>")
    .action(action(status));
  program
    .command("copy")
    .description("a new draft that says what a post says now")
    .argument("<id>")
    .action(action(copy));
};

async function posts(context: Context, command: Command): Promise<void> {
  const { search, ...options } = z.record(z.string(), z.string()).parse(command.opts());
  const query = { ...options, ...(search === undefined ? {} : { q: search }) };
  const api = await context.api();
  const page = await api.call("listPosts", { query, schema: postPageSchema });
  context.print(page, () => {
    if (page.items.length === 0) {
      const isAll = Object.keys(options).every((name) => name === "limit") && search === undefined;
      return isAll ? "No posts yet. Draft one: galley draft FILE|URL --to sandbox" : "No post fits.";
    }
    const short = shortIds(page.items.map(({ id }) => id));
    const rows = page.items.map((post) => [
      short.get(post.id) ?? post.id,
      post.status.replaceAll("_", " "),
      post.scheduled ? `${post.scheduled.wall} ${post.scheduled.zone}` : "",
      post.channels.map((channel) => channel.connector).join(","),
      post.title.length > 60 ? `${post.title.slice(0, 59)}…` : post.title,
    ]);
    const list = table(["id", "status", "goes out", "channels", "title"], rows);
    return page.next === null ? list : `${list}\n\nThere are more: add --cursor ${page.next}`;
  });
}

async function show(context: Context, command: Command): Promise<void> {
  const given = givenId(command, "post");
  const api = await context.api();
  const id = await wholeId(api, given, "post");
  const post = await api.call("getPost", { params: { id }, schema: postSchema });
  context.print(post, () => postText(post));
}

async function status(context: Context, command: Command): Promise<void> {
  const given = givenId(command, "post");
  const api = await context.api();
  const id = await wholeId(api, given, "post");
  const post = await api.call("getPost", { params: { id }, schema: postSchema });
  const deliveries = await api.call("listPostDeliveries", { params: { id }, schema: deliveriesSchema });
  context.print({ id, status: post.status, title: post.title, post, deliveries: deliveries.items }, () => {
    const head = `${post.title}: ${post.status.replaceAll("_", " ")}`;
    return deliveries.items.length === 0
      ? `${head}; nothing was handed over yet.`
      : `${head}\n${deliveriesText(deliveries)}`;
  });
}

async function copy(context: Context, command: Command): Promise<void> {
  const given = givenId(command, "post");
  const api = await context.api();
  const id = await wholeId(api, given, "post");
  const post = await api.call("copyPost", { params: { id }, schema: postSchema });
  context.print(post, () => `New draft ${post.id}: ${post.title}`);
}
