"""Many commands of one `aws` in one process: run by the Python that has it, told what to run by `originals.py`.

A process of `aws` costs a second, nearly all of it for modules and models that are the same every time. Here they are
loaded once, and each command runs in a child that is forked from there, with its own environment, directory and
streams: nothing that it does stays. What a command needs is not guessed: the first one, in a child too, tells what it
loaded. The parent itself runs no command, for version 2 has a library with threads, which a fork does not copy.

One job a line on standard input, one answer a line on standard output.
"""

import gc
import importlib
import json
import os
import resource
import signal
import sys

_before = dict(os.environ)
import awscli.clidriver

# Where its data is, for one.
_set_by_import = {name: value for name, value in os.environ.items() if _before.get(name) != value}
_answers = {}


def remember(owner, name, key=lambda *words: words):
    """Asks a function of the program only once for what is the same in every command: files of the package, signatures."""
    asked = getattr(owner, name)

    def remembered(*words, **named):
        question = (owner, name, key(*words, *named.values()))
        if question not in _answers:
            _answers[question] = asked(*words, **named)
        return _answers[question]

    setattr(owner, name, remembered)


def remember_what_stays():
    # Version 1 has the library under two names.
    for module in [sys.modules[name] for name in ("botocore.loaders", "awscli.botocore.loaders") if name in sys.modules]:
        remember(module.JSONFileLoader, "load_file", lambda _, path: path)
        remember(module.Loader, "list_available_services", lambda _, kind: kind)
        remember(module.Loader, "list_api_versions", lambda _, *words: words)
    for name in ("botocore.hooks", "awscli.botocore.hooks"):
        if name in sys.modules:
            remember(sys.modules[name], "accepts_kwargs")


def command(words, environment, directory, streams):
    """Runs one command in this process and ends it."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.chdir(directory)
    os.environ.clear()
    os.environ.update(_set_by_import | environment)
    sys.argv = ["aws", *words]
    status = 1
    try:
        status = awscli.clidriver.main()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        status = 120
    return status or 0


def forked(work):
    """Does the work in a child and returns its exit status, as a shell counts it."""
    child = os.fork()
    if child == 0:
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os._exit(work() & 0xFF)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def opened(job):
    writing = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    return [
        os.open(job["stdin"], os.O_RDONLY),
        os.open(job["stdout"], writing, 0o600),
        os.open(job["stderr"], writing, 0o600),
    ]


def run(job, after=lambda: None):
    streams = opened(job)

    def work():
        status = command(job["words"], job["environment"], job["directory"], streams)
        after()
        return status

    try:
        return forked(work)
    finally:
        for stream in streams:
            os.close(stream)


def warm(job):
    """Loads here what a command loads."""
    reader, writer = os.pipe()

    def tell():
        models = [path for _, name, path in _answers if name == "load_file"]
        lists = [(name, words, answer) for (_, name, words), answer in _answers.items() if name.startswith("list_")]
        with open(writer, "w") as out:
            json.dump({"models": models, "lists": lists, "modules": list(sys.modules)}, out)

    run(job, tell)
    os.close(writer)
    with open(reader) as told:
        seen = json.load(told)
    for name in seen["modules"]:
        if name not in sys.modules:
            try:
                importlib.import_module(name)
            except ImportError:
                pass
    loaders = sys.modules["botocore.loaders"]
    for path in seen["models"]:
        loaders.JSONFileLoader().load_file(path)
    for name, words, answer in seen["lists"]:
        _answers[loaders.Loader, name, words if isinstance(words, str) else tuple(words)] = answer
    gc.collect()
    gc.freeze()


def main():
    remember_what_stays()
    ours = os.dup(1)
    os.dup2(2, 1)
    with open(ours, "w", buffering=1) as answers:
        for line in sys.stdin:
            job = json.loads(line)
            if job.pop("warm", False):
                warm(job)
                status = 0
            else:
                status = run(job)
            used = resource.getrusage(resource.RUSAGE_CHILDREN)
            print(json.dumps({"status": status, "cpu": used.ru_utime + used.ru_stime}), file=answers)


main()
