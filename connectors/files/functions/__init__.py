"""The functions of formulas, by name."""

from connectors.files.functions import choosing, numbers, texts, times
from connectors.files.functions.call import Function

FUNCTIONS: dict[str, Function] = {
    function.name: function for module in (numbers, texts, choosing, times) for function in module.FUNCTIONS
}
