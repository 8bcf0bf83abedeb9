/**
 * Questions as a person puts them, each with the rule that answers it, in the copy of docs/spec that lies in
 * test/fixture/search: words of the question and of the rule are seldom the same. Neither changes with the rules, or figures of
 * another day could not be compared; the index of docs/spec is not among them, as a wiki's is not (Q1). The first part was
 * judged before anything was tuned by it, the second before the ranking by words held was.
 */
interface Judgment {
  readonly question: string;
  readonly file: string;
  readonly rule: string;
}

export const earlierJudgments: readonly Judgment[] = [
  { question: "Where does my API key go when a client runs?", file: "client.md", rule: "C4" },
  { question: "What happens with a client that is too old?", file: "client.md", rule: "C2" },
  { question: "Can an agent's commands get around the guards?", file: "client.md", rule: "C7" },
  { question: "Is my login visible inside the sandbox, and could it end up in a diff?", file: "client.md", rule: "C9" },
  { question: "Which addresses of a model may be reached through the relay?", file: "client.md", rule: "C3" },
  { question: "How do I install the hooks into the settings of the whole machine?", file: "client.md", rule: "C11" },
  { question: "Does Codex stop when its hook crashes?", file: "client.md", rule: "C13" },
  { question: "Which tools does the MCP server of one domain have?", file: "plugin.md", rule: "M6" },
  { question: "How long may an answer of the MCP server be?", file: "plugin.md", rule: "M5" },
  { question: "Does a session see the titles of tickets in a sealed domain?", file: "plugin.md", rule: "M3" },
  { question: "How many options may one question to the operator have?", file: "plugin.md", rule: "M7" },
  { question: "What does the status line load?", file: "plugin.md", rule: "M13" },
  { question: "Which environment variables does mos claude hand to the client?", file: "plugin.md", rule: "M11" },
  { question: "What counts as a page of the wiki and what front matter does it need?", file: "knowledge.md", rule: "K1" },
  { question: "How do I search a wiki for a question in words?", file: "search.md", rule: "Q6" },
  { question: "What becomes of a torn index file after a crash?", file: "search.md", rule: "Q5" },
  { question: "Are stop words used when I ask something?", file: "search.md", rule: "Q2" },
  { question: "Can one domain's question be influenced by what another wrote?", file: "search.md", rule: "Q3" },
];

export const laterJudgments: readonly Judgment[] = [
  { question: "Can a finished ticket be opened again?", file: "ticket.md", rule: "T1" },
  { question: "Why does my ticket wait, and what will set it free?", file: "ticket.md", rule: "T2a" },
  { question: "What happens to tickets that wait for one that was cancelled?", file: "ticket.md", rule: "T3b" },
  { question: "How often is failed work tried again?", file: "ticket.md", rule: "T4a" },
  { question: "What if the process dies while it works on a ticket?", file: "ticket.md", rule: "T5" },
  { question: "May two tickets change the same file at once?", file: "ticket.md", rule: "T7a" },
  { question: "How are the numbers of tickets chosen?", file: "ticket.md", rule: "T8" },
  { question: "Can I edit a ticket after it was approved?", file: "ticket.md", rule: "T9" },
  { question: "What happens when the agent has a question for me?", file: "ticket.md", rule: "T13" },
  { question: "Is an agent's half-finished work lost when it is stopped?", file: "ticket.md", rule: "T12" },
  { question: "What is done when the provider says that there are too many requests?", file: "ticket.md", rule: "T15" },
  { question: "Is the branch tested alone or together with main?", file: "gate.md", rule: "G1" },
  { question: "What does a landing leave behind as proof?", file: "gate.md", rule: "G2" },
  { question: "Will a landing overwrite my uncommitted changes?", file: "gate.md", rule: "G3b" },
  { question: "What if the tests on main are red already?", file: "gate.md", rule: "G4" },
  { question: "How do I bring in my own commits?", file: "gate.md", rule: "G7" },
  { question: "Who judges what a model wrote?", file: "gate.md", rule: "G10" },
  { question: "When is a domain not scouted again?", file: "flow.md", rule: "S1" },
  { question: "How many questions am I asked for each domain?", file: "flow.md", rule: "S8" },
  { question: "Are claims that a model made up believed?", file: "flow.md", rule: "S21" },
  { question: "What does --yes answer?", file: "flow.md", rule: "S12" },
  { question: "Can two sessions run at the same time?", file: "flow.md", rule: "S16" },
  { question: "Do commands have access to the internet?", file: "sandbox.md", rule: "P6c" },
  { question: "As which user do commands run?", file: "sandbox.md", rule: "P6a" },
  { question: "How much memory and disk may a command use?", file: "sandbox.md", rule: "P6e" },
  { question: "Can another user of the machine read a sealed domain's files?", file: "sandbox.md", rule: "P6m" },
  { question: "What if two processes write to the database at the same moment?", file: "store.md", rule: "ST8" },
  { question: "Is anything lost when a process is killed?", file: "store.md", rule: "ST9" },
  { question: "What happens when the database was made by a newer version?", file: "store.md", rule: "ST10" },
  { question: "Who can read the file of the database?", file: "store.md", rule: "ST12" },
  { question: "How is a grade computed from the checks?", file: "doctor.md", rule: "D20" },
  { question: "What may still run when the doctor finds a fault?", file: "doctor.md", rule: "D21" },
  { question: "What does the doctor's fix option change?", file: "doctor.md", rule: "D23" },
  { question: "Where does a command look for the workspace?", file: "workspace.md", rule: "W1" },
  { question: "What if I misspell a key in mos.yaml?", file: "workspace.md", rule: "W4" },
  { question: "How do I add an existing repository?", file: "workspace.md", rule: "W6" },
  { question: "How are the checks of a repository found?", file: "workspace.md", rule: "W11" },
  { question: "Which chores come with the program?", file: "playbook.md", rule: "PB1" },
  { question: "Can I replace a built-in chore with my own?", file: "playbook.md", rule: "PB4" },
  { question: "Who decides which model plays a role?", file: "role.md", rule: "R1" },
  { question: "What if a model's answer does not fit the schema?", file: "role.md", rule: "R8" },
  { question: "How is an instruction that hides in data kept from being followed?", file: "role.md", rule: "R6" },
  { question: "Are passwords taken out of what a model is told?", file: "role.md", rule: "R7" },
  { question: "When is an agent stopped for going round in circles?", file: "cost.md", rule: "V6" },
  { question: "What if a budget is used up?", file: "cost.md", rule: "V3" },
  { question: "How is the price of a run calculated?", file: "cost.md", rule: "V2" },
  { question: "What happens when a conversation becomes too long?", file: "runtime.md", rule: "RT33" },
  { question: "How can I watch what a running agent says?", file: "agents.md", rule: "A8" },
];
