"""What a run has done, in a sentence."""

from store.pushes import Mode, Run, State

_DONE = {Mode.REPLACE: "written into", Mode.APPEND: "added to", Mode.MERGE: "merged into"}


def told(run: Run) -> str:
    """What a run that did not fail has done."""
    wanted = run.wanted
    name = f"{run.push}: " if run.push else ""
    where = f'the sheet "{wanted.sheet}" at {wanted.anchor} of the spreadsheet {wanted.spreadsheet}'
    if run.state is State.CANCELLED:
        return f"{name}cancelled, nothing was changed in {where}."
    return f"{name}{run.rows or 0:,} rows of {wanted.table} {_DONE[wanted.mode]} {where} ({run.requests} requests)."


def outcome(run: Run) -> str:
    """The same, short, of any run."""
    if run.state is State.DONE:
        return f"{run.rows or 0:,} rows"
    return f"{run.state}: {run.error}" if run.error else run.state.value
