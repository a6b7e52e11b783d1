"""The arrays that come in and go out. What is not known is NaN, never 0."""

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]


def checked_counts(num: npt.ArrayLike, den: npt.ArrayLike) -> tuple[Numbers, Numbers]:
    """Negative orders and orders as floats of one shape; refuses counts that cannot be."""
    negatives, orders = np.broadcast_arrays(np.asarray(num, np.float64), np.asarray(den, np.float64))
    if not np.all((negatives >= 0) & (negatives <= orders)):
        place = int(np.flatnonzero(~((negatives >= 0) & (negatives <= orders)))[0])
        raise ValueError(
            f"row {place} has {negatives.flat[place]:g} negatives of {orders.flat[place]:g} orders: "
            "negatives lie between 0 and the orders; count them again"
        )
    return negatives, orders
