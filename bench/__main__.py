"""`python -m bench`: run every measurement and print what it found."""

from rich.console import Console
from rich.table import Table

from bench import decisions, startup
from bench.measure import Measured


def main() -> None:
    """Run all measurements."""
    table = Table(title="Measured in this run", title_justify="left")
    for column in ("what", "measured", "beside", "wanted", "ok"):
        table.add_column(column)
    for measure in (decisions.compiled, decisions.batch, startup.command):
        add(table, measure())
    Console().print(table)


def add(table: Table, found: Measured) -> None:
    """Put one measurement into the table."""
    table.add_row(found.what, found.value, found.beside, found.wanted, "yes" if found.ok else "NO")


if __name__ == "__main__":
    main()
