const loopback = /^(?:localhost|127(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}|\[?::1\]?)$/;

/** Whether a host's name, in small letters and without a port, means the machine itself; IPv6 with brackets or without. */
export function isLoopbackName(name: string): boolean {
  return loopback.test(name);
}
