"""`python -m crossaccess`: the same as the `crossaccess` command."""

from crossaccess.cli import main

if __name__ == "__main__":
    main(prog_name="crossaccess")
