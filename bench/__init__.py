"""What the project claims about speed and size, measured again.

Here: measurements that write their figures beside themselves. Not here: what must hold (tests/).
"""
