/**
 * Whether a URL or host leads to this machine or its network, in any spelling: names, IPv6, decimal, octal or hexadecimal
 * IPv4, names made for it (nip.io). What is no URL of http or https is near too: `file:`, `unix:`, `gopher:` …
 */
export function isNear(url: string): boolean {
  const found = /^([a-z][a-z0-9+.-]*):(\/\/)?/i.exec(url);
  if (found && !/^https?$/i.test(found[1] as string) && !/^\d/.test(url.slice(found[0].length)))
    return !/^(ssh|git|ftps?)$/i.test(found[1] as string);
  const host = hostOf(url);
  if (host === "") return true;
  if (
    /(^|\.)(localhost|localdomain|local|internal|lan|home|intranet|corp|ip6-localhost|ip6-loopback|host\.docker\.internal)\.?$/.test(host)
  )
    return true;
  if (/(^|\.)(nip\.io|sslip\.io|xip\.io|localtest\.me|lvh\.me|vcap\.me|lacolhost\.com|traefik\.me)\.?$/.test(host)) return true;
  if (host.includes(":")) return isNearIpv6(host);
  const number = readIpv4(host);
  if (number !== undefined) return isNearIpv4(number);
  // A name without a dot is one of this network.
  return !host.includes(".");
}

function hostOf(url: string): string {
  const rest = url.replace(/^[a-z][a-z0-9+.-]*:\/*/i, "").replace(/^\/\//, "");
  const authority = rest.split(/[/?#\\]/)[0] as string;
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  const six = /^\[([^\]]*)\]?/.exec(host);
  const name = six ? (six[1] as string) : host.split(":").length > 2 ? host : (host.split(":")[0] as string);
  return decode(name).normalize("NFKC").toLowerCase();
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

/** As inet_aton reads it: one to four parts, each decimal, octal or hexadecimal; the last fills what is left. */
function readIpv4(host: string): number | undefined {
  const parts = host.replace(/\.$/, "").split(".");
  if (parts.length > 4 || parts.some((part) => !/^(0x[0-9a-f]*|\d+)$/i.test(part))) return undefined;
  const numbers = parts.map((part) =>
    /^0x/i.test(part) ? Number.parseInt(part.slice(2) || "0", 16) : Number.parseInt(part, /^0\d/.test(part) ? 8 : 10),
  );
  const last = numbers.pop() as number;
  return numbers.reduce((sum, number, at) => sum + number * 256 ** (3 - at), 0) + last;
}

function isNearIpv4(number: number): boolean {
  if (!Number.isFinite(number) || number >= 2 ** 32) return true;
  const [a, b] = [Math.floor(number / 2 ** 24), Math.floor(number / 2 ** 16) % 256];
  return (
    a === 0 ||
    a === 127 ||
    a === 10 ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b < 128) ||
    a >= 224
  );
}

/** Anything but a global unicast address without an IPv4 address inside. */
function isNearIpv6(host: string): boolean {
  const address = host.split("%")[0] as string;
  return !/^[23][0-9a-f]{0,3}:/.test(address) || /^2002:|^64:ff9b/.test(address);
}
