import { contract, idParams } from "#platform/wire";
import * as schema from "./holds.schema.ts";

const tags = ["Channels"];

export const holdsContract = contract({
  listSlowedChannels: {
    method: "GET",
    path: "/channels/slowed",
    access: "channels.read",
    summary: "The channels whose platform asks to wait, or whose posts were seen to appear late",
    tags,
    answers: { 200: schema.slowedList },
  },

  liftHold: {
    method: "POST",
    path: "/channels/:id/hold/lift",
    access: "channels.manage",
    again: "nothing is held any more",
    summary: "Let what is due on a channel go on although its platform has asked to wait",
    tags,
    params: idParams,
    answers: { 200: schema.slowedChannel },
  },

  forgetWindow: {
    method: "POST",
    path: "/channels/:id/window/forget",
    access: "channels.manage",
    again: "it is forgotten already",
    summary: "Forget how late posts of a channel were seen to appear, from its next post on",
    tags,
    params: idParams,
    answers: { 200: schema.slowedChannel },
  },
});
