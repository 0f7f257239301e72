// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.stack;

import dev.postern.local.parts.PartFailed;
import dev.postern.local.parts.UnavailableRetry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Puts the policies of deploy/local/policies in, as their author would. A policy that is there already is left alone, so that what
 * somebody changed survives a restart.
 */
final class SamplePolicies {
    private static final String AUTHOR = "paul";
    private static final String SUFFIX = ".cedar";
    private static final UnavailableRetry<HttpResponse<String>> RETRY = UnavailableRetry.of(HttpResponse::statusCode,
        answer -> answer.headers().firstValue("Retry-After"), HttpResponse::body);
    private final LocalStack stack;
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(5)).build();

    SamplePolicies(LocalStack stack) {
        this.stack = stack;
    }

    void load() {
        Path folder = stack.settings().root().resolve("deploy/local/policies");
        String token = stack.tokens().password(AUTHOR);
        for (Path file : files(folder)) {
            String id = file.getFileName().toString().replace(SUFFIX, "");
            URI uri = URI.create(stack.service("policy-service").url() + "/policies/" + id);
            int status = send(HttpRequest.newBuilder(uri).GET(), token).statusCode();
            if (status == 404) {
                put(uri, file, token);
            } else if (status != 200) {
                throw new PartFailed("policy-service answers " + status + " when asked for the policy " + id);
            }
        }
    }

    private void put(URI uri, Path file, String token) {
        try {
            String text = Files.readString(file);
            HttpResponse<String> answer = RETRY.call(() -> send(HttpRequest.newBuilder(uri).header("Content-Type", "text/plain; charset=utf-8")
                .header("If-None-Match", "*").PUT(HttpRequest.BodyPublishers.ofString(text)), token));
            if (answer.statusCode() / 100 != 2) {
                throw new PartFailed("The sample policy " + file.getFileName() + " was refused: " + answer.statusCode() + " " + answer.body());
            }
        } catch (IOException e) {
            throw PartFailed.because("The sample policy " + file + " could not be read", e);
        }
    }

    private HttpResponse<String> send(HttpRequest.Builder request, String token) {
        try {
            return http.send(request.header("Authorization", "Bearer " + token).timeout(Duration.ofSeconds(30)).build(),
                HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw PartFailed.because("policy-service could not be asked", e);
        }
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().endsWith(SUFFIX)).sorted().toList();
        } catch (IOException e) {
            throw PartFailed.because("No sample policies in " + folder, e);
        }
    }
}
