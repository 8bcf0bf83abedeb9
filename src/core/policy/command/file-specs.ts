import type { FileSpec } from "./file-command.ts";

// These rows hold for several programs, and one's option with a value is another's switch (`head -c 5`, `od -c`): a value taken
// for a path of the own folder costs nothing, a path taken for a value is not judged. So none is declared that could be a switch.
const reads: FileSpec = { all: "read", values: { "--files0-from": "read" } };
const lists: FileSpec = { all: "read", deep: ["-R", "--recursive"], here: true };
const wide: FileSpec = { all: "read", deep: true, here: true, values: { "-o": "write" } };
const writes: FileSpec = { all: "write" };
const modes: FileSpec = {
  all: "write",
  first: "data",
  deep: ["-R", "--recursive"],
  plainWith: ["--reference"],
  values: { "--reference": "read" },
};
const packs: FileSpec = { all: "write", values: { "-S": "data", "-o": "write", "-T": "data", "-D": "read" } };
const copyValues = {
  "-t": "write",
  "--target-directory": "write",
  "-S": "data",
  "--suffix": "data",
  "-m": "data",
  "-o": "data",
  "-g": "data",
  "--mode": "data",
} as const;
const diffs: FileSpec = {
  all: "read",
  deep: ["-r", "--recursive"],
  values: {
    "-x": "data",
    "-X": "read",
    "-I": "data",
    "-U": "data",
    "-C": "data",
    "--label": "data",
    "--to-file": "read",
    "--from-file": "read",
    "-o": "write",
    "--output": "write",
  },
};

/** Programs that only read or write the files they are given. What they leave out of here is judged as an unknown program's. */
export const fileSpecs: ReadonlyMap<string, FileSpec> = new Map([
  ...row(
    reads,
    "cat tac nl head tail less more most wc file stat md5sum sha1sum sha224sum sha256sum sha384sum sha512sum b2sum cksum sum xxd od",
  ),
  ...row(
    reads,
    "hexdump hd strings base64 base32 basenc paste join comm fold fmt expand unexpand column rev realpath readlink df zcat zless zmore",
  ),
  ...row(
    reads,
    "bzcat xzcat zstdcat lzcat bat batcat tokei cloc ldd nm objdump readelf size getfacl getfattr lsattr namei look shasum md5 pr tsort",
  ),
  ...row(reads, "cmp identify exiftool mdcat glow iconv ptx sdiff diff3 lsof"),
  ...row({ ...reads, values: { "-d": "data", "-f": "data", "-c": "data", "-b": "data", "--output-delimiter": "data" } }, "cut"),
  ...row({ all: "data" }, "tr"),
  ...row(lists, "ls dir vdir exa eza lsd gls"),
  ...row(wide, "du tree ncdu dust erd"),
  ...row(diffs, "diff colordiff wdiff icdiff difft"),
  ...row(
    {
      ...reads,
      values: {
        "-o": "write",
        "--output": "write",
        "-k": "data",
        "-t": "data",
        "-S": "data",
        "-T": "write",
        "--files0-from": "read",
        "--compress-program": "use",
      },
    },
    "sort gsort",
  ),
  ...row({ all: "read", last: "write", values: { "-f": "data", "-s": "data", "-w": "data" } }, "uniq"),
  ...row(writes, "tee sponge mknod vipe"),
  ...row({ all: "write", values: { "-s": "data", "--size": "data", "-r": "read", "--reference": "read", "-n": "data" } }, "truncate shred"),
  ...row({ all: "write", values: { "-d": "data", "--date": "data", "-t": "data", "-r": "read", "--reference": "read" } }, "touch gtouch"),
  ...row({ all: "write", values: { "-m": "data", "--mode": "data" } }, "mkdir mkfifo"),
  ...row({ all: "write", values: { "-p": "write", "--tmpdir": "write", "--suffix": "data" } }, "mktemp"),
  ...row({ all: "remove", unfollowed: true, deep: ["-r", "-R", "--recursive"] }, "rm grm"),
  ...row({ all: "remove", unfollowed: true }, "unlink rmdir trash trash-put srm"),
  ...row({ ...modes, plainWith: ["--reference", "-r", "-w", "-x", "-X", "-s", "-t"] }, "chmod"),
  ...row(modes, "chown chgrp"),
  ...row({ all: "write", deep: ["-R", "--recursive"] }, "chattr chcon setfattr"),
  ...row({ all: "write", values: { "-m": "data", "-x": "data", "-M": "read" } }, "setfacl"),
  ...row(
    {
      all: "read",
      last: "write",
      values: copyValues,
      deep: ["-r", "-R", "-a", "--recursive", "--archive"],
      plainWith: ["-t", "--target-directory"],
    },
    "cp gcp pcp",
  ),
  ...row(
    { all: "remove", last: "write", values: copyValues, unfollowed: true, deep: true, plainWith: ["-t", "--target-directory"] },
    "mv gmv",
  ),
  ...row(
    { all: "read", last: "write", values: copyValues, writesWith: ["-d", "--directory"], plainWith: ["-t", "--target-directory"] },
    "install ginstall",
  ),
  ...row({ all: "write", first: "data" }, "rename prename"),
  ...row(
    { all: "write", first: "read", values: { "-l": "data", "-b": "data", "-n": "data", "-a": "data", "-C": "data", "--filter": "use" } },
    "split",
  ),
  ...row({ all: "data", first: "read", values: { "-f": "write", "--prefix": "write", "-n": "data" } }, "csplit"),
  ...row(
    {
      all: "write",
      values: {
        "-d": "write",
        "--directory": "write",
        "-i": "read",
        "--input": "read",
        "-o": "write",
        "--output": "write",
        "-r": "write",
        "-p": "data",
        "-B": "write",
        "-D": "data",
      },
    },
    "patch",
  ),
  ...row(packs, "gzip gunzip bzip2 bunzip2 xz unxz zstd unzstd lz4 lzma compress uncompress pigz pbzip2 brotli"),
]);

function row(spec: FileSpec, names: string): [string, FileSpec][] {
  return names.split(" ").map((name) => [name, spec]);
}
