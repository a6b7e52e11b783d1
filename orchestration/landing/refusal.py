"""A delivered file or folder that cannot be landed, with its place, the reason and the remedy."""


class RefusalError(Exception):
    """Raised for one file; the other files of the day are landed."""

    def __init__(self, name: str, position: str, reason: str, remedy: str) -> None:
        self.name = printable(name)
        self.position = position
        self.reason = reason
        self.remedy = remedy
        super().__init__(str(self))

    def __str__(self) -> str:
        place = f"{self.name}, {self.position}" if self.position else self.name
        return f"{place}: {self.reason}; {self.remedy}"


def printable(name: str) -> str:
    """The name as UTF-8 text, whatever bytes the file system keeps it in."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")
