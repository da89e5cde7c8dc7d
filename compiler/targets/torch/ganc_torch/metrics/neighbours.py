"""Nearest neighbours, exactly. A product of matrices says about how far all candidates are, and how wrong that may be; those
that may be meant are then measured by differences. (Distances by products alone lose half of the digits where rows are near
each other, and order equal rows by chance.)
"""

import torch

#: Numbers that are held at once: distances of some queries from all candidates, or differences of rows.
_numbers = 1 << 23
#: Candidates measured beyond the k that are wanted.
_more = 8
#: Roundings of a sum of so many products, in units of the squares that it is of.
_unit = 4 * torch.finfo(torch.float64).eps


class About:
    """Squared distances of chunks of queries [P, D] from all candidates [Q, D], and bounds of their error."""

    def __init__(self, queries, candidates):
        middle = candidates.mean(0)
        self.queries, self.candidates = queries, candidates
        self.from_, self.to = queries - middle, candidates - middle
        self.sizes = self.from_.square().sum(1), self.to.square().sum(1)
        self.slack = _unit * (queries.shape[1] + 4)

    def chunks(self):
        """(rows, [p, Q] squares, [p, 1] by how much they may be wrong) of chunks of queries."""
        size = max(1, _numbers // max(1, len(self.to)))
        largest = self.sizes[1].max()
        for rows in torch.arange(len(self.from_)).split(size):
            own = self.sizes[0][rows, None]
            squares = own + self.sizes[1] - 2 * (self.from_[rows] @ self.to.T)
            yield rows, squares, self.slack * (own + largest)

    def exact(self, rows, columns):
        """Squared distances of pairs of a query and a candidate, whose indices broadcast to [...]."""
        rows, columns = torch.broadcast_tensors(rows, columns)
        size = max(1, _numbers // max(1, self.queries.shape[1]))
        pairs = zip(rows.flatten().split(size), columns.flatten().split(size))
        measured = [(self.queries[row] - self.candidates[column]).square().sum(1) for row, column in pairs]
        return torch.cat(measured).reshape(rows.shape) if measured else torch.zeros(rows.shape, dtype=torch.float64)


def nearest_rows(queries, candidates, k):
    """For each of [P, D] queries the indices [P, k] of its k nearest of [Q, D] candidates, nearest first, of equals the
    earlier, and the squares [P, k] of their distances: a root's last digit is not the same on every processor.
    """
    about, neighbours, measured = About(queries, candidates), [], []
    for rows, squares, wrong in about.chunks():
        some = squares.topk(min(len(candidates), k + _more), largest=False)
        columns = some.indices.sort(1).values
        found, order = about.exact(rows[:, None], columns).sort(dim=1, stable=True)
        columns, found = columns.gather(1, order)[:, :k], found[:, :k]
        if some.indices.shape[1] < len(candidates):
            # Others may be nearer, or as near and earlier, than what was measured.
            unsure = some.values[:, -1:] - wrong <= found[:, -1:]
            for at in unsure[:, 0].nonzero()[:, 0].tolist():
                found[at], columns[at] = _one(about, rows[at], squares[at], found[at, -1] + wrong[at, 0], k)
        neighbours.append(columns)
        measured.append(found)
    return torch.cat(neighbours), torch.cat(measured)


def _one(about, row, squares, reach, k):
    """The k nearest of one query among all that may be as near as `reach`."""
    columns = (squares <= reach).nonzero()[:, 0]
    found, order = about.exact(row, columns).sort(stable=True)
    return found[:k], columns[order[:k]]


def balls_around(points, centres, limit, closed):
    """For each of [P, D] points, in how many of the balls around [Q, D] centres it lies; `limit`: squares of their radii;
    `closed`: also on their surface.
    """
    about, counts = About(points, centres), []
    for rows, squares, wrong in about.chunks():
        unsure = ((squares - limit).abs() <= wrong + _unit * limit).nonzero(as_tuple=True)
        squares[unsure] = about.exact(rows[unsure[0]], unsure[1])
        counts.append(((squares <= limit) if closed else (squares < limit)).sum(1))
    return torch.cat(counts)
