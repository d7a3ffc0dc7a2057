"""Two AWS accounts on this machine: the engine, the emulator and its gate, the state and the credentials."""
