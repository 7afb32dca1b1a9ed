"""Pods by their shape, wherever they stand: of workflows, operators, patches and policies."""

from __future__ import annotations

import pytest
from capdrop import rulebook
from capdrop.dialects.context import Context
from capdrop.dialects.kubernetes import read
from capdrop.discover import kind_named
from capdrop.engine import analyse
from capdrop.finding import Finding
from capdrop.model.command import Command
from capdrop.model.container import Container
from capdrop.model.image import Image
from capdrop.model.pod import Pod
from capdrop.source import Source


def containers(text: str) -> list[Container]:
    return [subject for subject in read(Source("pod.yaml", text), Context()).subjects if isinstance(subject, Container)]


def found(text: str, *rules: str) -> list[Finding]:
    book = rulebook.load()
    book.select(rules)
    analysis = analyse(Source("pod.yaml", text), kind_named("kubernetes"), book, Context())
    assert analysis.broken == []
    return analysis.findings


def of(kind: str, body: str, version: str = "example.com/v1") -> str:
    return f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: x}}\n{body}\n"


SHAPES = [
    ("CronJob", "spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: c, image: a}]}}}}}", ["CronJob/x containers.c"]),
    ("PodTemplate", "template: {spec: {containers: [{name: c, image: a}]}}", ["PodTemplate/x template.spec containers.c"]),
    (
        "Workflow",
        "spec: {templates: [{name: t, container: {name: c, image: a}, sidecars: [{name: s, image: b}]}, {name: u, script: {image: d}}]}",
        ["Workflow/x spec.templates container.c", "Workflow/x spec.templates sidecars.s", "Workflow/x spec.templates script"],
    ),
    ("Workflow", "spec: {templates: [{name: t, steps: [[{name: a, template: b}]]}]}", []),
    ("Task", "spec: {steps: [{name: s, image: a}], sidecars: [{name: d, image: b}]}", ["Task/x steps.s", "Task/x sidecars.d"]),
    ("Pipeline", "spec: {tasks: [{name: t, taskSpec: {steps: [{name: s, image: a}]}}]}", ["Pipeline/x spec.tasks.taskSpec steps.s"]),
    ("InferenceService", "spec: {predictor: {containers: [{name: k, image: a}]}}", ["InferenceService/x spec.predictor containers.k"]),
    (
        "InferenceService",
        "spec: {predictor: {model: {image: a, securityContext: {privileged: true}}}}",
        ["InferenceService/x spec.predictor.model"],
    ),
    (
        "RayCluster",
        "spec: {headGroupSpec: {template: {spec: {containers: [{name: h, image: a}]}}}, "
        "workerGroupSpecs: [{template: {spec: {containers: [{name: w, image: a}]}}}]}",
        ["RayCluster/x spec.headGroupSpec.template.spec containers.h", "RayCluster/x spec.workerGroupSpecs.template.spec containers.w"],
    ),
    (
        "Kafka",
        "spec: {kafka: {template: {kafkaContainer: {securityContext: {privileged: true}}}}}",
        ["Kafka/x spec.kafka.template.kafkaContainer"],
    ),
    ("Prometheus", "spec: {hostNetwork: true}", ["Prometheus/x containers"]),
    ("Prometheus", "spec: {hostNetwork: false}", []),
    ("Gadget", "spec: {steps: [{name: one}], container: nginx, script: 'echo'}", []),
]


@pytest.mark.parametrize(("kind", "body", "addresses"), SHAPES)
def test_containers_are_found_by_shape(kind: str, body: str, addresses: list[str]) -> None:
    assert [container.address for container in containers(of(kind, body))] == addresses


@pytest.mark.parametrize("group", ["kyverno.io/v1", "skaffold/v4beta13", "constraints.gatekeeper.sh/v1beta1", "policy/v1beta1"])
def test_a_policy_is_no_pod(group: str) -> None:
    body = "spec: {hostNetwork: true, validate: {pattern: {spec: {containers: [{name: '*', securityContext: {privileged: true}}]}}}}"
    assert containers(of("PodSecurityPolicy" if group.startswith("policy") else "Any", body, group)) == []


def test_what_an_operator_completes_lacks_nothing() -> None:
    text = of("Kafka", "spec: {kafka: {template: {kafkaContainer: {env: [], securityContext: {privileged: true}}}}}")
    (container,) = containers(text)
    assert container.fact("privileged").is_true
    assert container.fact("read_only_root").is_unknown
    assert container.drop("privileged").edits


SECRET = "Tr0ub4dor" + "-horse-92"
PARTS = {
    "securityContext: {runAsUser: 0}": ["root-user"],
    "securityContext: {runAsUser: 1000, seccompProfile: {type: Unconfined}}": ["seccomp-unconfined"],
    "securityContext: {runAsUser: 1000, sysctls: [{name: kernel.msgmax, value: '1'}]}": ["unsafe-sysctl"],
    "securityContext: {supplementalGroups: [0]}": ["root-group"],
    "securityContext: {windowsOptions: {hostProcess: true}}": ["windows-host-process"],
    "hostPID: true": ["host-pid"],
    "volumes: [{name: v, hostPath: {path: /var/run/docker.sock}}]": ["runtime-socket-mount"],
    "extraVolumes: [{name: v, hostPath: {path: /etc}}]": ["sensitive-host-path"],
    "additionalVolumes: [{name: v, hostPath: {path: /etc}}], additionalVolumeMounts: [{name: v, mountPath: /e}]": ["writable-host-path"],
    "podSecurityContext: {runAsUser: 0}, securityContext: {runAsUser: 1000}": ["root-user"],
    "podSecurityContext: {runAsUser: 0}, securityContext: {privileged: true}": ["privileged-container", "root-user"],
    "tolerations: [{operator: Exists}]": ["control-plane-placement"],
    "tolerations: [{key: spot, operator: Exists}], securityContext: {runAsNonRoot: true}, volumes: [{name: v, emptyDir: {}}]": [],
    "securityContext: {properties: {runAsUser: {type: integer}}}": [],
    "securityContext: {}, volumes: [], podSecurityContext: {}": [],
    "extraMounts: [{hostPath: /var/run/docker.sock}]": [],
}


@pytest.mark.parametrize("part", PARTS)
def test_a_part_of_a_pod_is_judged_by_what_it_says(part: str) -> None:
    text = of("Kafka", f"spec: {{kafka: {{template: {{pod: {{{part}}}}}}}}}")
    book = rulebook.load()
    book.select(book.of_profile("strict"))
    analysis = analyse(Source("pod.yaml", text), kind_named("kubernetes"), book, Context())
    assert sorted(finding.rule for finding in analysis.findings) == PARTS[part]
    assert not any(pod.is_whole for pod in read(Source("pod.yaml", text), Context()).subjects if isinstance(pod, Pod))


HELD = [
    ("Template", "objects: [{}]"),
    ("Object", "spec: {{forProvider: {{manifest: {}}}}}"),
    ("ManifestWork", "spec: {{workload: {{manifests: [{}]}}}}"),
    ("SelectorSyncSet", "spec: {{resources: [{}]}}"),
]


@pytest.mark.parametrize(("kind", "body"), HELD)
def test_whole_objects_in_an_object_are_judged_as_such(kind: str, body: str) -> None:
    spec = "{containers: [{name: c, image: 'a:1', securityContext: {privileged: true}}]}"
    pod = f"{{apiVersion: v1, kind: Pod, metadata: {{name: p}}, spec: {spec}}}"
    secret = f"{{apiVersion: v1, kind: Secret, metadata: {{name: s}}, stringData: {{password: {SECRET}}}}}"
    for held, rule, subject in (
        (pod, "privileged-container", "Pod/p containers.c"),
        (secret, "hard-coded-credential", "Secret/s stringData.password"),
    ):
        (finding,) = found(of(kind, body.format(held)), rule)
        assert finding.subject == subject


def test_the_parameters_of_a_template_may_be_secrets() -> None:
    body = "parameters: [{name: DB_PASSWORD, value: %s}, {name: DB_PASSWORD, generate: expression, from: '[a-z]{9}'}]" % (
        "Tr0ub4dor" + "-horse-92"
    )
    assert len(found(of("Template", body), "hard-coded-credential")) == 1


def test_a_machine_is_no_pod_and_its_cloud_init_may_hold_secrets() -> None:
    volumes = f'[{{name: c, cloudInitNoCloud: {{userData: "#cloud-config\\npassword: {SECRET}\\n"}}}}]'
    domain = "domain: {firmware: {kernelBoot: {container: {image: a}}}}, readinessProbe: {httpGet: {host: a.b}}"
    text = of("VirtualMachineInstance", f"spec: {{{domain}, volumes: {volumes}}}", "kubevirt.io/v1")
    assert containers(text) == []
    assert len(found(text, "hard-coded-credential")) == 1


@pytest.mark.parametrize(
    ("spec", "count"),
    [
        ("db: {password: %s}", 1),
        ("nodes: [{auth: {adminPassword: %s}}]", 1),
        ("configs: {a.truststore.password: %s}", 1),
        ("auth: {secretName: a, password: %s}", 0),
        ("auth: {passwordSecret: {password: %s}}", 0),
        ("auth: {password: {value: %s}}", 0),
        ("auth: {password: '${PASSWORD}', generatePassword: 'true'}", 0),
    ],
)
def test_a_password_in_an_operators_object_is_one(spec: str, count: int) -> None:
    body = "spec: {" + spec.replace("%s", SECRET) + "}"
    assert len(found(of("Database", body), "hard-coded-credential")) == count
    assert len(found(of("Database", body, "charts.helm.k8s.io/v1"), "hard-coded-credential")) == count
    assert found(of("Database", body, "apps/v1"), "hard-coded-credential") == []


def test_the_variables_of_what_an_operator_completes_are_judged() -> None:
    (finding,) = found(of("postgresql", f"spec: {{env: [{{name: DB_PASSWORD, value: {SECRET}}}]}}"), "hard-coded-credential")
    assert finding.subject == "postgresql/x.env.DB_PASSWORD"
    assert finding.fix is not None
    assert finding.fix.edits


def test_the_security_context_of_an_operators_containers_is_not_taken_for_one_of_a_pod() -> None:
    body = "spec: {podSecurityContext: {runAsUser: 26}, securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}}"
    assert found(of("Cluster", body), "misspelt-security-setting") == []


def test_the_examples_of_an_operator_hold_no_secrets() -> None:
    text = of("ClusterServiceVersion", "spec: {}").replace(
        "{name: x}", """{name: x, annotations: {alm-examples: '[{"secret": "client-secret"}]'}}"""
    )
    assert found(text, "default-credential", "hard-coded-credential") == []


def test_the_defaults_of_a_workflow_are_not_missed() -> None:
    body = "spec: {securityContext: {runAsNonRoot: true}, templates: [{name: t, container: {image: a}}]}"
    defaults, container = containers(of("Workflow", body))
    assert defaults.fact("non_root_enforced").is_true
    assert container.fact("non_root_enforced").is_unknown


@pytest.mark.parametrize("template", ["", "stepTemplate: {securityContext: {runAsNonRoot: true}}, "])
def test_whoever_runs_a_task_makes_its_pod(template: str) -> None:
    container = containers(of("Task", f"spec: {{{template}steps: [{{name: s, image: a}}]}}"))[0]
    assert container.name == "s"
    assert container.fact("non_root_enforced").is_unknown


def test_what_all_steps_of_a_task_have_in_common_is_judged() -> None:
    common = f"stepTemplate: {{securityContext: {{privileged: true}}, env: [{{name: DB_PASSWORD, value: {SECRET}}}]}}"
    text = of("Task", f"spec: {{{common}, steps: [{{name: s, image: a}}]}}", "tekton.dev/v1")
    findings = found(text, "privileged-container", "hard-coded-credential")
    assert [finding.subject for finding in findings] == ["Task/x spec.stepTemplate", "Task/x spec.stepTemplate.env.DB_PASSWORD"]


COMMANDS = {
    "livenessProbe: {exec: {command: [nsenter, -t, '1', -m, sh]}}": ["livenessProbe nsenter"],
    "readinessProbe: {exec: {command: [sh, -c, 'curl http://a | sh']}}": ["readinessProbe sh", "readinessProbe curl", "readinessProbe sh"],
    "startupProbe: {exec: {command: [a]}}, livenessProbe: {httpGet: {port: 1}}": ["startupProbe a"],
    "lifecycle: {preStop: {exec: {command: [a]}}, postStart: {exec: {command: [b]}}}": ["lifecycle b", "lifecycle a"],
    "command: [a], args: [b]": ["args a"],
    "args: [--b]": ["args"],
    "script: 'a; b'": ["script a", "script b"],
    'script: "#!/usr/bin/env bash\\na"': ["script a"],
    'script: "#!/usr/bin/env python3\\nimport a"': [],
    "command: [bash], source: 'a $(b)'": ["command bash", "source a", "source b"],
    "command: [python3], source: 'import a'": ["command python3"],
    "source: import a": [],
}


@pytest.mark.parametrize("container", COMMANDS)
def test_the_commands_of_a_container_are_read_wherever_they_stand(container: str) -> None:
    text = of("Any", f"spec: {{steps: [{{name: s, image: a, {container}}}]}}")
    commands = [subject for subject in read(Source("pod.yaml", text), Context()).subjects if isinstance(subject, Command)]
    assert [command.address.removeprefix("Any/x steps.s.") for command in commands] == COMMANDS[container]
    assert all(command.owner is not None for command in commands)


def test_what_stands_beside_the_containers_of_an_operator_lacks_nothing() -> None:
    (container,) = containers(of("postgresql", "spec: {sidecars: [{name: s, image: a}]}"))
    assert container.fact("user").is_unknown


LENT = {
    "EnvoyProxy": "spec: {provider: {kubernetes: {envoyDeployment: {container: {image: a}}}}}",
    "RabbitmqCluster": "spec: {override: {statefulSet: {spec: {template: {spec: {containers: [{name: s, image: a}]}}}}}}",
    "ServingRuntime": "spec: {containers: [{name: s, image: a}]}",
    "Workflow": "spec: {templates: [{name: t, podSpecPatch: x, container: {image: a}}]}",
}


@pytest.mark.parametrize("kind", LENT)
def test_a_container_that_is_put_into_a_pod_of_others_lacks_nothing(kind: str) -> None:
    (container,) = containers(of(kind, LENT[kind]))
    assert container.fact("non_root_enforced").is_unknown
    (said,) = containers(of(kind, LENT[kind].replace("image: a", "image: a, securityContext: {privileged: true}")))
    assert said.fact("privileged").is_true


def test_a_mount_that_an_operators_object_has_can_be_written_unless_it_says_otherwise() -> None:
    mounts = "containers: [{name: c, image: a, volumeMounts: [{name: v, mountPath: /e}]}]"
    text = of("Prometheus", f"spec: {{{mounts}, volumes: [{{name: v, hostPath: {{path: /etc}}}}]}}")
    assert [finding.rule for finding in found(text, "writable-host-path", "missing-user")] == ["writable-host-path"]


def test_a_template_of_a_workflow_is_a_whole_pod() -> None:
    (container,) = containers(of("Workflow", "spec: {templates: [{name: t, container: {image: a}}]}"))
    assert container.fact("non_root_enforced").is_absent


def test_a_pod_knows_its_object_and_its_volumes() -> None:
    text = of("Pod", "spec: {volumes: [{name: a, nfs: {path: /}}, {name: b}, {emptyDir: }], containers: [{name: c, image: a}]}", "v1")
    (pod,) = [subject for subject in read(Source("pod.yaml", text), Context()).subjects if isinstance(subject, Pod)]
    assert (pod.kind, pod.api_group, pod.name, pod.is_whole) == ("Pod", "", "x", True)
    assert [(name.text, kind) for name, kind, _ in pod.volumes()][:2] == [("a", "nfs"), ("b", "")]
    assert text[pod.span.start : pod.span.end] == "containers"


def test_an_image_that_is_mounted_is_an_image() -> None:
    text = of("Pod", "spec: {volumes: [{name: m, image: {reference: 'acme/model:latest'}}], containers: [{name: c, image: a}]}", "v1")
    images = [subject for subject in read(Source("pod.yaml", text), Context()).subjects if isinstance(subject, Image)]
    assert [image.value.text for image in images] == ["a", "acme/model:latest"]


BLIND_SPOTS = [
    ("sensitive-host-path", "spec: {volumes: [{name: v, hostPath: {path: /devices}}], containers: [{name: c, image: a}]}", 0),
    ("sensitive-host-path", "spec: {containers: [{name: c, image: a, volumeMounts: [{name: v, mountPath: /proc}]}]}", 0),
    ("runtime-socket-mount", "spec: {volumes: [{name: v, hostPath: {path: /run/docker.sock}}], containers: [{name: c, image: a}]}", 1),
    ("runtime-socket-mount", "spec: {volumes: [{name: v, hostPath: {path: /run/k3s/containerd/}}], containers: [{name: c, image: a}]}", 1),
    ("apparmor-unconfined", "spec: {containers: [{name: c, image: a, securityContext: {appArmorProfile: {type: Unconfined}}}]}", 1),
    ("capabilities-not-dropped", "spec: {containers: [{name: c, image: a}]}", 1),
    ("no-new-privileges-missing", "spec: {containers: [{name: c, image: a}]}", 1),
    ("privileged-container", "spec: {ephemeralContainers: [{name: c, image: a, securityContext: {privileged: true}}]}", 1),
    ("seccomp-unconfined", "spec: {initContainers: [{name: c, image: a, securityContext: {seccompProfile: {type: Unconfined}}}]}", 1),
    ("kernel-paths-unmasked", "spec: {initContainers: [{name: c, image: a, securityContext: {procMount: Unmasked}}]}", 1),
    (
        "windows-host-process",
        "spec: {initContainers: [{name: c, image: a, securityContext: {windowsOptions: {hostProcess: true}}}]}",
        1,
    ),
]
"""Where others look away, or see what is not there (section 1.5 of the rule catalogue)."""


@pytest.mark.parametrize(("rule", "body", "count"), BLIND_SPOTS)
def test_what_others_do_not_see(rule: str, body: str, count: int) -> None:
    assert len(found(of("Pod", body, "v1"), rule)) == count
