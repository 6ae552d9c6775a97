"""How much processor time others took while something was measured."""
import os
import resource


class Noise:
    """With it, `share` is the part of all processor time that neither was idle nor went to our own processes."""

    # Ticks of our processes that are nobody's children, such as a server in the background.
    background = 0

    def __enter__(self):
        self.before = self.times()
        return self

    def __exit__(self, *_):
        total, busy, own = (after - before for after, before in zip(self.times(), self.before))
        self.share = max(0.0, busy - own) / total if total > 0 else 0.0

    @staticmethod
    def times():
        with open("/proc/stat") as stat:
            fields = [int(field) for field in stat.readline().split()[1:9]]
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        own = (children.ru_utime + children.ru_stime) * os.sysconf("SC_CLK_TCK") + Noise.background
        idle = fields[3] + fields[4]
        return sum(fields), sum(fields) - idle, own
