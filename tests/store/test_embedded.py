import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from redis import Redis

from tests.store.support import await_until
from verifier.errors import NotConfigured
from verifier.store.embedded import EmbeddedServer

HOLD = """
import sys, time
from pathlib import Path
from verifier.store.embedded import EmbeddedServer
server = EmbeddedServer.attach(Path(sys.argv[1]))
print(server.url, flush=True)
time.sleep(60)
"""


def hold(directory: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", HOLD, str(directory)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline().startswith("unix://")
    return process


def end(process: "subprocess.Popen[str]") -> str:
    process.send_signal(signal.SIGKILL)
    out, err = process.communicate()
    return out + err


def read_pid(url: str) -> int:
    with Redis.from_url(url) as redis:
        return int(redis.info("server")["process_id"])


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):  # gone before, or while it was read
        return False
    return state != "Z"


def test_the_first_to_come_starts_the_server_and_the_last_to_go_ends_it(tmp_path: Path) -> None:
    first = EmbeddedServer.attach(tmp_path)
    second = EmbeddedServer.attach(tmp_path)
    pid = read_pid(first.url)

    first.close()
    time.sleep(0.5)

    assert read_pid(second.url) == pid
    second.close()
    await_until(lambda: not is_running(pid) and not (tmp_path / "valkey.sock").exists())


def test_one_server_serves_every_process_and_outlives_each_of_them(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        processes = list(pool.map(hold, [tmp_path] * 4))
    with EmbeddedServer.attach(tmp_path) as server:
        pid = read_pid(server.url)
        noise = [end(process) for process in processes]
        time.sleep(0.5)

        assert read_pid(server.url) == pid
    assert noise == [""] * 4
    await_until(lambda: not is_running(pid))


def test_no_process_is_left_when_its_only_user_is_killed(tmp_path: Path) -> None:
    process = hold(tmp_path)
    pid = read_pid(f"unix://{tmp_path}/valkey.sock")

    end(process)

    await_until(lambda: not is_running(pid))


def test_the_server_dies_with_a_killed_guardian(tmp_path: Path) -> None:
    with EmbeddedServer.attach(tmp_path) as server:
        pid = read_pid(server.url)
        guardian = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])

        os.kill(guardian, signal.SIGKILL)

        await_until(lambda: not is_running(pid))


def test_a_server_that_died_is_started_again(tmp_path: Path) -> None:
    with EmbeddedServer.attach(tmp_path) as server:
        pid = read_pid(server.url)
        os.kill(pid, signal.SIGKILL)

        def is_back() -> bool:
            try:
                return read_pid(server.url) != pid
            except OSError:
                return False
            except Exception:  # noqa: BLE001 - the client's own errors while nobody answers
                return False

        await_until(is_back)


def test_nothing_is_written_to_disk_and_nobody_else_may_connect(tmp_path: Path) -> None:
    with EmbeddedServer.attach(tmp_path / "data") as server:
        with Redis.from_url(server.url) as redis:
            redis.set("name", b"content" * 1000)
        files = {path.name: path.stat() for path in (tmp_path / "data").iterdir()}

        assert set(files) == {"valkey.sock", "valkey.users", "valkey.start"}
        assert files["valkey.users"].st_size == files["valkey.start"].st_size == 0
        assert files["valkey.sock"].st_mode & 0o077 == 0
        assert (tmp_path / "data").stat().st_mode & 0o077 == 0


def test_a_path_too_long_for_a_socket_is_served_from_a_private_short_one(tmp_path: Path) -> None:
    deep = tmp_path / ("long" * 20) / ("name" * 20)

    with EmbeddedServer.attach(deep) as server, EmbeddedServer.attach(deep) as same:
        assert server.url == same.url
        assert read_pid(server.url) == read_pid(same.url)
        directory = Path(server.url.removeprefix("unix://")).parent
        assert directory.stat().st_mode & 0o077 == 0
    shutil.rmtree(directory)


def test_a_directory_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(NotConfigured, match="VERIFIER_DATA"):
        EmbeddedServer.attach(tmp_path / "file")


def test_a_server_that_cannot_start_costs_a_warning_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("verifier.store.embedded.get_binary_path", lambda: "/bin/false")
    monkeypatch.setattr("verifier.store.embedded.START_SECONDS", 0.3)

    with EmbeddedServer.attach(tmp_path):
        assert [record.message for record in caplog.records] == [
            "the embedded server does not answer; going on without a cache"
        ]
