"""A process that starts workers one after another and kills each in the middle of its work.

`python -m tests.outbound.dying_workers DATA PORT KILLS SEED`: the workers are forks, so that a
hundred of them do not spend their lives importing. Each is killed by SIGKILL after a random while,
and then one works on until nothing is left. Prints how many were killed while they worked.
"""

import os
import random
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import create_engine, text

from tests.builders import make_settings
from widget.mail_settings import MailServer
from widget.outbound.mail.letters import Post
from widget.outbound.mail.sending import SendMail
from widget.outbound.mail.transport import SmtpMailer
from widget.storage.engine import prepare_engine

LEASE = timedelta(seconds=1)


def work(data: Path, port: int, url: str | None) -> None:
    """Send until nothing is left, as a worker's job does."""
    settings = make_settings(data, url)
    engine = prepare_engine(create_engine(settings.database_url))
    job = SendMail(
        Post(settings),
        SmtpMailer(MailServer("127.0.0.1", port, "none")),
        clock=lambda: datetime.now(UTC),
        lease=LEASE,
    )
    while True:
        if job(engine, datetime.now(UTC)):
            continue
        with engine.connect() as connection:
            left = connection.execute(
                text("SELECT count(*) FROM deliveries WHERE status NOT IN ('sent', 'failed')")
            ).scalar_one()
        if not left:
            return
        time.sleep(0.05)


def main() -> None:
    data, port, kills = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    chance = random.Random(int(sys.argv[4]))
    url = sys.argv[5] if len(sys.argv) > 5 else None
    killed = 0
    for number in range(kills + 1):
        child = os.fork()
        if child == 0:
            work(data, port, url)
            os._exit(0)
        if number < kills:
            time.sleep(chance.uniform(0.06, 0.16))
            os.kill(child, signal.SIGKILL)
        _child, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status)
    sys.stdout.write(f"{killed}\n")


if __name__ == "__main__":
    main()
