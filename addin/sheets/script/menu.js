/*
 * The menu. Google calls onOpen when the document is opened, and onInstall when an add-on is.
 */

/** The sidebar's page; it is part of this file, so that there is one to paste. */
const SIDEBAR = "%SIDEBAR%";

/** Makes the menu. */
function onOpen() {
  SpreadsheetApp.getUi()
    .createMenu("TVox")
    .addItem("Open the sidebar", "tvoxOpenSidebar")
    .addItem("Refresh now", "tvoxRefreshNow")
    .addItem("Refresh pinned tables", "tvoxRefreshPins")
    .addSeparator()
    .addItem("Self-test", "tvoxShowSelfTest")
    .addItem("Sign out", "tvoxSignOut")
    .addToUi();
}

/** Makes the menu where the script comes as an add-on. */
function onInstall() {
  onOpen();
}

/** Opens the sidebar. */
function tvoxOpenSidebar() {
  SpreadsheetApp.getUi().showSidebar(HtmlService.createHtmlOutput(SIDEBAR).setTitle("TVox Tables"));
}

/**
 * Has every formula that names TVOX_STAMP ask anew.
 * @returns {number} the stamp
 */
function tvoxRefreshNow() {
  begin_();
  lookAtLoading_();
  const stamp = moveStamp_();
  tell_("Formulas with TVOX_STAMP as their last argument are asking anew.");
  return stamp;
}

/** Shows what the self-test says. */
function tvoxShowSelfTest() {
  const said = selfTest_().map(([what, came]) => `${what}: ${came}`);
  const ui = SpreadsheetApp.getUi();
  ui.alert("TVox Tables", said.join("\n\n"), ui.ButtonSet.OK);
}

/**
 * Says something in the corner of the sheet, where somebody looks at it.
 * @param {string} sentence
 */
function tell_(sentence) {
  SpreadsheetApp.getActiveSpreadsheet().toast(sentence, "TVox Tables");
}
