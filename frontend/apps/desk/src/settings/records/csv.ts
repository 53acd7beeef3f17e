/** Tables as text: what spreadsheets write and read, with commas, semicolons or tabs. */

/** The cells of a line, and where in the text it begins, from 1. */
export interface Line {
  at: number;
  cells: string[];
}
export interface Table {
  lines: Line[];
  /** The line of a quotation mark that nothing closes; what follows it is one cell. */
  unclosed: number | null;
}

const SEPARATORS = [",", ";", "\t"];
/** Some spreadsheets say their separator in a line of its own. */
const SAID = /^sep=([,;\t])\r?\n/i;

/** What stands oftenest between the cells of the first line that has any. */
function separatorOf(text: string): string {
  const counts = new Map(SEPARATORS.map((each) => [each, 0]));
  let quoted = false;
  for (const c of text.trimStart()) {
    if (c === '"') quoted = !quoted;
    else if (!quoted && (c === "\n" || c === "\r")) break;
    else if (!quoted && counts.has(c)) counts.set(c, (counts.get(c) ?? 0) + 1);
  }
  return SEPARATORS.reduce((a, b) => ((counts.get(b) ?? 0) > (counts.get(a) ?? 0) ? b : a));
}

/** Its lines; those without anything in any cell are left out, but counted. */
export function parseTable(given: string): Table {
  let text = given.replace(/^\ufeff/, "");
  let at = 1;
  const said = SAID.exec(text);
  if (said) {
    text = text.slice(said[0].length);
    at = 2;
  }
  const separator = said?.[1] ?? separatorOf(text);
  const lines: Line[] = [];
  let line: Line = { at, cells: [] };
  let cell = "";
  let quotedSince: number | null = null;
  const endLine = () => {
    line.cells.push(cell);
    if (line.cells.some((each) => each.trim())) lines.push(line);
    cell = "";
    line = { at, cells: [] };
  };
  for (let n = 0; n < text.length; n++) {
    const c = text[n] ?? "";
    const breaks = c === "\n" || (c === "\r" && text[n + 1] !== "\n");
    if (breaks) at++;
    if (quotedSince !== null) {
      if (c !== '"') cell += c;
      else if (text[n + 1] === '"') {
        cell += c;
        n++;
      } else quotedSince = null;
    } else if (c === '"' && !cell) quotedSince = at;
    else if (c === separator) {
      line.cells.push(cell);
      cell = "";
    } else if (breaks) endLine();
    else if (c !== "\r") cell += c;
  }
  endLine();
  return { lines, unclosed: quotedSince };
}

/** What a spreadsheet would take for a formula, however often it was marked before. */
const FORMULA = /^'*[=+\-@\t\r\n]/;
const MARKED = /^'+[=+\-@\t\r\n]/;

/** A mark before what would be a formula; `withoutMark` takes it back. */
export const withMark = (cell: string): string => (FORMULA.test(cell) ? `'${cell}` : cell);
export const withoutMark = (cell: string): string => (MARKED.test(cell) ? cell.slice(1) : cell);

const quoted = (cell: string): string =>
  /[",;\t\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;

/** A file that spreadsheets open as what it is: with a mark of its encoding and no formulas. */
export const formatTable = (lines: string[][]): string =>
  `\ufeff${lines.map((cells) => `${cells.map((cell) => quoted(withMark(cell))).join(",")}\r\n`).join("")}`;

/** The text of a file: UTF-8, UTF-16 that says so, or what Windows writes in Arabic and Persian. */
export function decodeText(bytes: ArrayBuffer): string {
  const [first, second] = new Uint8Array(bytes);
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1256").decode(bytes);
  }
}
