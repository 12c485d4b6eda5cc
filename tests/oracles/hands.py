"""The best of all schedules of a few tasks with limited hands, by trying every order.

A task is a dict: takes, release, pool ("manual", "automated"), after (numbers of tasks). `limits` holds how many tasks of a pool may run
at once; a pool that is missing has no limit. Whole numbers. For every order in which nothing comes before what it waits for, each task
starts as early as it fits among those placed before it: the best of these is a best schedule (the end is a regular measure).
"""


def longest_path(tasks):
    finish = {}

    def end(n):
        if n not in finish:
            task = tasks[n]
            finish[n] = max([task["release"]] + [end(other) for other in task["after"]]) + task["takes"]
        return finish[n]
    return max((end(n) for n in range(len(tasks))), default=0)


def fits(tasks, start, n, at, limit):
    """Whether task n may run from `at` on. What is in use changes only where something starts."""
    here = [m for m in start if tasks[m]["pool"] == tasks[n]["pool"] and tasks[m]["takes"]]
    end = at + tasks[n]["takes"]
    for point in [at] + [start[m] for m in here if at < start[m] < end]:
        if sum(start[m] <= point < start[m] + tasks[m]["takes"] for m in here) >= limit:
            return False
    return True


def best_end(tasks, limits):
    """The smallest possible end of the last task."""
    count = len(tasks)
    tails = [0] * count
    for n in reversed(range(count)):  # tasks wait only for tasks of lower number
        for other in tasks[n]["after"]:
            tails[other] = max(tails[other], tails[n] + tasks[n]["takes"])
    best = [sum(t["takes"] for t in tasks) + max((t["release"] for t in tasks), default=0) + 1]
    start = {}

    def place(so_far):
        if len(start) == count:
            best[0] = min(best[0], so_far)
            return
        for n in range(count):
            task = tasks[n]
            if n in start or any(other not in start for other in task["after"]):
                continue
            at = max([task["release"]] + [start[other] + tasks[other]["takes"] for other in task["after"]])
            limit = limits.get(task["pool"])
            while limit and task["takes"] and not fits(tasks, start, n, at, limit):
                at = min(end for end in (start[m] + tasks[m]["takes"] for m in start) if end > at)  # only where one ends it may fit
            if at + task["takes"] + tails[n] >= best[0]:
                continue
            start[n] = at
            place(max(so_far, at + task["takes"]))
            del start[n]
    place(0)
    return best[0]
