export { type Lease, LeaseLost, leasesSweep, underLease } from "./leases.ts";
export { heldUntil, isHeld, type LeaseKey, revokeLease } from "./leases.store.ts";
