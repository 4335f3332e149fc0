const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/;

/** Whether a host's name, in small letters and without a port, means the machine itself; IPv6 with brackets or without. */
export function isLoopbackName(name: string): boolean {
  return loopback.test(name);
}
