/** What stands in the query pane at the first visit: the documentation's example, for the month that is over. */

export function example(today: Date): string {
  const first = new Date(today.getFullYear(), today.getMonth() - 1, 1);
  const [year, month] = [first.getFullYear(), first.getMonth() + 1];
  const name = first.toLocaleString("en", { month: "long" });
  const day = `${year}-${String(month).padStart(2, "0")}`;
  return `# Welcome! These are the calls of the first
# half of ${name} ${year}.
#
# 1. Paste your key into the Headers pane
#    below, between the empty quotes.
# 2. Press the play button, or Ctrl Enter.
#
# Add a field, such as status: names are
# completed, and the book at the left
# explains them.

query {
  inboundCalls(
    search: {
      year: ${year}
      month: ${month}
      pagination: { limit: 100, offset: 0 }
      sorting: { key: ID, direction: ASC }
      startTime: {
        operator: BETWEEN
        valueLeft: "${day}-01T00:00:00Z"
        valueRight: "${day}-15T00:00:00Z"
      }
    }
  ) {
    id
    step
    startTime
    endTime
  }
}
`;
}
