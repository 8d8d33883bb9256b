# SPDX-License-Identifier: MIT
"""examples/cluster/: Kubernetes takes the files, and what they type works.

The schemas of what is not Kubernetes's own are in data/cluster/: the fields that its
documentation has, and no others.
"""

import copy
import json
import os
import pathlib
import pwd
import re
import subprocess
import tempfile

import jsonschema
import kubernetes_validate
import pytest
import yaml

import documents
import program as programs
from mount.test_life_descriptor import opened_and_mounted

CLUSTER = documents.TOP / "examples/cluster"
SCHEMAS = documents.TOP / "tests/data/cluster"
FILES = sorted(path.name for path in CLUSTER.glob("*.yaml"))
# The first whose sidecars need no switch.
KUBERNETES = "1.29"


def objects(name):
    return list(yaml.safe_load_all((CLUSTER / name).read_text()))


def the(kind, name):
    (found,) = [each for each in objects(name) if each["kind"] == kind]
    return found


def pod_of(each):
    """The parts of a pod that are within another's object, as a pod."""
    spec = each["spec"]
    if each["kind"] in ("ThinRuntime", "ThinRuntimeProfile"):
        fuse = {key: value for key, value in spec["fuse"].items()
                if key in ("volumeMounts", "resources", "command")}
        parts = {"containers": [{"name": "fuse", "image": "x"} | fuse],
                 "volumes": spec.get("volumes", [])}
    elif each["kind"] == "TrainJob":
        (patch,) = spec["runtimePatches"]
        (job,) = patch["trainingRuntimeSpec"]["template"]["spec"]["replicatedJobs"]
        parts = copy.deepcopy(job["template"]["spec"]["template"]["spec"])
        parts["containers"][0] |= {"image": "x", "resources": spec["trainer"]["resourcesPerNode"]}
    else:
        return None
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, "spec": parts}


def check(each):
    schema = SCHEMAS / f"{each['kind']}.json"
    if schema.exists():
        jsonschema.validate(each, json.loads(schema.read_text()))
        each = pod_of(each)
    if each:
        kubernetes_validate.validate(each, KUBERNETES, strict=True)


@pytest.mark.parametrize("name", FILES)
def test_kubernetes_takes_the_file(name):
    assert objects(name)
    for each in objects(name):
        check(each)


WRONG = [("sidecar.yaml", "volumeMounts", "volumeMount"), ("trainjob.yaml", "numNodes", "nodes"),
         ("thinruntime.yaml", "fileSystemType", "filesystemType"),
         ("thinruntime.yaml", "mountPoint", "mountpoint"),
         ("trainjob.yaml", "claimName", "claim"), ("export-job.yaml", "backoffLimit", "backoff")]


@pytest.mark.parametrize("name, right, wrong", WRONG)
def test_a_misspelt_field_would_not_be_taken(name, right, wrong):
    text = (CLUSTER / name).read_text()
    assert f"{right}:" in text
    with pytest.raises((jsonschema.ValidationError, kubernetes_validate.ValidationError)):
        for each in yaml.safe_load_all(text.replace(f"{right}:", f"{wrong}:", 1)):
            check(each)


# --- What the files type -------------------------------------------------------------


def containers(each):
    """All containers of an object, those that come first included."""
    if each["kind"] == "ThinRuntimeProfile":
        return [{"name": "fuse"} | each["spec"]["fuse"]]
    if each["kind"] == "TrainJob":
        return [{"name": "trainer"} | each["spec"]["trainer"]]
    template = each["spec"].get("template", each)
    return [*template["spec"].get("initContainers", []), *template["spec"]["containers"]]


def all_containers():
    return [(name, container) for name in FILES for each in objects(name)
            if each["kind"] not in ("Service", "Dataset", "ThinRuntime")
            for container in containers(each)]


def words_of(container):
    words = [*container.get("command", []), *container.get("args", [])]
    return " ".join(words).split()


@pytest.mark.parametrize("command", ["mount", "export", "status"])
def test_commands_and_options_of_ours_are_there(tfrecordfs, command):
    typed = [words_of(c) for _, c in all_containers()]
    typed += [c[probe]["exec"]["command"] for _, c in all_containers()
              for probe in ("startupProbe", "livenessProbe") if probe in c]
    typed += [json.loads(line) for line in re.findall(r"CMD (\[.*\])$", dockerfile(), re.M)]
    typed = [words[words.index(command):] for words in typed
             if command in words and "python" not in words]
    assert typed and command in documents.commands_in_help(tfrecordfs)
    options = {word.split("=")[0] for words in typed for word in words if word.startswith("--")}
    assert options <= documents.options_in_help(tfrecordfs, command)


def test_programs_of_examples_are_there_and_take_the_options():
    seen = set()
    for name, container in all_containers():
        words = words_of(container)
        for number, word in enumerate(words):
            if word.startswith("/app/"):
                program = documents.TOP / "examples" / word.removeprefix("/app/")
                text = program.read_text()
                seen.add(program.name)
                for option in words[number + 1:]:
                    assert not option.startswith("--") or f'"{option}"' in text, (name, option)
    assert seen == {"train.py", "multi_worker.py", "read_pytorch.py", "data_service.py"}


def test_what_one_file_makes_is_what_the_other_reads():
    daemon = the("DaemonSet", "daemonset.yaml")["spec"]["template"]["spec"]
    (node,) = [v["hostPath"]["path"] for v in daemon["volumes"] if v["name"] == "node"]
    for name, kinds in (("training-job.yaml", ["Job"]), ("tfdata-service.yaml",
                                                         ["Job", "Deployment"])):
        for each in objects(name):
            spec = each["spec"].get("template", {}).get("spec", {})
            for volume in spec.get("volumes", []) if each["kind"] in kinds else []:
                assert volume["name"] != "node" or volume["hostPath"]["path"] == node
    assert f"{node}/shards" in " ".join(words_of(daemon["containers"][0]))
    dataset = the("Dataset", "thinruntime.yaml")["metadata"]["name"]
    assert f"claimName: {dataset}," in (CLUSTER / "trainjob.yaml").read_text()
    pod = the("Pod", "sidecar.yaml")["spec"]
    (csi,) = [v["csi"] for v in pod["volumes"] if "csi" in v]
    assert csi["volumeAttributes"]["fdPassingEmptyDirName"] in {
        v["name"] for v in pod["volumes"] if "emptyDir" in v}
    assert csi["volumeAttributes"]["fdPassingSocketName"] == "shards.sock"
    assert "/fd-passing/shards.sock" in words_of(pod["initContainers"][1])


def test_tf_config_is_what_tensorflow_takes():
    (container,) = containers(the("Job", "training-job.yaml"))
    assert container["command"] == ["/bin/sh", "-c"]
    line, program = container["args"][0].split(" exec ")
    assert program.startswith("python /app/multi_worker.py")
    said = subprocess.run(["sh", "-c", f'{line}; printf %s "$TF_CONFIG"'], check=True,
                          capture_output=True, env={"JOB_COMPLETION_INDEX": "1"}).stdout
    assert json.loads(said)["task"] == {"type": "worker", "index": 1}


# --- And does -----------------------------------------------------------------------


def in_place(words, source, folder):
    """A command line of a container with its places in ours."""
    places = {"/images": str(source), "/index": str(folder / "index"),
              "/shards": str(folder / "mnt"), "/var/lib/tfrecordfs": str(folder / "node")}
    pattern = re.compile("(?<![a-z])(" + "|".join(map(re.escape, places)) + ")(?![a-z])")
    return [pattern.sub(lambda match: places[match[0]], word) for word in words]


def environment(tfrecordfs):
    return tfrecordfs.environment({"PATH": f"{tfrecordfs.path.parent}:{os.environ['PATH']}"})


def wait_for_probe(tfrecordfs, command):
    programs.wait_until(lambda: subprocess.run(command, env=environment(tfrecordfs), check=False,
                                               timeout=30).returncode == 0, 60, "the probe")


def end(daemon):
    daemon.terminate()
    assert daemon.wait(60) == 0


@pytest.mark.fuse_required
@pytest.mark.parametrize("kind", ["fuse", "fuse.tfrecordfs"])
def test_the_sidecar_serves_what_the_plugin_mounted(tfrecordfs, photos, folder, kind):
    sidecar = the("Pod", "sidecar.yaml")["spec"]["initContainers"][1]
    assert sidecar["command"][-2:] == ["--", "/usr/bin/tfrecordfs"]
    words = in_place(sidecar["args"], photos, folder)
    with opened_and_mounted(folder / "mnt", kind=kind) as fd:
        daemon = subprocess.Popen(
            ["bash", "-c", f'exec 3<&{fd}-; exec "$@"', "bash", tfrecordfs.path, *words],
            pass_fds=[fd], env=environment(tfrecordfs))
        os.close(fd)
        wait_for_probe(tfrecordfs, in_place(sidecar["startupProbe"]["exec"]["command"], photos,
                                            folder))
        assert len(list((folder / "mnt").glob("train-*.tfrecord"))) == 16
        tfrecordfs("umount", folder / "mnt")
        assert daemon.wait(60) == 0


@pytest.mark.fuse_required
@pytest.mark.fault(fault="SIGKILL of a container's processes", moment="of daemonset.yaml",
                   expected="the next container clears the dead mount and serves")
def test_the_daemonset_mounts_and_mounts_again_after_a_kill(tfrecordfs, photos, folder):
    (container,) = the("DaemonSet", "daemonset.yaml")["spec"]["template"]["spec"]["containers"]
    command = in_place([*container["command"], *container["args"]], photos, folder)
    probe = in_place(container["livenessProbe"]["exec"]["command"], photos, folder)
    shards = folder / "node/shards"
    for turn in "killed", "ended":
        daemon = subprocess.Popen(command, env=environment(tfrecordfs))
        wait_for_probe(tfrecordfs, probe)
        assert len(list(shards.glob("train-*.tfrecord"))) == 16
        if turn == "killed":
            # The keeper first, or it would start another.
            for pid in sorted(programs.processes_of(tfrecordfs, shards)):
                os.kill(pid, 9)
            daemon.wait(60)
            with pytest.raises(OSError):
                os.listdir(shards)
    end(daemon)
    assert not programs.mounts_below(folder)


@pytest.mark.fuse_required
def test_fluid_s_entrypoint_mounts_what_the_dataset_asks_for(tfrecordfs, photos, folder):
    """With the configuration that Fluid makes of thinruntime.yaml."""
    (mount,) = the("Dataset", "thinruntime.yaml")["spec"]["mounts"]
    options = {key: in_place([value], photos, folder)[0]
               for key, value in mount["options"].items()}
    source = in_place([mount["mountPoint"]], photos, folder)[0]
    assert source == f"images://{photos}"
    target = folder / "runtime-mnt/thin/default/photos/thin-fuse"
    configuration = folder / "config.json"
    configuration.write_text(json.dumps({
        "mounts": [mount | {"mountPoint": source, "options": options}],
        "targetPath": str(target), "accessModes": ["ReadOnlyMany"]}))
    daemon = subprocess.Popen([CLUSTER / "fluid-entrypoint", configuration],
                              env=environment(tfrecordfs))
    wait_for_probe(tfrecordfs, [tfrecordfs.path, "status", "--probe", target])
    assert len(list(target.glob("train-*.tfrecord"))) == 16
    end(daemon)
    assert not programs.mounts_below(folder) and list((folder / "index").glob("*.index"))


@pytest.mark.parametrize("text, said", [('{"mounts": []}', "has no targetPath"),
                                        ('{"targetPath": "/x"}', "has no mounts[0].mountPoint")])
def test_fluid_s_entrypoint_tells_what_the_configuration_lacks(folder, text, said):
    (folder / "config.json").write_text(text)
    done = subprocess.run([CLUSTER / "fluid-entrypoint", folder / "config.json"], check=False,
                          capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr == f"fluid-entrypoint: {folder}/config.json {said}\n"


# --- The image ----------------------------------------------------------------------


def dockerfile():
    """With continued lines joined."""
    return (CLUSTER / "Dockerfile").read_text().replace("\\\n", "")


def stages():
    """The lines of the stage that builds, and of the one that is kept."""
    parts = re.split(r"^FROM ", dockerfile(), flags=re.M)[1:]
    assert [part.split()[0] for part in parts] == ["debian:12-slim"] * 2
    return [[line.split(maxsplit=1) for line in part.splitlines()[1:]
             if line and not line.startswith("#")] for part in parts]


def packages(stage):
    (install,) = [line for word, line in stage if word == "RUN" and "apt-get install" in line]
    words = install.split(" && ")[1].split()
    return [word for word in words[2:] if not word.startswith("--")]


def test_packages_to_build_are_those_that_our_setup_installs():
    listed = re.findall(r"^([a-z0-9.-]+) +build ",
                        (documents.TOP / "tests/setup/install").read_text(), re.M)
    assert sorted(packages(stages()[0])) == sorted([*listed, "libc6-dev"])


def test_everything_that_is_copied_is_there():
    for stage in stages():
        for word, line in stage:
            if word == "COPY" and not line.startswith("--from"):
                for source in line.split()[:-1]:
                    assert (documents.TOP / source).exists(), source


@pytest.fixture(scope="module")
def image(program_path):
    """What the build stage's commands make of what it copies; compiled already where we are."""
    with tempfile.TemporaryDirectory(prefix="tfrecordfs-image-") as folder:
        build, stage = pathlib.Path(folder, "build"), pathlib.Path(folder, "stage")
        compiled = build / "build/release"
        compiled.mkdir(parents=True)
        for path in program_path.parent.iterdir():
            if path.name != "tests":
                subprocess.run(["cp", "-a", path, compiled], check=True)
        flags = {"WERROR": "1"} if "-Werror" in (compiled / "flags").read_text() else {}
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith("MAKE")}
        for word, line in stages()[0]:
            if word == "COPY":
                sources = [documents.TOP / source for source in line.split()[:-1]]
                subprocess.run(["cp", "-a", *sources, build], check=True)
            elif word == "RUN" and line.startswith("make"):
                line = line.replace("DESTDIR=/stage", f"DESTDIR={stage}")
                subprocess.run(["sh", "-c", line], cwd=build, check=True, env=kept | flags,
                               capture_output=True)
        yield stage


def package_of(library):
    """Debian's, whichever of the two paths to it is known."""
    for path in (library, os.path.realpath(library), f"/usr{library}",
                 f"/usr{os.path.realpath(library)}"):
        done = subprocess.run(["dpkg-query", "--search", path], check=False, text=True,
                              capture_output=True)
        if done.returncode == 0:
            return done.stdout.split(":")[0]
    raise AssertionError(f"no package has {library}")


def test_the_image_has_every_library_that_the_program_wants(image):
    binary = image / "usr/bin/tfrecordfs"
    wanted = subprocess.run(["objdump", "-p", binary], check=True, text=True,
                            capture_output=True).stdout
    names = set(re.findall(r"NEEDED +(\S+)", wanted))
    paths = dict(re.findall(r"(\S+) => (/\S+)", subprocess.run(
        ["ldd", binary], check=True, text=True, capture_output=True).stdout))
    needed = {package_of(paths[name]) for name in names if not name.startswith("ld-linux")}
    needed -= {"libc6", "zlib1g"}  # which every Debian has
    assert needed <= set(packages(stages()[1]))
    assert {"fuse3", "jq"} <= set(packages(stages()[1]))


def test_every_package_of_the_image_exists():
    named = {package for stage in stages() for package in packages(stage)}
    told = subprocess.run(["apt-cache", "show", *sorted(named)], check=False, text=True,
                          capture_output=True)
    assert named <= set(re.findall(r"^Package: (.+)$", told.stdout, re.M)), told.stderr


def test_the_image_runs_as_nobody_and_mounts_by_itself():
    instructions = {word: line for word, line in stages()[1]}
    assert instructions["USER"] == "nobody"
    assert json.loads(instructions["ENTRYPOINT"]) == ["tfrecordfs"]
    command = json.loads(instructions["CMD"])
    assert command[0] == "mount" and "--foreground" in command
    assert instructions["HEALTHCHECK"].endswith(
        f'["tfrecordfs", "status", "--probe", "{command[-1]}"]')


def test_the_directory_to_mount_on_belongs_to_the_image_s_user():
    """An ordinary user mounts on what is its own."""
    said = re.sub(r" *\\\n#", "", (CLUSTER / "Dockerfile").read_text())
    (volume,) = re.findall(r"^# +docker run --rm .*--volume (\S+):/shards:rshared ", said, re.M)
    (owner,) = re.findall(rf"^# +mkdir -p {volume} && chown (\d+):\d+ {volume}$", said, re.M)
    assert pwd.getpwuid(int(owner)).pw_name == {w: l for w, l in stages()[1]}["USER"]


def defined(path, name):
    """A number that the sources define."""
    (value,) = re.findall(rf"define {name}\s+(.+)$", (documents.TOP / "src" / path).read_text(),
                          re.M)
    value = re.sub(r"UINT64_C\((\d+)\)", r"\1", value).replace("UINT32_MAX", str(2**32 - 1))
    return eval(re.sub(r"(?<=\d)u\b", "", value), {})  # pylint: disable=eval-used


def test_limits_are_those_of_the_sources():
    said = (CLUSTER / "README.md").read_text()
    for path, name in (("dataset/rows.c", "NR_ROWS_MAX"),
                       ("dataset/shard_counts.h", "TRFS_SHARDS_MAX"),
                       ("dataset/view_balanced.c", "RECORDS_MAX")):
        assert f"{defined(path, name):,}" in said, name


def test_every_file_is_listed():
    table = (CLUSTER / "README.md").read_text().split("| file | what it is |")[1]
    listed = re.findall(r"^\| `([\w.-]+)`", table.split("Notes:")[0], re.M)
    assert sorted(listed) == sorted(path.name for path in CLUSTER.iterdir()
                                    if path.name != "README.md")
    assert pathlib.Path(CLUSTER / "fluid-entrypoint").stat().st_mode & 0o111
