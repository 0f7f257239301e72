// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.cloud;

import dev.postern.firewall.budget.CallBudget;
import dev.postern.firewall.budget.CloudFailure;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.resteasy.reactive.RestResponse;

/** From answers of a provider over HTTP to what they mean; the same for every provider that speaks it. */
public final class HttpAnswers {
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int GONE = 410;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERROR = 500;
    private static final int REASON_CHARACTERS_MAX = 200;
    private static final long RETRY_AFTER_SECONDS_MAX = 3_600;

    /** Cloudflare's single header: {@code "default";r=1199;t=300}, and {@code "default";q=1200;w=300}. */
    private static final Pattern ONE_HEADER = Pattern.compile(";r=([0-9]{1,15});t=([0-9]{1,9})");
    private static final Pattern POLICY = Pattern.compile(";q=([0-9]{1,15})");

    private HttpAnswers() {}

    /**
     * The answer, if it is one of {@code expected}; else what it means. Where 404 is expected, 410 (RFC 9110, 15.5.11) is too.
     *
     * @param within the whole answer has to be there by then: one that trickles is none
     */
    public static Uni<RestResponse<byte[]>> expected(String call, Uni<RestResponse<byte[]>> request, Duration within, Function<byte[], String> reason,
                                                     Integer... expected) {
        return request.ifNoItem().after(within).fail()
            .onFailure(failure -> !(failure instanceof CloudFailure)).transform(failure -> withoutAnswer(call, failure))
            .invoke(answer -> {
                int status = answer.getStatus() == GONE ? NOT_FOUND : answer.getStatus();
                if (!Arrays.asList(expected).contains(status)) {
                    throw refused(call, answer, reason);
                }
            });
    }

    /** Returns true if the provider does not have what the call named. */
    public static boolean gone(RestResponse<byte[]> answer) {
        return answer.getStatus() == NOT_FOUND || answer.getStatus() == GONE;
    }

    /** The failure's own message can quote a header or a body, so it stays out. */
    private static CloudFailure withoutAnswer(String call, Throwable failure) {
        boolean notSent = false;
        for (Throwable cause = failure; cause != null && !notSent; cause = cause.getCause()) {
            notSent = cause instanceof java.net.ConnectException || cause instanceof java.net.UnknownHostException;
        }
        boolean broken = failure instanceof IOException || failure.getCause() instanceof IOException;
        return new CloudFailure(notSent ? CloudFailure.Kind.UNAVAILABLE : CloudFailure.Kind.UNCLEAR,
            call + ": " + (notSent ? "no connection" : broken ? "connection broken" : "no answer") + " (" + failure.getClass().getSimpleName() + ")",
            Optional.empty());
    }

    private static CloudFailure refused(String call, RestResponse<byte[]> answer, Function<byte[], String> reason) {
        int status = answer.getStatus();
        CloudFailure.Kind kind = status == UNAUTHORIZED ? CloudFailure.Kind.CREDENTIAL
            : status == FORBIDDEN ? CloudFailure.Kind.FORBIDDEN
            : status == TOO_MANY_REQUESTS ? CloudFailure.Kind.BUDGET
            : status == CONFLICT ? CloudFailure.Kind.CONFLICT
            : status == NOT_FOUND || status == GONE ? CloudFailure.Kind.GONE
            : status >= SERVER_ERROR ? CloudFailure.Kind.UNAVAILABLE
            : status >= 400 ? CloudFailure.Kind.REFUSED : CloudFailure.Kind.UNCLEAR;
        return new CloudFailure(kind, call + ": " + status + plain(reason.apply(body(answer))), retryAfter(answer));
    }

    /** Returns foreign text, shortened and made safe for a log and a table. */
    private static String plain(String text) {
        StringBuilder plain = new StringBuilder();
        text.codePoints().filter(point -> !Character.isISOControl(point)).limit(REASON_CHARACTERS_MAX).forEach(plain::appendCodePoint);
        return plain.length() == 0 ? "" : " " + plain;
    }

    /** The client gives the body of a refusal as a stream (of bytes that are there already), whatever type was asked for. */
    public static byte[] body(RestResponse<?> answer) {
        Object entity = answer.getEntity();
        if (entity instanceof InputStream stream) {
            try (stream) {
                return stream.readAllBytes();
            } catch (IOException broken) {
                return new byte[0];
            }
        }
        return (byte[]) entity;
    }

    private static Optional<Duration> retryAfter(RestResponse<byte[]> answer) {
        OptionalLong seconds = number(answer, "retry-after");
        return seconds.isPresent() ? Optional.of(Duration.ofSeconds(Math.min(seconds.getAsLong(), RETRY_AFTER_SECONDS_MAX))) : Optional.empty();
    }

    /** Returns what the headers say of the budget {@code now}; empty if they say nothing. */
    public static Optional<CallBudget> budget(RestResponse<byte[]> answer, Instant now) {
        OptionalLong remaining = number(answer, "ratelimit-remaining");
        if (remaining.isEmpty()) {
            Matcher one = ONE_HEADER.matcher(Objects.requireNonNullElse(answer.getHeaderString("ratelimit"), ""));
            Matcher policy = POLICY.matcher(Objects.requireNonNullElse(answer.getHeaderString("ratelimit-policy"), ""));
            return one.find() ? Optional.of(new CallBudget(policy.find() ? OptionalLong.of(Long.parseLong(policy.group(1))) : OptionalLong.empty(),
                OptionalLong.of(Long.parseLong(one.group(1))), now.plusSeconds(Long.parseLong(one.group(2))), now)) : Optional.empty();
        }
        OptionalLong reset = number(answer, "ratelimit-reset");
        return Optional.of(new CallBudget(number(answer, "ratelimit-limit"), remaining,
            reset.isPresent() ? Instant.ofEpochSecond(reset.getAsLong()) : null, now));
    }

    private static OptionalLong number(RestResponse<byte[]> answer, String header) {
        String text = Objects.requireNonNullElse(answer.getHeaderString(header), "");
        return text.matches("[0-9]{1,15}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }
}
