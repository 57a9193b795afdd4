"""Every command with its options; what they do is imported when one runs."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from studyhall import __version__

app = typer.Typer(
    name="studyhall",
    help="A self-hosted study platform. Settings come from STUDYHALL_… variables or an .env file.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        help="Folder of this installation.",
        show_default="./data; for root in a closed folder /var/lib/studyhall",
        metavar="DIR",
    ),
]


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"studyhall {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and end.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Plan, learn, practise and study together, on a machine of your own."""


@app.command()
def serve(
    port: Annotated[
        int | None, typer.Option(help="Port to answer on; 0 takes a free one.", show_default="8000")
    ] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.", show_default="127.0.0.1")] = None,
    data_dir: DataDir = None,
    workers: Annotated[int | None, typer.Option(help="Web server processes.", show_default="1")] = None,
    job_worker: Annotated[
        bool | None, typer.Option("--job-worker/--no-job-worker", help="Run a job worker beside.", show_default="on")
    ] = None,
) -> None:
    """Run the server, with its own PostgreSQL, Valkey and job worker unless settings name others."""
    from studyhall.entrypoints.cli import environment

    settings = environment.load_settings(
        port=port, host=host, data_dir=data_dir, server_workers=workers, embedded_worker=job_worker
    )
    from studyhall.entrypoints.cli import serving

    serving.serve(settings)


@app.command()
def worker(
    data_dir: DataDir = None,
    ends_with: Annotated[int | None, typer.Option(hidden=True, help="The process that started it.")] = None,
) -> None:
    """Run one more job worker, beside a running server or alone."""
    if ends_with is not None:
        from studyhall.platform.embedded.process import end_with_parent

        end_with_parent(ends_with)
    from studyhall.entrypoints import worker as job_worker
    from studyhall.entrypoints.cli import environment, schema

    with environment.with_servers(environment.load_settings(data_dir=data_dir)) as settings:
        schema.upgrade(_database(settings))
        environment.publish(settings)
        job_worker.main(settings)


@app.command()
def migrate(data_dir: DataDir = None) -> None:
    """Bring the database to the schema of this version."""
    from studyhall.entrypoints.cli import environment, schema

    with environment.with_servers(environment.load_settings(data_dir=data_dir)) as settings:
        done = schema.upgrade(_database(settings))
    typer.echo(
        f"Schema {done.before or 'none'} → {done.after}." if done.changed else f"Schema {done.after}, unchanged."
    )


@app.command()
def demo(data_dir: DataDir = None) -> None:
    """Fill the database with a believable student, an educator and a group of friends."""
    from studyhall.entrypoints import demo as demo_data

    _with_resources(demo_data.fill, data_dir)


@app.command()
def rebuild(data_dir: DataDir = None) -> None:
    """Recompute every derived figure from what was recorded."""
    from studyhall.entrypoints import rebuild as rebuilding

    _with_resources(rebuilding.run, data_dir)


@app.command()
def admin(
    email: Annotated[str, typer.Argument(help="Whose account; opened when there is none.")],
    role: Annotated[str, typer.Option(help="Role to give.")] = "Super Admin",
    name: Annotated[str | None, typer.Option(help="Name for a new account.", show_default="from the e-mail")] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read a new account's password from standard input.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Make the first administrator, or give a role to somebody."""
    from studyhall.entrypoints.cli import administration

    async def work(resources: Any) -> None:
        password = None
        if await administration.find(resources, email) is None:
            password = sys.stdin.readline().rstrip("\n") if password_stdin else _ask_password()
        typer.echo(await administration.grant(resources, email, role, name, password))

    _with_resources(work, data_dir)


def _ask_password() -> str:
    password: str = typer.prompt("Password for the new account", hide_input=True, confirmation_prompt=True)
    return password


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="File to write; it will hold secrets, so keep it safe.")],
    data_dir: DataDir = None,
) -> None:
    """Write the database, the files and the secret key into one archive; the server may run meanwhile."""
    from studyhall.entrypoints.cli import archive, environment

    with environment.with_servers(environment.load_settings(data_dir=data_dir)) as settings:
        typer.echo(archive.back_up(settings, file))


@app.command()
def jobs(
    retry: Annotated[int | None, typer.Option(help="Queue this failed job again.")] = None,
    drop: Annotated[int | None, typer.Option(help="Forget this failed job.")] = None,
    data_dir: DataDir = None,
) -> None:
    """List the jobs that failed for good, try one again, or forget it."""
    from studyhall.entrypoints.cli import dead_jobs

    async def work(resources: Any) -> None:
        for job_id, is_drop in ((retry, False), (drop, True)):
            if job_id is not None:
                await dead_jobs.act(resources, job_id, drop=is_drop)
        if retry is None and drop is None:
            await dead_jobs.show(resources)

    _with_resources(work, data_dir)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="File that `studyhall backup` wrote.", exists=True, dir_okay=False)],
    data_dir: DataDir = None,
    replace: Annotated[bool, typer.Option("--replace", help="Throw away what the target holds now.")] = False,
) -> None:
    """Load a backup into an empty installation; no server may run on it."""
    from studyhall.entrypoints.cli import archive, environment

    settings = environment.load_settings(data_dir=data_dir)
    with environment.embedded_servers(settings) as urls:
        typer.echo(archive.restore(settings, urls, file, replace=replace))


@app.command()
def doctor(data_dir: DataDir = None) -> None:
    """Check this set-up: what works, what does not, and what to do about it."""
    from studyhall.entrypoints.cli import doctor as examination
    from studyhall.entrypoints.cli import environment

    if not examination.examine(environment.load_settings(data_dir=data_dir)):
        raise typer.Exit(1)


@app.command()
def openapi(
    directory: Annotated[Path, typer.Argument(help="Folder to write into.")] = Path("contracts"),
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit with 1 when a file is not up to date.")
    ] = False,
) -> None:
    """Write the description of the API and of the live messages."""
    from studyhall.entrypoints.cli import contracts

    stale = contracts.stale(directory) if check else contracts.write(directory)
    for path in stale:
        typer.echo(f"{path} is not up to date; run `studyhall openapi`." if check else f"Wrote {path}.")
    if check and stale:
        raise typer.Exit(1)


def _database(settings: Any) -> str:
    url: str = settings.database_url
    return url


def _with_resources(work: Callable[[Any], Awaitable[object]], data_dir: Path | None) -> None:
    """Runs asynchronous work with everything opened, on a database with our schema."""
    from studyhall.entrypoints import wiring
    from studyhall.entrypoints.cli import environment, schema

    async def run(settings: Any) -> None:
        async with wiring.open_resources(settings) as resources:
            await work(resources)

    with environment.with_servers(environment.load_settings(data_dir=data_dir)) as settings:
        schema.upgrade(_database(settings))
        environment.publish(settings)
        asyncio.run(run(settings))
