"""Subjects and topics."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from studyhall.domains.subjects import queries, service
from studyhall.domains.subjects.errors import (
    PrerequisitesRefused,
    SubjectExists,
    TooManyTopics,
    TopicExists,
)
from studyhall.domains.subjects.schemas import (
    NewSubject,
    NewTopic,
    SubjectAnswer,
    SubjectItem,
    SubjectList,
    TopicAnswer,
    TopicChanges,
    TopicItem,
    TopicList,
)
from studyhall.platform.web import Envelope, Listing, Router, Uow, created, ok

router = Router("courses")

NamePart = Annotated[str | None, Query(max_length=100, description="A part of the name.")]


@router.get("/subjects", access="public", summary="Subjects", limit="catalogue")
async def browse_subjects(uow: Uow, listing: Listing, q: NamePart = None) -> Envelope[SubjectList]:
    page = (await queries.page_of_subjects(uow, q, listing)).map(lambda row: SubjectItem.of(*row))
    return ok(SubjectList(subjects=page.rows, pagination=page.pagination))


@router.post("/subjects", access="courses.author", summary="Add a subject", status=201, errors=[SubjectExists])
async def add_subject(body: NewSubject, uow: Uow) -> Envelope[SubjectAnswer]:
    subject = await service.add_subject(uow, body.name, body.description)
    return created(SubjectAnswer(subject=SubjectItem.of(subject, 0)), "Subject added")


@router.get(
    "/subjects/{subject_id}/topics", access="public", summary="A subject's topics and prerequisites", limit="catalogue"
)
async def list_topics_of_subject(subject_id: UUID, uow: Uow, listing: Listing) -> Envelope[TopicList]:
    subject, count = await service.get_subject(uow, subject_id)
    page = (await queries.page_of_topics(uow, subject_id, listing)).map(TopicItem.of)
    return ok(TopicList(subject=SubjectItem.of(subject, count), topics=page.rows, pagination=page.pagination))


@router.post(
    "/subjects/{subject_id}/topics",
    access="courses.author",
    summary="Add a topic",
    status=201,
    errors=[TopicExists, TooManyTopics, PrerequisitesRefused],
)
async def add_topic(subject_id: UUID, body: NewTopic, uow: Uow) -> Envelope[TopicAnswer]:
    row = await service.add_topic(uow, subject_id, body.name, body.description, body.prerequisites)
    return created(TopicAnswer(topic=TopicItem.of(row)), "Topic added")


@router.put(
    "/topics/{topic_id}",
    access="courses.author",
    summary="Change a topic and what it needs",
    errors=[TopicExists, PrerequisitesRefused],
)
async def change_topic(topic_id: UUID, body: TopicChanges, uow: Uow) -> Envelope[TopicAnswer]:
    row = await service.change_topic(uow, topic_id, body.model_dump(exclude_unset=True))
    return ok(TopicAnswer(topic=TopicItem.of(row)), "Topic changed")
