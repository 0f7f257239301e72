// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean.document;

import com.atlassian.oai.validator.OpenApiInteractionValidator;
import com.atlassian.oai.validator.model.Request;
import com.atlassian.oai.validator.model.SimpleRequest;
import com.atlassian.oai.validator.model.SimpleResponse;
import com.atlassian.oai.validator.report.LevelResolverFactory;
import com.atlassian.oai.validator.report.ValidationReport;
import dev.postern.local.simulated.RecordedCall;
import io.swagger.v3.parser.core.models.ParseOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * DigitalOcean's official OpenAPI document as a judge of calls: what a client asked, and what it was answered.
 *
 * <p>Whoever uses this class names {@code com.atlassian.oai:swagger-request-validator-core} itself, in test scope: the dependency
 * is optional, so that the running simulation does without it. It knows the operations on accounts, firewalls, Droplets, tags, domains,
 * projects, registries, and on what Droplets are made of and attached to; every other path is a violation. Members that the document
 * does not know are let pass, in requests and in answers (a rule's {@code action} is younger than the document).
 */
public final class OfficialDocument {
    /** The system property that names the document's file; the parent build sets it for every test. */
    public static final String PROPERTY = "postern.digitalocean.openapi";
    private static final String PATH_DEFAULT = "../shared/digitalocean/openapi.json";

    private static final Set<String> FAMILIES = Set.of("account", "firewalls", "droplets", "tags", "domains", "projects", "registries", "registry",
        "actions", "images", "regions", "sizes", "vpcs", "volumes", "snapshots", "load_balancers", "reserved_ips", "certificates");

    private final OpenApiInteractionValidator validator;

    private OfficialDocument(OpenApiInteractionValidator validator) {
        this.validator = validator;
    }

    /** Returns the path of the document. It is test data and no part of the project; the file may be missing. */
    public static Path expectedAt() {
        return Path.of(System.getProperty(PROPERTY, PATH_DEFAULT)).toAbsolutePath().normalize();
    }

    /** The one line that a test says when it is skipped because there is no document. */
    public static String absent() {
        return "skipped: no official OpenAPI document at " + expectedAt() + " (system property " + PROPERTY + ")";
    }

    public static boolean isThere() {
        return Files.isReadable(expectedAt());
    }

    /** Reads the document; this takes a second or two, so share the result. */
    public static OfficialDocument validating() {
        return validating(expectedAt());
    }

    /** Reads the document from a file. */
    public static OfficialDocument validating(Path document) {
        try {
            ParseOptions options = new ParseOptions();
            options.setResolve(true);
            options.setResolveRequestBody(true);
            options.setResolveResponses(true); // not fully: that gives every allOf the type object, those of arrays too
            return new OfficialDocument(OpenApiInteractionValidator.createForInlineApiSpecification(DocumentPart.of(Files.readAllBytes(document), FAMILIES))
                .withParseOptions(options).withLevelResolver(LevelResolverFactory.withAdditionalPropertiesIgnored()).build());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Everything about the call that the document does not allow, in its request and in its answer; empty if all is well. */
    public List<String> violations(RecordedCall call) {
        List<String> all = new ArrayList<>(requestViolations(call));
        all.addAll(answerViolations(call));
        return all;
    }

    /** Returns violations in the request: path, method, query, security, content type, body. */
    public List<String> requestViolations(RecordedCall call) {
        SimpleRequest.Builder request = new SimpleRequest.Builder(call.method(), call.path());
        if (call.account() != null) {
            request.withAuthorization("Bearer recorded"); // that a known token was there is recorded, the token is not
        }
        call.requestHeaders().forEach(request::withHeader);
        query(call.query()).forEach(request::withQueryParam);
        if (call.requestBody() != null) {
            request.withBody(call.requestBody());
        }
        return said("request", call, validator.validateRequest(request.build()));
    }

    /** Returns violations in the answer: status, headers, content type, body. */
    public List<String> answerViolations(RecordedCall call) {
        SimpleResponse.Builder answer = SimpleResponse.Builder.status(call.status());
        call.answerHeaders().forEach(answer::withHeader);
        if (call.answerBody() != null) {
            answer.withBody(call.answerBody());
        }
        return said("answer", call, validator.validateResponse(call.path(), Request.Method.valueOf(call.method()), answer.build()));
    }

    private static List<String> said(String part, RecordedCall call, ValidationReport report) {
        return report.getMessages().stream()
            .filter(message -> message.getLevel() == ValidationReport.Level.ERROR)
            .map(message -> call.method() + " " + call.path() + " " + call.status() + ", " + part + ": " + whole(message))
            .toList();
    }

    /** A message with what it stands on: of an {@code allOf}, the parts that failed. */
    private static String whole(ValidationReport.Message message) {
        StringBuilder text = new StringBuilder(message.getMessage());
        message.getNestedMessages().forEach(nested -> text.append("; ").append(whole(nested)));
        return text.toString();
    }

    private static Map<String, List<String>> query(String raw) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        if (raw != null && !raw.isEmpty()) {
            for (String pair : raw.split("&")) {
                int equals = pair.indexOf('=');
                String name = equals < 0 ? pair : pair.substring(0, equals);
                values.computeIfAbsent(decoded(name), first -> new ArrayList<>()).add(equals < 0 ? "" : decoded(pair.substring(equals + 1)));
            }
        }
        return values;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
