/**
 * Questions as a person puts them, each with the rule of docs/spec that answers it: words of the question and of the rule are
 * seldom the same. A rule that is removed takes its question with it.
 */
export const judgments: readonly { readonly question: string; readonly file: string; readonly rule: string }[] = [
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
