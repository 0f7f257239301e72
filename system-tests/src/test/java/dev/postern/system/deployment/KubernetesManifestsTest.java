// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.events.Topics;
import dev.postern.local.stack.Ports;
import dev.postern.local.stack.StackEndpoint;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The manifests are what Kubernetes understands, and the overlays are whole. Overlays are rendered by kubectl or kustomize, where there is one. */
class KubernetesManifestsTest {
    private static final String FOLDER = "deploy/kubernetes";
    private static final List<String> SERVICES = List.of("token-service", "policy-service", "firewall-sync-service", "audit-service");
    private static final List<String> CALL_THE_PROVIDER = List.of("firewall-sync-service", "token-service");
    private static final List<String> PACKAGES = List.of("", "apps.", "batch.v1.", "policy.v1.", "networking.v1.", "autoscaling.v2.");
    private static final ObjectMapper MODELS = new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    @TestFactory
    Stream<DynamicTest> everyMemberOfEveryManifestIsKnownToKubernetes() {
        return Checkout.files(FOLDER, ".yaml").stream().filter(file -> !file.endsWith("kustomization.yaml"))
            .map(file -> DynamicTest.dynamicTest(file, () -> Checkout.documents(Checkout.text(file)).forEach(KubernetesManifestsTest::model)));
    }

    @Test
    void aMemberThatKubernetesDoesNotKnowIsFound() {
        JsonNode wrong = Checkout.documents("{apiVersion: v1, kind: Service, metadata: {name: x}, spec: {ports: [{port: 1, targetport: 2}]}}").get(0);
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> model(wrong))).isInstanceOf(AssertionError.class).hasMessageContaining("targetport");
    }

    @TestFactory
    Stream<DynamicTest> everyKustomizationNamesFilesThatAreThere() {
        return Stream.concat(Checkout.files(FOLDER, "kustomization.yaml").stream(), Checkout.files("deploy/monitoring", "kustomization.yaml").stream())
            .map(file -> DynamicTest.dynamicTest(file, () -> {
                JsonNode kustomization = Checkout.yaml(file);
                Stream.of(kustomization.path("resources"), kustomization.path("components"),
                    kustomization.path("configMapGenerator").isArray() ? kustomization.path("configMapGenerator") : kustomization.path("none"))
                    .flatMap(array -> StreamSupport.stream(array.spliterator(), false))
                    .flatMap(entry -> entry.isTextual() ? Stream.of(entry) : StreamSupport.stream(entry.path("files").spliterator(), false))
                    .forEach(entry -> assertThat(Checkout.ROOT.resolve(file).getParent().resolve(entry.textValue())).exists());
            }));
    }

    @Test
    void theScriptThatCreatesTopicsKnowsThemAll() {
        Map<String, Topics.Definition> created = new TreeMap<>();
        Matcher line = Pattern.compile("(?m)^(kept|compacted) ([a-z.-]+) (\\d+)(?: (\\d+))?$")
            .matcher(Checkout.text(FOLDER + "/components/topics/create-topics.sh"));
        while (line.find()) {
            created.put(line.group(2), new Topics.Definition(line.group(2), Integer.parseInt(line.group(3)), line.group(1).equals("compacted")
                ? Map.of("cleanup.policy", "compact") : Map.of("cleanup.policy", "delete", "retention.ms", line.group(4))));
        }
        assertThat(created).isEqualTo(Topics.definitions().stream().collect(Collectors.toMap(Topics.Definition::name, definition -> definition)));
    }

    @TestFactory
    Stream<DynamicTest> everyOverlayIsWhole() {
        return Stream.of("trial", "production").map(overlay -> DynamicTest.dynamicTest(overlay, () -> {
            List<JsonNode> objects = rendered(overlay);
            objects.forEach(KubernetesManifestsTest::model);
            for (String service : SERVICES) {
                JsonNode deployment = one(objects, "Deployment", service);
                serviceIsGuarded(deployment.at("/spec/template"), service);
                assertThat(deployment.at("/spec/template/spec/containers/0/image").textValue()).contains("postern/" + service);
            }
            objects.stream().filter(object -> object.at("/spec/template/spec/containers").isArray()).forEach(KubernetesManifestsTest::everyPodIsHeldBack);
            everySelectorSelects(objects);
            everyReferenceIsThere(objects, overlay);
        }));
    }

    private static void serviceIsGuarded(JsonNode template, String service) {
        JsonNode container = template.at("/spec/containers/0");
        for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
            assertThat(container.at("/" + probe + "/httpGet/path").asText()).as(service + " " + probe).startsWith("/q/health/");
        }
        assertThat(container.at("/readinessProbe/httpGet/path").textValue()).isEqualTo("/q/health/ready");
        int metrics = Ports.defaults().of(StackEndpoint.metricsOf(service));
        assertThat(template.at("/metadata/annotations/prometheus.io~1port").asText()).as(service).isEqualTo(String.valueOf(metrics));
        assertThat(container.at("/ports").toString()).as(service).contains("{\"containerPort\":" + metrics + ",\"name\":\"metrics\"}");
        assertThat(container.at("/securityContext/readOnlyRootFilesystem").booleanValue()).as(service).isTrue();
        assertThat(container.at("/env").findValuesAsText("name")).contains("QUARKUS_DATASOURCE_REACTIVE_URL", "QUARKUS_DATASOURCE_JDBC_URL",
            "QUARKUS_DATASOURCE_USERNAME", "QUARKUS_DATASOURCE_PASSWORD", "QUARKUS_OIDC_CREDENTIALS_SECRET", "QUARKUS_HTTP_PORT");
        assertThat(container.path("envFrom").toString().contains("-accounts")).as(service + " holds the provider's credentials")
            .isEqualTo(container.path("envFrom").toString().contains("\"" + service + "-accounts"))
            .isEqualTo(CALL_THE_PROVIDER.contains(service));
    }

    private static void everyPodIsHeldBack(JsonNode workload) {
        String name = name(workload);
        JsonNode pod = workload.at("/spec/template/spec");
        assertThat(pod.at("/securityContext/runAsNonRoot").booleanValue()).as(name).isTrue();
        assertThat(pod.at("/securityContext/seccompProfile/type").asText()).as(name).isEqualTo("RuntimeDefault");
        assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).as(name).isFalse();
        for (JsonNode container : pod.get("containers")) {
            assertThat(container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true)).as(name).isFalse();
            assertThat(container.at("/securityContext/capabilities/drop/0").asText()).as(name).isEqualTo("ALL");
            assertThat(container.at("/resources/requests/memory").asText()).as(name).isNotBlank();
            assertThat(container.at("/resources/limits/memory").asText()).as(name).isNotBlank();
            assertThat(container.at("/image").asText()).as(name).doesNotEndWith(":latest");
            Set<String> ports = new HashSet<>(container.path("ports").findValuesAsText("name"));
            container.findValues("port").stream().filter(JsonNode::isTextual).forEach(port -> assertThat(ports).as(name).contains(port.textValue()));
            Set<String> volumes = new HashSet<>(pod.path("volumes").findValuesAsText("name"));
            workload.at("/spec/volumeClaimTemplates").forEach(claim -> volumes.add(claim.at("/metadata/name").textValue()));
            assertThat(volumes).as(name).containsAll(container.path("volumeMounts").findValuesAsText("name"));
        }
        JsonNode selector = workload.at("/spec/selector/matchLabels");
        assertThat(workload.get("kind").textValue().equals("Job") || contains(workload.at("/spec/template/metadata/labels"), selector)).as(name).isTrue();
    }

    private static void everySelectorSelects(List<JsonNode> objects) {
        List<JsonNode> pods = objects.stream().map(object -> object.at("/spec/template/metadata/labels")).filter(JsonNode::isObject).toList();
        for (JsonNode object : objects) {
            JsonNode selector = switch (object.get("kind").textValue()) {
                case "Service" -> object.at("/spec/selector");
                case "PodDisruptionBudget" -> object.at("/spec/selector/matchLabels");
                case "NetworkPolicy" -> object.at("/spec/podSelector/matchLabels");
                default -> null;
            };
            if (selector != null) {
                assertThat(pods.stream().anyMatch(labels -> contains(labels, selector))).as(object.get("kind") + " " + name(object)).isTrue();
            }
            if (object.get("kind").textValue().equals("HorizontalPodAutoscaler")) {
                JsonNode target = one(objects, "Deployment", object.at("/spec/scaleTargetRef/name").textValue());
                assertThat(target.at("/spec/replicas").isMissingNode()).as("an apply must not set back what the autoscaler chose").isTrue();
            }
        }
        for (String service : SERVICES) {
            one(objects, "PodDisruptionBudget", service);
            one(objects, "Service", service);
        }
    }

    /** ConfigMaps come with the overlay; Secrets come with the trial, and are listed at the head of the production overlay. */
    private static void everyReferenceIsThere(List<JsonNode> objects, String overlay) {
        Set<String> configMaps = names(objects, "ConfigMap");
        Set<String> secrets = names(objects, "Secret");
        if (overlay.equals("production")) {
            assertThat(secrets).as("no secret is in a file").isEmpty();
            secrets = Stream.concat(SERVICES.stream(), CALL_THE_PROVIDER.stream().map(service -> service + "-accounts")).collect(Collectors.toSet());
        } else {
            configMaps.add("postern-realm");
        }
        for (JsonNode object : objects) {
            for (String kind : List.of("configMapRef", "configMapKeyRef", "configMap")) {
                assertThat(configMaps).as(name(object))
                    .containsAll(object.findValues(kind).stream().map(reference -> reference.path("name").asText()).toList());
            }
            for (String kind : List.of("secretRef", "secretKeyRef")) {
                assertThat(secrets).as(name(object)).containsAll(object.findValues(kind).stream().map(reference -> reference.path("name").asText()).toList());
            }
        }
    }

    private static List<JsonNode> rendered(String overlay) throws IOException, InterruptedException {
        Optional<List<String>> tool = tool();
        assumeTrue(tool.isPresent(), "no kubectl and no kustomize on the PATH: overlays are not rendered");
        List<String> command = Stream.concat(tool.get().stream(), Stream.of(Checkout.ROOT.resolve(FOLDER + "/overlays/" + overlay).toString())).toList();
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String yaml = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(String.join(" ", command)).isZero();
        return Checkout.documents(yaml);
    }

    private static Optional<List<String>> tool() {
        Predicate<String> onPath = name -> Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(folder -> new File(folder, name).canExecute());
        return onPath.test("kubectl") ? Optional.of(List.of("kubectl", "kustomize"))
            : onPath.test("kustomize") ? Optional.of(List.of("kustomize", "build")) : Optional.empty();
    }

    /** Reads an object into Kubernetes' own model; what the model has no place for fails. */
    private static void model(JsonNode object) {
        String kind = object.path("kind").asText();
        Class<?> type = PACKAGES.stream().flatMap(name -> type("io.fabric8.kubernetes.api.model." + name + kind).stream()).findFirst()
            .orElseThrow(() -> new AssertionError("no such kind: " + kind));
        try {
            known(MODELS.treeToValue(object, type), kind + " " + name(object));
        } catch (IOException | ReflectiveOperationException unreadable) {
            throw new AssertionError(kind + " " + name(object), unreadable);
        }
    }

    private static void known(Object value, String path) throws ReflectiveOperationException {
        if (value instanceof Collection<?> all) {
            for (Object each : all) {
                known(each, path + "[]");
            }
        } else if (value instanceof KubernetesResource) {
            for (Method getter : value.getClass().getMethods()) {
                if (getter.getName().equals("getAdditionalProperties")) {
                    assertThat((Map<?, ?>) getter.invoke(value)).as(path + " has unknown members").isEmpty();
                } else if (getter.getName().startsWith("get") && getter.getParameterCount() == 0) {
                    known(getter.invoke(value), path + "." + getter.getName().substring(3));
                }
            }
        }
    }

    private static Optional<Class<?>> type(String name) {
        try {
            return Optional.of(Class.forName(name));
        } catch (ClassNotFoundException other) {
            return Optional.empty();
        }
    }

    private static JsonNode one(List<JsonNode> objects, String kind, String name) {
        List<JsonNode> found = objects.stream().filter(object -> object.get("kind").textValue().equals(kind) && name(object).equals(name)).toList();
        assertThat(found).as(kind + " " + name).hasSize(1);
        return found.get(0);
    }

    private static Set<String> names(List<JsonNode> objects, String kind) {
        return objects.stream().filter(object -> object.get("kind").textValue().equals(kind)).map(KubernetesManifestsTest::name)
            .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String name(JsonNode object) {
        return object.at("/metadata/name").asText();
    }

    private static boolean contains(JsonNode labels, JsonNode selector) {
        return selector.isObject() && selector.properties().stream().allMatch(label -> label.getValue().equals(labels.get(label.getKey())));
    }
}
