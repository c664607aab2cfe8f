"""A number with its noun, in the form that the number asks for."""


def counted(number: int, noun: str, plural: str = "") -> str:
    """Write `1 stage` or `3 stages`.

    Args:
        number: how many.
        noun: one of them.
        plural: several of them, where that is more than an s.
    """
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
