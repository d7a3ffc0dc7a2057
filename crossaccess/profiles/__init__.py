"""Profiles of AWS's config file for the roles of grants."""
