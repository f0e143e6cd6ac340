"""Figures in columns."""


def show(title: str, header: list[str], rows: list[list[str]], notes: list[str]) -> None:
    """Prints a table, its first column to the left and the others to the right, and notes."""
    lines = [header, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    print(f"\n{title}\n")
    for number, line in enumerate(lines):
        cells = [line[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)]
        print(f"  {'  '.join(cells)}".rstrip())
        if number == 0:
            print(f"  {'  '.join('-' * width for width in widths)}")
    print()
    for note in notes:
        print(f"  {note}")


def aim(what: str, wanted: str, met: bool, found: str) -> str:
    """One aim, beside what was found."""
    return f"{'met    ' if met else 'NOT MET'}  {what}: {found} (aim: {wanted})"
