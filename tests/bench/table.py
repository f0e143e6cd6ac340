"""Figures in columns."""


def show(title: str, header: list[str], rows: list[list[str]], notes: list[str]) -> None:
    """Prints a table and notes; the first column and one called `because` are words."""
    lines = [header, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    print(f"\n{title}\n")
    words = [name in (header[0], "because") for name in header]
    for number, line in enumerate(lines):
        columns = zip(line, widths, words, strict=True)
        cells = [cell.ljust(width) if word else cell.rjust(width) for cell, width, word in columns]
        print(f"  {'  '.join(cells)}".rstrip())
        if number == 0:
            print(f"  {'  '.join('-' * width for width in widths)}")
    print()
    for note in notes:
        print(f"  {note}")


def aim(what: str, wanted: str, met: bool, found: str) -> str:
    """One aim, beside what was found."""
    return f"{'met    ' if met else 'NOT MET'}  {what}: {found} (aim: {wanted})"
