/** Apart from compose.ts: a person who plays a script needs no workspace, and nobody else pays for loading it. */
export { startScriptedModel } from "../adapter/scripted-model/start-scripted-model.ts";
