import { type Architecture, callNumbers } from "./system-calls.ts";

/** An argument of a system call: a number, bytes (their address is given), or what an earlier call answered. */
export type CallArgument = number | bigint | Uint8Array | { readonly answerOf: number };

export interface SystemCall {
  readonly number: number;
  readonly args?: readonly CallArgument[];
}

/**
 * A program of a few hundred bytes, an ELF file, that makes the given system calls in order and writes what each answered to
 * its standard output, 8 bytes a call, little-endian; then ends with 0. So a box can be tried from inside with nothing of the
 * host's but the kernel: no compiler, no interpreter.
 */
export function buildProbeProgram(architecture: Architecture, calls: readonly SystemCall[]): Uint8Array {
  const { write, exit_group } = callNumbers[architecture].calls;
  const answersBytes = 8 * calls.length;
  const data: Uint8Array[] = [];
  let dataBytes = answersBytes;
  const place = (bytes: Uint8Array): bigint => {
    const at = dataAddress + BigInt(dataBytes);
    data.push(bytes, new Uint8Array((8 - (bytes.length % 8)) % 8));
    dataBytes += Math.ceil(bytes.length / 8) * 8;
    return at;
  };
  const machine = machines[architecture];
  const answerAt = (index: number) => dataAddress + BigInt(8 * index);
  const code = [
    ...calls.flatMap(({ number, args = [] }, index) => [
      ...args.flatMap((argument, position) =>
        typeof argument === "object" && "answerOf" in argument
          ? machine.loadArgument(position, answerAt(argument.answerOf))
          : machine.setArgument(position, argument instanceof Uint8Array ? place(argument) : BigInt(argument)),
      ),
      ...machine.call(BigInt(number)),
      ...machine.keepAnswer(answerAt(index)),
    ]),
    ...[1n, dataAddress, BigInt(answersBytes)].flatMap((value, position) => machine.setArgument(position, value)),
    ...machine.call(BigInt(write ?? 0)),
    ...machine.setArgument(0, 0n),
    ...machine.call(BigInt(exit_group ?? 0)),
  ];
  if (headBytes + code.length > Number(dataAddress - baseAddress)) throw new Error("too many calls for one probe program");
  const file = new Uint8Array(Number(dataAddress - baseAddress) + dataBytes);
  file.set(writeHead(machine.elf, file.length));
  file.set(code, headBytes);
  let at = Number(dataAddress - baseAddress) + answersBytes;
  for (const bytes of data) {
    file.set(bytes, at);
    at += bytes.length;
  }
  return file;
}

/** What the program wrote, a number a call: at least 0, or minus the error's number. */
export function readAnswers(output: Uint8Array): number[] {
  const view = new DataView(output.buffer, output.byteOffset, output.byteLength);
  return Array.from({ length: Math.floor(output.byteLength / 8) }, (_, index) => Number(view.getBigInt64(index * 8, true)));
}

const headBytes = 64 + 56;
const baseAddress = 0x400000n;
const dataAddress = 0x404000n;

function writeHead(elf: number, fileBytes: number): Uint8Array {
  const head = new DataView(new ArrayBuffer(headBytes));
  [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1].forEach((byte, index) => {
    head.setUint8(index, byte);
  });
  head.setUint16(16, 2, true);
  head.setUint16(18, elf, true);
  head.setUint32(20, 1, true);
  head.setBigUint64(24, baseAddress + BigInt(headBytes), true);
  head.setBigUint64(32, 64n, true);
  [64, 56, 1, 64].forEach((value, index) => {
    head.setUint16(52 + 2 * index, value, true);
  });
  // One segment, readable, writable and executable.
  head.setUint32(64, 1, true);
  head.setUint32(68, 7, true);
  head.setBigUint64(80, baseAddress, true);
  head.setBigUint64(88, baseAddress, true);
  head.setBigUint64(96, BigInt(fileBytes), true);
  head.setBigUint64(104, BigInt(fileBytes), true);
  head.setBigUint64(112, 0x1000n, true);
  return new Uint8Array(head.buffer);
}

interface Machine {
  readonly elf: number;
  setArgument(position: number, value: bigint): number[];
  loadArgument(position: number, from: bigint): number[];
  call(number: bigint): number[];
  keepAnswer(to: bigint): number[];
}

function littleEndian(value: bigint): number[] {
  return Array.from({ length: 8 }, (_, index) => Number((BigInt.asUintN(64, value) >> BigInt(8 * index)) & 0xffn));
}

/** `mov register, value` for rdi rsi rdx r10 r8 r9, then the same from rax. */
const x64Set = [
  [0x48, 0xbf],
  [0x48, 0xbe],
  [0x48, 0xba],
  [0x49, 0xba],
  [0x49, 0xb8],
  [0x49, 0xb9],
];
const x64FromRax = [
  [0x48, 0x89, 0xc7],
  [0x48, 0x89, 0xc6],
  [0x48, 0x89, 0xc2],
  [0x49, 0x89, 0xc2],
  [0x49, 0x89, 0xc0],
  [0x49, 0x89, 0xc1],
];

function word(instruction: number): number[] {
  return littleEndian(BigInt(instruction)).slice(0, 4);
}

/** movz and three movk. */
function setRegister(register: number, value: bigint): number[] {
  return [0, 1, 2, 3].flatMap((half) => {
    const bits = Number((BigInt.asUintN(64, value) >> BigInt(16 * half)) & 0xffffn);
    return word((half === 0 ? 0xd2800000 : 0xf2800000) + half * 0x200000 + bits * 32 + register);
  });
}

const spare = 9;
const numberRegister = 8;

const machines: Readonly<Record<Architecture, Machine>> = {
  x64: {
    elf: 62,
    setArgument: (position, value) => [...(x64Set[position] ?? []), ...littleEndian(value)],
    loadArgument: (position, from) => [0x48, 0xa1, ...littleEndian(from), ...(x64FromRax[position] ?? [])],
    call: (number) => [0x48, 0xb8, ...littleEndian(number), 0x0f, 0x05],
    keepAnswer: (to) => [0x48, 0xa3, ...littleEndian(to)],
  },
  arm64: {
    elf: 183,
    setArgument: (position, value) => setRegister(position, value),
    loadArgument: (position, from) => [...setRegister(spare, from), ...word(0xf9400000 + spare * 32 + position)],
    call: (number) => [...setRegister(numberRegister, number), ...word(0xd4000001)],
    keepAnswer: (to) => [...setRegister(spare, to), ...word(0xf9000000 + spare * 32)],
  },
};
