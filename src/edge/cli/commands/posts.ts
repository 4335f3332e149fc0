import type { Command } from "commander";
import { z } from "zod";
import { deliveriesSchema, postPageSchema, postSchema } from "../answers.ts";
import type { Context, Register } from "../context.ts";
import { deliveriesText, postText, table } from "../print.ts";
import { idOf } from "../post-id.ts";

/** posts, show, status, copy. */
export const postCommands: Register = (program, action) => {
  program
    .command("posts")
    .description("list posts, newest first")
    .option("--status <states>", "only these states, separated by commas")
    .option("--limit <count>", "how many", "20")
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
  const options = z.object({ status: z.string().optional(), limit: z.string() }).parse(command.opts());
  const query = new URLSearchParams({
    limit: options.limit,
    ...(options.status ? { status: options.status } : {}),
  });
  const api = await context.api();
  const page = await api.call({ path: `/posts?${query.toString()}`, schema: postPageSchema });
  context.print(page, () => {
    if (page.items.length === 0) return "No posts yet. Draft one: galley draft FILE|URL --to sandbox";
    const rows = page.items.map((post) => [
      post.id,
      post.status.replaceAll("_", " "),
      post.scheduled ? `${post.scheduled.wall} ${post.scheduled.zone}` : "",
      post.channels.map((channel) => channel.connector).join(","),
      post.title.length > 60 ? `${post.title.slice(0, 59)}…` : post.title,
    ]);
    return table(["id", "status", "goes out", "channels", "title"], rows);
  });
}

async function show(context: Context, command: Command): Promise<void> {
  const api = await context.api();
  const post = await api.call({ path: `/posts/${idOf(command)}`, schema: postSchema });
  context.print(post, () => postText(post));
}

async function status(context: Context, command: Command): Promise<void> {
  const id = idOf(command);
  const api = await context.api();
  const post = await api.call({ path: `/posts/${id}`, schema: postSchema });
  const deliveries = await api.call({ path: `/posts/${id}/deliveries`, schema: deliveriesSchema });
  context.print({ id, status: post.status, title: post.title, post, deliveries: deliveries.items }, () => {
    const head = `${post.title}: ${post.status.replaceAll("_", " ")}`;
    return deliveries.items.length === 0
      ? `${head}; nothing was handed over yet.`
      : `${head}\n${deliveriesText(deliveries)}`;
  });
}

async function copy(context: Context, command: Command): Promise<void> {
  const api = await context.api();
  const path = `/posts/${idOf(command)}/copy`;
  const post = await api.call({ method: "POST", path, schema: postSchema });
  context.print(post, () => `New draft ${post.id}: ${post.title}`);
}
