"""A published course of the demo educator, with a map of its topics; the student has begun to read it."""

from uuid import UUID

from studyhall.domains.chapters.service import completing, writing
from studyhall.domains.courses import service as courses
from studyhall.domains.markup.public import render
from studyhall.domains.subjects import service as subjects
from studyhall.platform.auth import Actor
from studyhall.platform.uow import UnitOfWork

TOPICS = ("What a graph is", "Trees", "Walking through graphs", "Shortest paths", "Greedy trees")
"""Each needs the one before."""

CHAPTERS = (
    r"""# Points and lines

A *graph* is a set of points, the **vertices**, and a set of lines between them, the **edges**. A road map is one: towns
are vertices, roads are edges. So is a group of friends: people are vertices, and an edge says that two know each other.

A graph with $n$ vertices has at most $\frac{n(n-1)}{2}$ edges, because each of the $n$ can be joined to $n - 1$ others,
and that counts every edge twice.

| word | means |
|---|---|
| degree | how many edges meet at a vertex |
| path | a way along edges that visits no vertex twice |
| connected | there is a path between any two vertices |
""",
    r"""# Trees

A **tree** is a connected graph without a cycle. Take one edge away and it falls into two pieces; add one and there is a
cycle. From that follows its most useful property:

> A tree with $n$ vertices has exactly $n - 1$ edges.

A vertex of degree 1 is a *leaf*. Every tree with at least two vertices has at least two leaves: walk along any longest
path, and look at its two ends.
""",
    r"""# Walking through a graph

To visit every vertex that can be reached, keep a list of those that wait. If the list is a *queue*, the walk goes in
rings (breadth first); if it is a *stack*, it runs ahead and turns back at dead ends (depth first).

```python
from collections import deque

def rings(graph, start):
    distance, waiting = {start: 0}, deque([start])
    while waiting:
        here = waiting.popleft()
        for there in graph[here]:
            if there not in distance:
                distance[there] = distance[here] + 1
                waiting.append(there)
    return distance
```

Each vertex waits once and each edge is looked at twice, so the walk takes time in proportion to $V + E$.
""",
    r"""# Shortest paths

When edges have lengths, rings are not enough: a detour of three short roads may be shorter than one long road.
Dijkstra's idea is to let the *nearest* waiting vertex go first. Once a vertex has gone, its distance is final, because
every other way to it would begin with a vertex that is farther away already.

$$
d(v) = \min_{u \to v} \bigl( d(u) + \ell(u, v) \bigr)
$$

The argument needs lengths that are not negative. Where does it fail otherwise?
""",
    r"""# Connecting everything cheaply

Some villages want water, and pipes cost by their length. The cheapest net that connects them all is a tree, since an
edge of a cycle could be saved. Kruskal's way is greedy and right:

1. Sort the possible pipes by length.
2. Take each in turn, unless its two ends are connected already.

It is right because of the *cut property*: of all edges between one part of the villages and the rest, a shortest one is
always in some cheapest tree.
""",
)


async def publish(uow: UnitOfWork, educator_id: UUID, student_id: UUID) -> None:
    """Write the course, put it into the catalogue, and let the student read its beginning."""
    educator = Actor(educator_id, permissions=frozenset({"courses.author", "courses.publish"}))
    subject = await subjects.add_subject(uow, "Graph Theory", "Points, lines, and how far things are from one another")
    topics: list[UUID] = []
    for name in TOPICS:
        topics.append((await subjects.add_topic(uow, subject.id, name, None, topics[-1:])).topic.id)
    course, _ = await courses.create(
        uow,
        educator_id,
        {
            "name": "Graphs from the ground up",
            "code": "GR100",
            "instructor": "Prof. Amara Okafor",
            "description": "Five short chapters on what connects things, for everybody who can count.",
            "prerequisites": ["A little programming"],
            "subject_id": subject.id,
            "semester": "Any term",
        },
    )
    chapter_ids = [
        (
            await writing.add(
                uow,
                educator,
                course.id,
                title=markdown.partition("\n")[0].removeprefix("# "),
                markdown=markdown,
                rendered=render(markdown),
                position=None,
                topic_ids=[topic_id],
            )
        ).id
        for markdown, topic_id in zip(CHAPTERS, topics, strict=True)
    ]
    await courses.publish(uow, educator, course.id, None)
    student = Actor(student_id)
    await courses.enroll(uow, student, course.id, {"color": "teal"})
    for chapter_id in chapter_ids[:2]:
        await completing.complete(uow, student, chapter_id)
    await uow.settle()
