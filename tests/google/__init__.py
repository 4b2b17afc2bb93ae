"""Google's part in the tests: a stand-in of its Sheets API that behaves as documented."""
