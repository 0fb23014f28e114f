"""Fakes of what stands outside: they speak the real protocols and are tested themselves."""
