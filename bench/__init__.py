"""What is measured: always beside something else in the same run, so that machines can be compared."""
