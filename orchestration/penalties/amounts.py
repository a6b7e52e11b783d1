"""What an order's compensation comes to."""

from decimal import ROUND_FLOOR, Decimal


def compensation_fen(pay_amount_fen: int, pct: float, min_fen: int, max_fen: int) -> int:
    """A share of what was paid, rounded down to the fen, then held between the bounds.

    Rounded once and in the merchant's favour. The share is taken in decimal: 0.29 of 100 fen is
    29, where binary floating point would make it 28.
    """
    if pay_amount_fen < 0:
        raise ValueError(f"an order cannot have cost {pay_amount_fen} fen: mend pay_amount_fen")
    share = (Decimal(pay_amount_fen) * Decimal(repr(pct))).to_integral_value(ROUND_FLOOR)
    return min(max(int(share), min_fen), max_fen)


def yuan(fen: int) -> str:
    """Fen as yuan with two decimals, without passing through a float."""
    return f"{fen // 100}.{fen % 100:02d}"
