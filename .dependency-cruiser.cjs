// Imports go one way: contract ← core, port ← adapter, stage ← app ← entry. Each rule has a fixture that breaks it in
// test/architecture/fixture/<rule>/, and a test that sees it fire.

/** Adapters that may use another one: a slot is a tree that is shown in the box, for the box's user. */
const declaredAdapterImports = { slot: ["box"] };
const declared = Object.entries(declaredAdapterImports);

const anyFolder = "contract|core|port|adapter|stage|app|entry";
/** Everything in src that is not in these folders. */
const except = (...folders) => `^src/(?!(${folders.join("|")})/)`;

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "contract-imports-contract-only",
      comment: "The contract is what every other room is built against; it knows none of them.",
      severity: "error",
      from: { path: "^src/contract/" },
      to: { path: except("contract") },
    },
    {
      name: "core-imports-contract-only",
      comment: "The core decides; whoever calls it acts. Types of the ports are all that it may name.",
      severity: "error",
      from: { path: "^src/core/" },
      to: { path: except("contract", "core", "port") },
    },
    {
      name: "core-uses-port-types-only",
      comment: "A value of a port would tie the core to the world. `import type` is free.",
      severity: "error",
      from: { path: "^src/core/" },
      to: { path: "^src/port/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "core-has-no-node",
      comment: "No files, processes, clock or randomness in the core: the same input gives the same answer.",
      severity: "error",
      from: { path: "^src/core/" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "port-imports-contract-only",
      comment: "A port says what is needed of the world, in the contract's words.",
      severity: "error",
      from: { path: "^src/port/" },
      to: { path: except("contract", "port") },
    },
    {
      name: "adapter-stays-below",
      comment: "An adapter serves a port; it knows nothing of the flow.",
      severity: "error",
      from: { path: "^src/adapter/" },
      to: { path: "^src/(stage|app|entry)/" },
    },
    {
      name: "adapter-imports-no-other-adapter",
      comment: "Adapters meet in entry/compose.ts. An exception is declared at the head of this file.",
      severity: "error",
      from: { path: "^src/adapter/([^/]+)/", pathNot: declared.map(([adapter]) => `^src/adapter/${adapter}/`) },
      to: { path: "^src/adapter/", pathNot: "^src/adapter/$1/" },
    },
    ...declared.map(([adapter, others]) => ({
      name: `adapter-${adapter}-imports-${others.join("-and-")}-only`,
      comment: "Declared at the head of this file.",
      severity: "error",
      from: { path: `^src/adapter/${adapter}/` },
      to: { path: `^src/adapter/(?!(${[adapter, ...others].join("|")})/)` },
    })),
    {
      name: "stage-imports-no-other-stage",
      comment: "Stages meet in the pipeline's table and through the store.",
      severity: "error",
      from: { path: "^src/stage/([^/]+)/" },
      to: { path: "^src/stage/", pathNot: "^src/stage/$1/" },
    },
    {
      name: "stage-stays-below",
      comment: "A stage takes the world as an argument; it picks no adapter and calls no use case.",
      severity: "error",
      from: { path: "^src/stage/" },
      to: { path: "^src/(adapter|app|entry)/" },
    },
    {
      name: "entry-imports-no-stage",
      comment: "A face calls use cases; the stages are theirs. Types are free.",
      severity: "error",
      from: { path: "^src/entry/" },
      to: { path: "^src/stage/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "app-picks-no-adapter",
      comment: "A use case is shared by every face; what it acts on is handed in.",
      severity: "error",
      from: { path: "^src/app/" },
      to: { path: "^src/(adapter|entry)/" },
    },
    {
      name: "only-compose-imports-adapters",
      comment: "One place picks the implementations: compose.ts, and what stands beside it for faces that need no workspace.",
      severity: "error",
      from: { path: "^src/entry/", pathNot: "^src/entry/compose[a-z-]*[.]ts$" },
      to: { path: "^src/adapter/" },
    },
    {
      name: "mcp-offers-no-release",
      comment: "A session relays answers; what asks for the operator's own word is not within its reach (ADR 10).",
      severity: "error",
      from: { path: "^src/entry/mcp/" },
      to: {
        path: "^src/app/(add|adopt|answer|approve|attach|block|edit|init|pause|ready|reject|stop|unblock|withdraw)-[a-z-]+[.]ts$|^src/app/(guard|home|prove)/",
      },
    },
    {
      name: "chore-stands-alone",
      comment: "The chore tool runs inside the box as one file: no store, no stages, no commands.",
      severity: "error",
      from: { path: "^src/entry/chore/" },
      to: { path: "^src/(adapter|port|stage|app|entry/(?!chore/))" },
    },
    {
      name: "database-stays-in-its-adapter",
      comment: "A second store, or a second index, must be able to take its place.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/adapter/(store|search)-" },
      to: { path: "(^|/)node_modules/(libsql|kysely)/|^(libsql|kysely)$" },
    },
    {
      name: "source-imports-no-test",
      comment: "What ships does not lean on what checks it.",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(test|bench|demo)/" },
    },
    {
      name: "no-circle",
      comment: "Two files that need each other are one file, or need a third. What is loaded later, on demand, is no circle.",
      severity: "error",
      from: { path: `^src/(${anyFolder})/` },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only", "dynamic-import"] } },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: {
      extensions: [".ts", ".js", ".mjs", ".json"],
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
    },
  },
};
