import type { Act } from "../act.ts";
import { readFileUrl, toPathAct } from "./to-path-act.ts";
import type { ToolInput } from "./tool-table.ts";

const addressIn = /\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>)\]}]+/gi;

/** A page of the web or a resource of an MCP server, by its URL. A prompt may name one too. */
export function readFetchTool({ scene, call, input }: ToolInput): Act[] {
  const given = [input.url, input.uri].filter((value): value is string => typeof value === "string");
  const prompts = given.length > 0 ? [] : [input.prompt, input.query].filter((value): value is string => typeof value === "string");
  const urls = [...given, ...prompts.flatMap((text) => [...text.matchAll(addressIn)].map((found) => found[0]))];
  if (urls.length === 0) return [{ kind: "malformed", fault: "call", what: `${call.tool} without an address` }];
  return urls.flatMap((url): Act[] => {
    if (readFileUrl(url) !== undefined || url.startsWith("/") || url.startsWith("~") || url.startsWith(".")) {
      return toPathAct({ text: url, cwd: call.cwd, home: scene.policy.home, access: "read", deep: true });
    }
    if (typeof input.server === "string" && !/^(https?|wss?):/i.test(url)) return readResource(url, { scene, call, input });
    return [{ kind: "address", url, sends: false, shown: url }];
  });
}

/** A resource has a scheme of its server's own; what looks like a path in it is one. */
function readResource(url: string, { scene, call }: ToolInput): Act[] {
  const path = url.replace(/^[a-z][a-z0-9+.-]*:\/*(?=\/|[^/])/i, "");
  const rooted = path.startsWith("/") || url.includes(":///") ? (path.startsWith("/") ? path : `/${path}`) : path;
  const escapes = rooted.startsWith("/") || rooted.startsWith("~") || decodeSafe(rooted).split("/").includes("..");
  if (!escapes) return [];
  return toPathAct({ text: decodeSafe(rooted), cwd: call.cwd, home: scene.policy.home, access: "read", deep: true });
}

function decodeSafe(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
