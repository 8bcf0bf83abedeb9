/**
 * What a call would do, in words that rules judge. A tool, a shell command or an MCP call is read into acts; the rules know
 * nothing of tools. What cannot be read becomes an act too (`unclear`), so that nothing is passed over.
 */
export type Act =
  | PathAct
  | AddressAct
  | RefAct
  | RepositoryAct
  | GitSettingAct
  | VariableAct
  | MalformedAct
  /** A guard-breaking thing that needs no further facts: named, shown. */
  | { readonly kind: "deed"; readonly deed: Deed; readonly shown: string }
  /** A program whose doings the call does not tell. */
  | { readonly kind: "program"; readonly program: string; readonly shown: string }
  /** What the parser cannot decide (P5). */
  | { readonly kind: "unclear"; readonly shown: string; readonly why: string }
  /** The tool itself: known or not, in the role's palette or not. */
  | { readonly kind: "tool"; readonly tool: string; readonly known: boolean; readonly nature: ToolNature };

export type ToolNature = "read" | "write" | "shell" | "fetch" | "talk" | "spawn" | "own" | "mcp";

export interface PathAct {
  readonly kind: "path";
  /** Absolute, `..` kept. With a glob: the folder where it starts. Undefined: not known where it begins. */
  readonly path: string;
  readonly access: Access;
  /** Everything below is meant too: recursive search, copy, removal. */
  readonly deep: boolean;
  /** Segments of a pattern, from `path` on. */
  readonly glob?: readonly string[];
  /** The last link is not followed: it is removed, renamed or made. */
  readonly unfollowed?: boolean;
  /** It happens only if one of these folders cannot be entered. */
  readonly unless?: readonly string[];
  readonly shown: string;
}

/**
 * `use`: handed to something that may read or write it. `enter`: becomes the folder where commands run.
 * `link`: a link to it is made.
 */
export type Access = "read" | "write" | "remove" | "use" | "enter" | "link";

export interface AddressAct {
  readonly kind: "address";
  readonly url: string;
  /** Whether something is sent there beyond the question itself. */
  readonly sends: boolean;
  readonly shown: string;
}

/** A ref is moved, made or removed by `how`. An unknown one is undefined. `new`: refused by git where it exists already. */
export interface RefAct {
  readonly kind: "ref";
  readonly ref: string | undefined;
  readonly where: "here" | "remote";
  readonly change: "new" | "move" | "delete" | "checkout";
  readonly shown: string;
}

/** A git command changes index, branch or tree of the repository in which it finds itself. */
export interface RepositoryAct {
  readonly kind: "repository";
  readonly folder: string;
  readonly unless?: readonly string[];
  readonly shown: string;
}

export interface GitSettingAct {
  readonly kind: "git-setting";
  readonly key: string;
  readonly value: string | undefined;
  /** `call`: for one command (`-c`, an environment variable). */
  readonly scope: "call" | "repository" | "user";
  readonly shown: string;
}

export interface VariableAct {
  readonly kind: "variable";
  readonly name: string;
  readonly value: string | undefined;
  /** Program that finds it; undefined where the shell itself keeps it. */
  readonly program: string | undefined;
  readonly folder: string;
  readonly shown: string;
}

export interface MalformedAct {
  readonly kind: "malformed";
  readonly fault: "call" | "size" | "syntax";
  readonly what: string;
}

export type Deed =
  | "skip-hooks"
  | "rewrite-refs"
  | "lose-history"
  | "remove-worktree"
  | "embed-repository"
  | "change-remote"
  | "change-submodule"
  | "forge-merge"
  | "forge-write"
  | "signal"
  | "service"
  | "privilege"
  | "elsewhere"
  | "socket"
  | "client"
  | "bypass"
  | "own-program"
  | "spawn-workflow"
  | "user-settings"
  | "store-query"
  | "publish";
