import type { ModelCall, ModelRequest, ModelScript, ScriptedTurn } from "../contract/model-script.ts";

/** A model that says what a script says (docs/model-script.md), running. */
export interface RunningModel {
  /** `http://127.0.0.1:PORT`, without a path; of a socket its path. */
  readonly url: string;
  /** Everything asked so far, in order. */
  requests(): readonly ModelRequest[];
  /** Every tool call made so far, with what the client answered to it. */
  calls(): readonly ModelCall[];
  close(): Promise<void>;
}

export type StartModel = (args: {
  readonly script: ModelScript;
  /** A unix socket to listen on; default a free port of loopback. */
  readonly socket?: string;
  /** Runs before a turn is answered; what it gives is answered instead. */
  readonly onTurn?: (request: ModelRequest) => Promise<ScriptedTurn | undefined> | ScriptedTurn | undefined;
}) => Promise<RunningModel>;
