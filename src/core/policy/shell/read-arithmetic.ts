import type { ArithmeticExpression } from "unbash";
import { FieldBuilder } from "./field-builder.ts";
import { lookUp } from "./look-up.ts";
import { deeper, type Expansion } from "./reader.ts";
import { joinScopes, setVariable } from "./shell-scope.ts";

type Number = number | undefined;

/** What `$((…))` is; undefined when that is not known. Assignments in it take effect; commands in it are read. */
export function readArithmetic(x: Expansion, expression: ArithmeticExpression, depth = 0): Number {
  const result = evaluate(x, expression, depth);
  return result === undefined || !globalThis.Number.isSafeInteger(result) ? undefined : result;
}

function evaluate(x: Expansion, node: ArithmeticExpression, depth: number): Number {
  if (depth > 200) return undefined;
  switch (node.type) {
    case "ArithmeticGroup":
      return readArithmetic(x, node.expression, depth + 1);
    case "ArithmeticCommandExpansion":
      return node.script ? readNumber(x, x.frame.reader.walkScript(x.inner(), node.script, x.scope).output?.trim(), depth) : undefined;
    case "ArithmeticTernary": {
      const test = readArithmetic(x, node.test, depth + 1);
      const yes = readMaybe(x, node.consequent, depth, test === undefined ? undefined : test !== 0);
      const no = readMaybe(x, node.alternate, depth, test === undefined ? undefined : test === 0);
      return test === undefined ? undefined : test === 0 ? no : yes;
    }
    case "ArithmeticUnary":
      return readUnary(x, node, depth);
    case "ArithmeticBinary":
      return readBinary(x, node, depth);
    case "ArithmeticWord":
      return readOperand(x, node, depth);
  }
}

/** A part that is computed only if the part before it says so; its assignments then hold, do not hold, or may hold. */
function readMaybe(x: Expansion, node: ArithmeticExpression, depth: number, taken: boolean | undefined): Number {
  const before = x.scope;
  const value = readArithmetic(x, node, depth + 1);
  if (taken === false) x.scope = before;
  if (taken === undefined) x.scope = joinScopes(before, x.scope) ?? before;
  return value;
}

type Operand = Extract<ArithmeticExpression, { type: "ArithmeticWord" }>;

function readOperand(x: Expansion, node: Operand, depth: number): Number {
  if (node.parts === undefined) return readNumber(x, node.value, depth);
  const builder = new FieldBuilder(node.value);
  x.frame.reader.expandParts(x, builder, node.parts, "one");
  return readNumber(x, builder.finishOne().value, depth);
}

/** A number as written, or a variable's, which may hold an expression again. */
function readNumber(x: Expansion, text: string | undefined, depth: number): Number {
  if (text === undefined || depth > 200) return undefined;
  if (text.trim() === "") return 0;
  if (/^-?(0|[1-9]\d{0,15})$/.test(text)) return globalThis.Number(text);
  if (/^0x[0-9a-f]{1,13}$/i.test(text)) return globalThis.Number(text);
  if (/^0[0-7]{1,16}$/.test(text)) return globalThis.Number.parseInt(text, 8);
  if (!/^[A-Za-z_]\w*$/.test(text)) {
    runHidden(x, text);
    return undefined;
  }
  const value = lookUp(x, text);
  if (value === null) return 0;
  return typeof value === "string" && value !== text ? readNumber(x, value, depth + 20) : undefined;
}

/** `x='a[$(id)]'; echo $((x))` runs id: a subscript in a variable's text is expanded when it is computed. */
function runHidden(x: Expansion, text: string): void {
  if (!text.includes("$(") && !text.includes("`")) return;
  x.frame.reader.walkText(deeper(x.inner()), `: "${text}"`, x.scope);
}

function readUnary(x: Expansion, node: Extract<ArithmeticExpression, { type: "ArithmeticUnary" }>, depth: number): Number {
  const value = readArithmetic(x, node.operand, depth + 1);
  if (node.operator === "++" || node.operator === "--") {
    const next = value === undefined ? undefined : value + (node.operator === "++" ? 1 : -1);
    assign(x, node.operand, next);
    return node.prefix ? next : value;
  }
  if (value === undefined) return undefined;
  if (node.operator === "-") return -value;
  if (node.operator === "!") return value === 0 ? 1 : 0;
  return node.operator === "+" ? value : undefined;
}

function readBinary(x: Expansion, node: Extract<ArithmeticExpression, { type: "ArithmeticBinary" }>, depth: number): Number {
  const isAssignment = /^([-+*/%]|)=$/.test(node.operator) || /^(<<|>>|&|\^|\|)=$/.test(node.operator);
  if (isAssignment) {
    const right = readArithmetic(x, node.right, depth + 1);
    const left = node.operator === "=" ? right : readArithmetic(x, node.left, depth + 1);
    const value = node.operator === "=" ? right : compute(node.operator.slice(0, -1), left, right);
    assign(x, node.left, value);
    return value;
  }
  const left = readArithmetic(x, node.left, depth + 1);
  if (node.operator !== "&&" && node.operator !== "||") return compute(node.operator, left, readArithmetic(x, node.right, depth + 1));
  const isDecided = left !== undefined && (left === 0) === (node.operator === "&&");
  const right = readMaybe(x, node.right, depth, left === undefined ? undefined : !isDecided);
  return isDecided ? compute(node.operator, left, 0) : compute(node.operator, left, right);
}

function assign(x: Expansion, target: ArithmeticExpression, value: Number): void {
  if (target.type !== "ArithmeticWord") return;
  const name = /^[A-Za-z_]\w*/.exec(target.value)?.[0];
  if (name === undefined) return;
  const known = value !== undefined && name === target.value && globalThis.Number.isSafeInteger(value);
  x.scope = setVariable(x.scope, name, known ? String(value) : { unknown: "it is computed" });
}

function compute(operator: string, left: Number, right: Number): Number {
  if (left === undefined || right === undefined) return undefined;
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return right === 0 ? undefined : Math.trunc(left / right);
    case "%":
      return right === 0 ? undefined : left % right;
    case "<":
      return left < right ? 1 : 0;
    case ">":
      return left > right ? 1 : 0;
    case "<=":
      return left <= right ? 1 : 0;
    case ">=":
      return left >= right ? 1 : 0;
    case "==":
      return left === right ? 1 : 0;
    case "!=":
      return left !== right ? 1 : 0;
    case "&&":
      return left !== 0 && right !== 0 ? 1 : 0;
    case "||":
      return left !== 0 || right !== 0 ? 1 : 0;
    case ",":
      return right;
    default:
      return undefined;
  }
}
