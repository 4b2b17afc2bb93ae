/* What SpreadsheetApp's objects ask of the workbook. An area comes as `{ id, row, column, rows, columns }`. */
import { emptied, fitting, put, rectangle, scripted, shownOf } from "../sheet/cells.js";
import { a1, areaOf } from "../sheet/references.js";
import { Fault } from "./faults.js";

/**
 * @typedef {import("./execution.js").Execution} Execution
 * @typedef {{ id: number, row: number, column: number, rows: number, columns: number }} Spot an area, as it crosses
 * @typedef {import("../sheet/workbook.js").Cell} Cell
 * @typedef {(execution: Execution, ...args: any[]) => unknown} Answer
 */

/** @param {import("./host.js").Host} host @returns {Record<string, Answer>} */
export function sheetAnswers(host) {
  const { workbook } = host;
  const area = (/** @type {Spot} */ { id, ...rest }) => ({ sheet: workbook.sheet(id), ...rest });
  const spot = (/** @type {import("../sheet/workbook.js").Area} */ { sheet, ...rest }) => ({ id: sheet.id, ...rest });
  const listed = (/** @type {import("../sheet/workbook.js").Sheet} */ sheet) => ({ id: sheet.id, name: sheet.name });

  /** @param {Spot} where @param {(cell: Cell, down: number, across: number) => void} act */
  const every = (where, act) => {
    const whole = area(where);
    workbook.within(whole);
    for (const [row, column, sheet] of workbook.places(whole))
      act(sheet.made(row, column), row - whole.row, column - whole.column);
    workbook.changed();
  };
  /** @template T @param {Spot} where @param {(cell: Cell | undefined) => T} each */
  const read = (where, each) => {
    workbook.within(area(where));
    return rectangle(area(where), each);
  };
  // Who reads sees what Sheets' own formulas give, and "Loading..." of a custom function that has yet to answer.
  /** @template T @param {Spot} where @param {(cell: Cell | undefined) => T} each */
  const computed = (where, each) => {
    host.recalculation.begin();
    return read(where, each);
  };
  /** @param {string} name @param {string} field of cells @returns {Record<string, Answer>} */
  const field = (name, field) => ({
    [`range.${name}`]: (_, where) => read(where, (cell) => cell?.[/** @type {"note"} */ (field)] ?? ""),
    [`range.set${name}`]: (_, where, /** @type {string[][]} */ values) => {
      const lines = fitting(values, where.rows, where.columns);
      every(where, (cell, down, across) => (cell[/** @type {"note"} */ (field)] = String(lines[down]?.[across] ?? "")));
    },
  });

  return {
    "book.get": (_, /** @type {"name" | "id" | "zone" | "localeName"} */ name) => workbook[name],
    "book.set": (_, /** @type {"name" | "zone" | "localeName"} */ name, value) => {
      workbook[name] = value;
      workbook.changed();
      return workbook.locale.tag;
    },
    "book.sheets": () => workbook.sheets.map(listed),
    "book.insert": (_, name, place) => {
      let number = workbook.sheets.length + 1;
      while (!name && workbook.named(`Sheet${number}`)) number++;
      const sheet = workbook.insert(name ?? `Sheet${number}`, place ?? undefined);
      workbook.active = { sheet, row: 1, column: 1, rows: 1, columns: 1 };
      return sheet.id;
    },
    "book.delete": (_, id) => workbook.remove(workbook.sheet(id)),
    "book.area": (_, text, id) =>
      spot(areaOf(workbook, id === null ? workbook.active.sheet : workbook.sheet(id), text)),
    "book.active": ({ kind, place }) =>
      kind === "customFunction" && place
        ? { id: place.sheet, row: place.row, column: place.column, rows: 1, columns: 1 }
        : spot(workbook.active),
    "book.activate": (_, where) => {
      workbook.active = area(where);
    },
    "book.names": () => [...workbook.names].map(([name, of]) => ({ name, area: spot(of) })),
    "book.setName": (_, name, where) => {
      if (!/^[\p{L}_][\p{L}\d_.]*$/u.test(name) || /^[A-Za-z]{1,3}\d+$/.test(name))
        throw new Fault(`Invalid name: ${name}`);
      workbook.names.set(name, area(where));
      workbook.changed();
    },
    "book.removeName": (_, name) => {
      if (!workbook.names.delete(name)) throw new Fault(`Named range ${name} was not found`);
      workbook.changed();
    },
    // What is to be computed begins; nobody waits for custom functions.
    "book.flush": () => host.recalculation.begin(),
    "book.metadata": (_, id) => Object.fromEntries((id === null ? workbook : workbook.sheet(id)).metadata),
    "book.setMetadata": (_, id, key, value) => {
      const { metadata } = id === null ? workbook : workbook.sheet(id);
      if (value === null) metadata.delete(key);
      else metadata.set(key, value);
    },

    "sheet.get": (_, id, /** @type {"name" | "hidden" | "maxRows"} */ name) => workbook.sheet(id)[name],
    "sheet.last": (_, id) => workbook.sheet(id).last,
    "sheet.index": (_, id) => workbook.sheets.indexOf(workbook.sheet(id)) + 1,
    "sheet.rename": (_, id, name) => {
      const other = workbook.named(name);
      if (other && other.id !== id)
        throw new Fault(`A sheet with the name "${name}" already exists. Please enter another name.`);
      workbook.sheet(id).name = name;
      workbook.changed();
    },
    "sheet.hide": (_, id, hidden) => {
      const seen = workbook.sheets.filter((one) => !one.hidden && one.id !== id);
      if (hidden && !seen.length) throw new Fault("You can't hide all the sheets in a document.");
      workbook.sheet(id).hidden = hidden;
    },
    "sheet.freeze": (_, id, /** @type {"frozenRows" | "frozenColumns"} */ which, count) => {
      workbook.sheet(id)[which] = count;
    },
    "sheet.shift": (_, id, what, at, count) => {
      const sheet = workbook.sheet(id);
      const most = what === "rows" ? sheet.maxRows : sheet.maxColumns;
      if (at < 1 || (count < 0 ? at - count - 1 : at - 1) > most) throw new Fault("Those rows are out of bounds.");
      if (-count >= most) throw new Fault(`You can't delete all the ${what} on the sheet.`);
      workbook.limit(count * (what === "rows" ? sheet.maxColumns : sheet.maxRows));
      sheet.shift(what, at, count);
      for (const [name, of] of workbook.names)
        if (of.sheet === sheet) workbook.names.set(name, moved(of, what, at, count));
      workbook.changed();
    },
    "sheet.width": (_, id, column, width) => {
      if (width) workbook.sheet(id).widths.set(column, width);
      return workbook.sheet(id).widths.get(column) ?? 100;
    },

    "range.values": (_, where) => computed(where, (cell) => scripted(workbook, cell)),
    "range.displayed": (_, where) => computed(where, (cell) => shownOf(workbook, cell)),
    "range.formats": (_, where) => read(where, (cell) => cell?.format ?? ""),
    "range.setValues": (_, where, values) => {
      const lines = fitting(values, where.rows, where.columns);
      every(where, (cell, down, across) => put(workbook, cell, lines[down]?.[across], host.clock.now));
    },
    "range.setFormulas": (_, where, /** @type {string[][]} */ formulas) => {
      const lines = fitting(formulas, where.rows, where.columns);
      every(where, (cell, down, across) => {
        const text = String(lines[down]?.[across] ?? "");
        emptied(workbook, cell);
        cell.formula = !text || text.startsWith("=") ? text : `=${text}`;
      });
    },
    "range.clear": (_, where, /** @type {{ content: boolean, format: boolean, note: boolean }} */ what) =>
      every(where, (cell) => {
        if (what.content) emptied(workbook, cell);
        if (what.format) Object.assign(cell, { format: "", look: {} });
        if (what.note) cell.note = "";
      }),
    "range.look": (_, where) => read(where, (cell) => cell?.look ?? {}),
    "range.setLook": (_, where, /** @type {Record<string, unknown>} */ look) =>
      every(where, (cell) => Object.assign(cell.look, look)),
    // What was computed is copied, not typed: a text stays a text. Of the destination its first cell counts.
    "range.copy": (_, from, /** @type {Spot} */ to, isNormal) => {
      host.recalculation.begin();
      const cells = read(from, (cell) => (cell ? { ...cell, look: { ...cell.look } } : null));
      every({ ...to, rows: from.rows, columns: from.columns }, (cell, down, across) => {
        const copied = cells[down]?.[across];
        emptied(workbook, cell);
        cell.value = copied?.value ?? null;
        if (isNormal)
          Object.assign(cell, { format: copied?.format ?? "", look: copied?.look ?? {}, note: copied?.note ?? "" });
      });
    },
    "range.a1": (_, where) => a1(area(where)),
    ...field("notes", "note"),
    ...field("formulas", "formula"),
    ...field("Formats", "format"),
  };
}

/** @param {import("../sheet/workbook.js").Area} of @param {string} what @param {number} at @param {number} count */
function moved(of, what, at, count) {
  const [from, size] = what === "rows" ? [of.row, of.rows] : [of.column, of.columns];
  const end = from + size;
  const shift = (/** @type {number} */ place) => (place < at ? place : Math.max(at, place + count));
  const [begin, length] = [shift(from), Math.max(1, shift(end) - shift(from))];
  return what === "rows" ? { ...of, row: begin, rows: length } : { ...of, column: begin, columns: length };
}
