import { describe, expect, it } from "vitest";
import { decodeText, formatTable, parseTable, withMark, withoutMark } from "./csv.ts";

const cells = (text: string) => parseTable(text).lines.map((line) => line.cells);

describe("a table's text", () => {
  it.each([
    [
      "commas",
      "key,city\nb1,تهران\n",
      [
        ["key", "city"],
        ["b1", "تهران"],
      ],
    ],
    [
      "semicolons, with commas inside",
      "key;price\r\nb1;1,5\r\n",
      [
        ["key", "price"],
        ["b1", "1,5"],
      ],
    ],
    [
      "tabs",
      "key\tcity\nb1\tجدة",
      [
        ["key", "city"],
        ["b1", "جدة"],
      ],
    ],
    [
      "a mark of its encoding",
      "\ufeffkey,city\nb1,Köln",
      [
        ["key", "city"],
        ["b1", "Köln"],
      ],
    ],
    [
      "quotes, doubled and around breaks",
      'key,text\nb1,"a ""b"", c\nd"',
      [
        ["key", "text"],
        ["b1", 'a "b", c\nd'],
      ],
    ],
    [
      "quotes inside a cell as they are",
      'key,text\nb1,5" pipe',
      [
        ["key", "text"],
        ["b1", '5" pipe'],
      ],
    ],
    [
      "separators in quotes do not count",
      '"a,b,c";d\n1;2',
      [
        ["a,b,c", "d"],
        ["1", "2"],
      ],
    ],
    [
      "old breaks",
      "key,city\rb1,x\r",
      [
        ["key", "city"],
        ["b1", "x"],
      ],
    ],
    [
      "lines with nothing in them",
      "\n\nkey,city\n,\n \nb1,\n",
      [
        ["key", "city"],
        ["b1", ""],
      ],
    ],
    ["one column", "key\nb1\nb2", [["key"], ["b1"], ["b2"]]],
    [
      "a separator that is said",
      "sep=;\r\nkey;a,b\r\n1;2",
      [
        ["key", "a,b"],
        ["1", "2"],
      ],
    ],
    ["nothing", "", []],
  ])("%s", (_, text, lines) => expect(cells(text)).toEqual(lines));

  it("counts lines as the file has them, also inside quotes", () => {
    const { lines } = parseTable('sep=,\r\nkey,text\r\nb1,"two\r\nlines"\r\n\r\nb2,x');
    expect(lines.map(({ at }) => at)).toEqual([2, 3, 6]);
  });

  it("says where a quotation mark is not closed", () => {
    expect(parseTable('key,text\nb1,"open\nb2,x').unclosed).toBe(2);
    expect(parseTable('key,text\nb1,"closed"').unclosed).toBeNull();
  });
});

describe("a file for spreadsheets", () => {
  it.each(["=1+1", "+49 30", "-5", "@home", "\tx", "\r\nx", "'=1", "''-"])(
    "%j is no formula, and comes back",
    (cell) => {
      expect(withMark(cell)).toBe(`'${cell}`);
      expect(withoutMark(withMark(cell))).toBe(cell);
    },
  );

  it.each(["", "a=b", "'tis", "5-3", "۵"])("%j stays as it is", (cell) => {
    expect(withMark(cell)).toBe(cell);
    expect(withoutMark(cell)).toBe(cell);
  });

  it("comes back as it was written", () => {
    const lines = [
      ["key", "city", "note"],
      ["b1", "تهران؛ میدان آزادی", 'says "yes", twice'],
      [" blank ", "a;b\tc", "two\r\nlines\nof it"],
      ["-", "=SUM(A1)", "'"],
      ["last", "", ""],
    ];
    const text = formatTable(lines);
    expect(text.startsWith("\ufeffkey,city,note\r\n")).toBe(true);
    expect(cells(text).map((line) => line.map(withoutMark))).toEqual(lines);
  });
});

describe("a file's bytes", () => {
  const utf16 = (text: string, little: boolean) => {
    const view = new DataView(new ArrayBuffer(2 * text.length));
    for (let n = 0; n < text.length; n++) view.setUint16(2 * n, text.charCodeAt(n), little);
    return view.buffer;
  };
  it.each([
    ["UTF-8", new TextEncoder().encode("کلید").buffer, "کلید"],
    ["UTF-8 with its mark", new TextEncoder().encode("\ufeffمفتاح").buffer, "مفتاح"],
    ["UTF-16, as spreadsheets call Unicode text", utf16("\ufeffشهر", true), "شهر"],
    ["UTF-16, the other way round", utf16("\ufeffمدينة", false), "مدينة"],
    ["Windows 1256", new Uint8Array([0xc8, 0xe3, 0x3b, 0x31]).buffer, "بم;1"],
    ["nothing", new ArrayBuffer(0), ""],
  ])("%s", (_, bytes, text) => expect(decodeText(bytes)).toBe(text));
});
