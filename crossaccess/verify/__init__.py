"""What is to be asked of AWS about each grant, what the decision core expects, and whether the two agree.

Pure: nothing here calls anybody. `planning` makes the lines, `expecting` asks the decision core, `judging`
compares. The calls are in `crossaccess.live`.
"""
