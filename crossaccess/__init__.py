"""Who may reach whose bucket: policies of two accounts built, decided, compared and explained.

This package is the pure core. It imports no Pulumi, and only `crossaccess.live` talks to AWS.
"""

__version__ = "0.1.0"
