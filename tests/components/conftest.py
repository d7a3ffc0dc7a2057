"""Loads the provider's SDK before the components do: it warns while it is imported."""

import tests.support.pulumi_program  # noqa: F401 - imported for what it does when it is imported
