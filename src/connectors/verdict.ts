/**
 * What a failed call says about the world. Everything after the first byte that is not a clear answer
 * is `unknown`: the post may be out.
 *
 * - `not_sent`: no byte left (DNS, connect, TLS), or the post itself has to wait (a file in processing, for
 *   `retryAfterSeconds`): nothing is visible, so sending again is safe
 * - `rejected`: the platform answered that it will not take this content; final
 * - `unauthorized`: the access token is refused; `expired` may be refreshed, `revoked` needs the person
 * - `throttled`: the account is refused for now (429), and all that it has due waits `retryAfterSeconds`
 * - `unknown`: timeout, reset, 408, any 5xx, an answer that cannot be parsed, a refusal in another form than the platform's
 */
export type Verdict = "not_sent" | "rejected" | "unauthorized" | "throttled" | "unknown";
