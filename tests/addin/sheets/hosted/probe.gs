/* What the tests of the host run in it. */
var count = 0;
/** @customfunction */
function COUNT(key) {
  return ++count;
}
function KIND(one, other) {
  const kinds = [one, other].map((value) =>
    value === undefined
      ? "undefined"
      : value instanceof Date
        ? "Date " + value.toISOString()
        : Array.isArray(value)
          ? "Array " + JSON.stringify(value)
          : typeof value + " " + JSON.stringify(value),
  );
  return [kinds];
}
function PAIR(one) {
  return [one, one];
}
function RESULT(kind) {
  switch (kind) {
    case "list":
      return [1, 2, 3];
    case "table":
      return [
        ["0432", "=1+1", true],
        [1.5, new Date("2026-03-01T00:00:00+01:00"), null],
      ];
    case "ragged":
      return [[1, 2], [3]];
    case "object":
      return { a: 1 };
    case "long":
      return "x".repeat(50001);
    case "large":
      return Array.from({ length: 61744 }, () => [1, 2, 3, 4, 5, 6, 7, 8]);
    case "throw":
      throw new Error("no such table");
    case "nan":
      return NaN;
    case "nothing":
      return undefined;
  }
}
function SLOW(key) {
  Utilities.sleep(31000);
  return "never";
}
function STUBBORN() {
  try {
    Utilities.sleep(31000);
  } catch (error) {
    return "caught";
  } finally {
    CacheService.getScriptCache().put("finally", "1");
  }
}
function FETCH(url, key) {
  return UrlFetchApp.fetch(url + "?key=" + key).getContentText();
}
/** One of many asks, the others wait for what it has put into the cache. */
function SHARED(url, key) {
  const cache = CacheService.getScriptCache();
  for (let turn = 0; turn < 100; turn++) {
    const found = cache.get("answer:" + key);
    if (found) return found;
    const lock = LockService.getScriptLock();
    if (lock.tryLock(0)) {
      try {
        if (!cache.get("answer:" + key))
          cache.put("answer:" + key, UrlFetchApp.fetch(url + "?key=" + key).getContentText(), 60);
      } finally {
        lock.releaseLock();
      }
    } else Utilities.sleep(500);
  }
  throw new Error("nobody has answered");
}
function REACH(what) {
  const calls = {
    token: () => ScriptApp.getIdentityToken(),
    ui: () => SpreadsheetApp.getUi(),
    trigger: () => ScriptApp.newTrigger("tick"),
    write: () => SpreadsheetApp.getActiveSheet().getRange("Z1").setValue(1),
    email: () => Session.getActiveUser().getEmail(),
    cell: () => SpreadsheetApp.getActiveRange().getA1Notation(),
    property: () => PropertiesService.getDocumentProperties().getProperty("p"),
    read: () => SpreadsheetApp.getActiveSheet().getRange("B1").getValue(),
    name: () => SpreadsheetApp.getActive().getRangeByName("stamp").getValue(),
  };
  try {
    return String(calls[what]());
  } catch (error) {
    return String(error);
  }
}
function run(text) {
  return eval(text);
}
function said(text) {
  try {
    return eval(text);
  } catch (error) {
    return (error instanceof Error) + " " + String(error);
  }
}
function anew() {
  const book = SpreadsheetApp.getActive();
  const sheet = book.insertSheet();
  for (const other of book.getSheets()) if (other.getSheetId() !== sheet.getSheetId()) book.deleteSheet(other);
}
function onOpen() {
  SpreadsheetApp.getUi()
    .createMenu("TVox")
    .addItem("Go", "go")
    .addSeparator()
    .addSubMenu(SpreadsheetApp.getUi().createMenu("More").addItem("Show", "show"))
    .addToUi();
}
function go() {
  SpreadsheetApp.getActive().toast("done");
  return SpreadsheetApp.getUi().alert("Sure?", SpreadsheetApp.getUi().ButtonSet.YES_NO).toString();
}
function show() {
  SpreadsheetApp.getUi().showSidebar(HtmlService.createHtmlOutput(PAGE).setTitle("TVox").setWidth(900));
}
function tick(event) {
  console.log("at %s", new Date().toISOString(), event.hour);
}
function hidden_() {
  return 1;
}
function echo(value) {
  return value;
}
function when() {
  return { at: new Date() };
}
function secret(value) {
  if (value === "bad") throw new Error("no such key");
  return { value: value, user: Session.getActiveUser().getEmail() };
}
const PAGE = `<!doctype html><p id="said">waiting</p><p id="wrong"></p><script>
google.script.run.withSuccessHandler((got, user) => { document.getElementById("said").textContent = user + got.value + got.user; })
  .withUserObject("mine ").secret("key ");
google.script.run.withFailureHandler((error) => { document.getElementById("wrong").textContent = error.message; }).secret("bad");
</script>`;
