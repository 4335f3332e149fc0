import { contract, idParams } from "#platform/wire";
import * as schema from "./deliveries.schema.ts";

export const deliveriesContract = contract({
  listPostDeliveries: {
    method: "GET",
    path: "/posts/:id/deliveries",
    access: "posts.read",
    summary: "The deliveries of a post with every attempt",
    tags: ["Deliveries"],
    params: idParams,
    answers: { 200: schema.deliveryList },
  },

  listDeliveries: {
    method: "GET",
    path: "/deliveries",
    access: "posts.read",
    summary: "Deliveries by state; by default those that need a person",
    tags: ["Deliveries"],
    query: schema.deliveriesQuery,
    answers: { 200: schema.deliveryPage },
  },

  listStuckDeliveries: {
    method: "GET",
    path: "/deliveries/stuck",
    access: "posts.read",
    summary: "What is neither sent nor asks although its time is over; empty unless Galley has a defect",
    tags: ["Deliveries"],
    answers: { 200: schema.stuckList },
  },
});

export const decisionsContract = contract({
  resolveDelivery: {
    method: "POST",
    path: "/deliveries/:id/resolve",
    access: "posts.publish",
    idempotent: true,
    summary: "Say what became of a post: it is live, or it is not",
    tags: ["Deliveries"],
    params: idParams,
    body: schema.resolveBody,
    answers: { 200: schema.delivery },
  },

  retryDelivery: {
    method: "POST",
    path: "/deliveries/:id/retry",
    access: "posts.publish",
    idempotent: true,
    summary: "Try again what was refused or missed; look again where the outcome is unknown",
    tags: ["Deliveries"],
    params: idParams,
    answers: { 200: schema.delivery },
  },

  acknowledgeSecondCopy: {
    method: "POST",
    path: "/second-copies/:id/acknowledge",
    access: "posts.publish",
    again: "it is acknowledged already",
    summary: "Say that a second copy is settled: taken down on the platform, or left on purpose",
    tags: ["Deliveries"],
    params: idParams,
    answers: { 200: schema.delivery },
  },

  leaveDelivery: {
    method: "POST",
    path: "/deliveries/:id/leave",
    access: "posts.publish",
    idempotent: true,
    summary: "Leave a post as it is of which a part is live and the rest was refused or missed",
    tags: ["Deliveries"],
    params: idParams,
    answers: { 200: schema.delivery },
  },
});
