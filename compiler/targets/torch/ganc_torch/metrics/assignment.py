"""The assignment problem: which column for which row so that the sum is largest, no column twice."""

import math


def best_assignment(gain):
    """For each row of a square matrix its column, so that the sum is largest (Kuhn 1955, shortest augmenting paths)."""
    n = len(gain)
    row_of, rows, columns = [0] * (n + 1), [0.0] * (n + 1), [0.0] * (n + 1)
    for first in range(1, n + 1):
        row_of[0] = first
        slack, came_from, reached = [math.inf] * (n + 1), [0] * (n + 1), [False] * (n + 1)
        column = 0
        while row_of[column] != 0:
            reached[column] = True
            row, following = row_of[column], 0
            for j in range(1, n + 1):
                if reached[j]:
                    continue
                cost = -gain[row - 1][j - 1] - rows[row] - columns[j]
                if cost < slack[j]:
                    slack[j], came_from[j] = cost, column
                if following == 0 or slack[j] < slack[following]:
                    following = j
            step = slack[following]
            for j in range(n + 1):
                if reached[j]:
                    rows[row_of[j]] += step
                    columns[j] -= step
                else:
                    slack[j] -= step
            column = following
        while column:
            row_of[column] = row_of[came_from[column]]
            column = came_from[column]
    match = [0] * n
    for column in range(1, n + 1):
        match[row_of[column] - 1] = column - 1
    return match
