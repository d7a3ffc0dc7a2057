"""What stands between a caller and the emulated accounts: it refuses what AWS would refuse.

A request goes through these, in this order: it is read (`received`, `payload`), its signature is checked
(`signature`, `callers`), it is mapped to the actions it needs (`s3_calls`, `iam_calls`, `sts_calls`,
`kms_calls`), each of them is decided (`policies`, `context`, `authorize`), what it would save is checked
(`save_checks`, `principals`, `crossaccess.policy.public`), and then the emulator does it (`emulator`).
"""
