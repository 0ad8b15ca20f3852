"""The sandbox: a made-up county whose systems behave like the real ones, with an answer key.

Here: the plan of the county, the systems and files made from it, and the truth
computed from it. Not here: anything of the product. This room imports no other
room and reads none of its seeds, so that an error there cannot hide itself here.
Every file says that it is 模拟数据 (simulated).
"""
