"""As many bare components: resources that the engine registers and asks no provider about."""

import pulumi

config = pulumi.Config("bench")
for number in range(config.require_int("resources")):
    pulumi.ComponentResource("bench:index:Bare", f"bare-{number}")
