import type { Act } from "../act.ts";
import { type Arg, dropStart, plainArg, startOf } from "./arg.ts";
import { type CommandView, unclear, usePath } from "./command-view.ts";
import { hasOption, type OptionValues, readOptions, useOptions } from "./read-options.ts";
import { scanWord } from "./scan-word.ts";

const curlValues: OptionValues = {
  ...{
    "-o": "write",
    "--output": "write",
    "--output-dir": "write",
    "-D": "write",
    "--dump-header": "write",
    "-c": "write",
    "--cookie-jar": "write",
    "--trace": "write",
  },
  ...{
    "--trace-ascii": "write",
    "--stderr": "write",
    "--etag-save": "write",
    "--hsts": "write",
    "--libcurl": "write",
    "-T": "read",
    "--upload-file": "read",
    "-K": "read",
  },
  ...{
    "--config": "read",
    "-b": "data",
    "--cookie": "data",
    "-E": "read",
    "--cert": "read",
    "--key": "read",
    "--cacert": "read",
    "--netrc-file": "read",
    "--unix-socket": "use",
  },
  ...{
    "--abstract-unix-socket": "use",
    "-H": "data",
    "--header": "data",
    "-X": "data",
    "--request": "data",
    "-A": "data",
    "--user-agent": "data",
    "-e": "data",
    "--referer": "data",
  },
  ...{
    "-u": "data",
    "--user": "data",
    "-m": "data",
    "--max-time": "data",
    "--connect-timeout": "data",
    "--retry": "data",
    "-w": "data",
    "--write-out": "data",
    "-r": "data",
  },
  ...{
    "-d": "data",
    "--data": "data",
    "--data-binary": "data",
    "--data-raw": "data",
    "--data-urlencode": "data",
    "--data-ascii": "data",
    "--json": "data",
    "-F": "data",
    "--form": "data",
    "--form-string": "data",
  },
  ...{
    "-x": "data",
    "--proxy": "data",
    "--preproxy": "data",
    "--url": "data",
    "--resolve": "data",
    "--connect-to": "data",
    "-U": "data",
    "--interface": "data",
    "-C": "data",
    "-z": "data",
    "--url-query": "data",
  },
};
const wgetValues: OptionValues = {
  ...{
    "-O": "write",
    "--output-document": "write",
    "-o": "write",
    "--output-file": "write",
    "-a": "write",
    "-P": "write",
    "--directory-prefix": "write",
    "-i": "read",
    "--input-file": "read",
  },
  ...{
    "--post-data": "data",
    "--post-file": "read",
    "--body-data": "data",
    "--body-file": "read",
    "--method": "data",
    "--header": "data",
    "-U": "data",
    "-t": "data",
    "-T": "data",
    "--save-cookies": "write",
  },
  ...{
    "--load-cookies": "read",
    "--warc-file": "write",
    "-B": "data",
    "--config": "read",
    "-e": "data",
    "--execute": "data",
    "--user": "data",
    "--password": "data",
    "-A": "data",
    "-R": "data",
    "-l": "data",
  },
};
const sending = /^(-d|--data(-\w+)?|--json|-F|--form(-string)?|-T|--upload-file|--post-(data|file)|--body-(data|file))$/;
const asking = /^(GET|HEAD|OPTIONS)$/i;

/** Programs that talk to other programs. Public pages may be asked for; what is near, and what sends, is judged by the rules. */
export function readNetwork(view: CommandView): Act[] {
  if (view.program === "curl") return readWebClient(view, curlValues);
  if (view.program === "wget" || view.program === "aria2c") return readWebClient(view, wgetValues);
  if (/^(https?|xh|websocat|grpcurl)$/.test(view.program)) return readHttpie(view);
  return readRawClient(view);
}

function readWebClient(view: CommandView, values: OptionValues): Act[] {
  const read = readOptions(view.args, values);
  const method = read.options.find(({ name }) => /^(-X|--request|--method)$/.test(name))?.value;
  const sends = read.options.some(({ name }) => sending.test(name)) || (method !== undefined && !asking.test(startOf(method)));
  const asksOnly = hasOption(read, "-G", "--get");
  const urls = [
    ...read.positionals,
    ...read.options.filter(({ name, value }) => /^(--url|-x|--proxy|--preproxy)$/.test(name) && value).map(({ value }) => value as Arg),
  ];
  const attached = read.options
    .filter(({ name, value }) => sending.test(name) && value && /(^|=)[@<]/.test(startOf(value)))
    .map(({ value }) => value as Arg);
  const moved = read.options.filter(({ name, value }) => /^(--resolve|--connect-to)$/.test(name) && value);
  const socket = hasOption(read, "--unix-socket", "--abstract-unix-socket");
  return [
    ...(socket ? [{ kind: "deed", deed: "socket", shown: view.shown } as const] : []),
    ...useOptions(view, read, values),
    ...attached.flatMap((arg) => usePath(view, dropStart(arg, startOf(arg).search(/[@<]/) + 1), { access: "read" })),
    ...moved.map((): Act => ({ kind: "address", url: "http://localhost", sends: false, shown: view.shown })),
    ...urls.flatMap((url) => readUrl(view, url, sends && !asksOnly)),
    ...(hasOption(read, "-K", "--config", "-i", "--input-file", "-e", "--execute") && !/curl/.test(view.program)
      ? [unclear(view, "its addresses stand in a file")]
      : []),
    { kind: "unclear", shown: view.shown, why: "it uses the network" },
  ];
}

/** `{a,b}` and `[1-3]` are curl's own patterns: each choice is an address. */
function readUrl(view: CommandView, arg: Arg, sends: boolean): Act[] {
  const text = startOf(arg);
  if (/^file:/i.test(text)) return usePath(view, arg, { access: "read" });
  const hosts = /^([a-z]+:\/\/)?\{([^}]*)\}(.*)$/i.exec(text);
  const urls = hosts ? (hosts[2] as string).split(",").map((host) => `${hosts[1] ?? ""}${host}${hosts[3] ?? ""}`) : [text];
  if (arg.value === undefined && !/^[a-z]+:\/\/[^/]+\//i.test(text))
    return [unclear(view, `${arg.text} is not known`), ...(text === "" ? [] : urls.map((url) => address(url, sends, view)))];
  return urls.map((url) => address(url, sends, view));
}

function address(url: string, sends: boolean, view: CommandView): Act {
  const merge = /\/(merges?|git\/refs(\/|$)|merge_requests\/\d+\/merge|contents\/)/.test(url) && sends;
  return merge ? { kind: "deed", deed: "forge-write", shown: view.shown } : { kind: "address", url, sends, shown: view.shown };
}

function readHttpie(view: CommandView): Act[] {
  const words = view.args.filter((arg) => !startOf(arg).startsWith("-"));
  const method = /^[A-Z]+$/.test(words[0]?.value ?? "") ? words.shift()?.value : undefined;
  const url = words.shift();
  const sends =
    (method !== undefined && !asking.test(method)) || words.some((arg) => /[=@]/.test(startOf(arg)) && !/==/.test(startOf(arg)));
  const near = url?.value?.startsWith(":") ? plainArg("http://localhost") : url;
  return [...words.flatMap((arg) => scanWord(view, arg, "use")), ...(near ? readUrl(view, near, sends) : [])];
}

/** Raw connections and clients of databases and mail: where to is not said in one form, so all of them are near and send. */
function readRawClient(view: CommandView): Act[] {
  const paths = view.args.flatMap((arg) => scanWord(view, arg, "use").filter((act) => act.kind === "path"));
  if (/^(dig|nslookup|host|whois|ping)$/.test(view.program)) return [...paths, unclear(view, "it uses the network")];
  const sockets = view.args.some((arg) => /unix|socket|\.sock/i.test(startOf(arg)) || arg.value === "-U");
  return [...paths, { kind: "deed", deed: sockets ? "socket" : "elsewhere", shown: view.shown }];
}
