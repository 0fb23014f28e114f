"""The whole program among failures: it is killed, platforms refuse, stall and repeat themselves.

Real `hoidap run` processes on one data folder talk to the fakes of three platforms. Afterwards
every message must be answered, in its person's order, with one turn each. `make chaos`
"""
