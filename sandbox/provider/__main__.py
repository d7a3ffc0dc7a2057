"""`python -m sandbox.provider ENGINE_ADDRESS`: how the engine starts the plugin."""

import sys

from sandbox.provider.server import main

if __name__ == "__main__":
    main(sys.argv[1:])
