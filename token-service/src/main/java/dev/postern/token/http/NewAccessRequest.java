// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.edge.PlainText;
import dev.postern.edge.RequestSchema;
import dev.postern.edge.StrictJson;
import dev.postern.edge.Violations;
import dev.postern.events.AccessRequestId;
import dev.postern.events.AccountName;
import dev.postern.events.DecisionWork;
import dev.postern.events.Requester;
import dev.postern.token.RequestContent;
import dev.postern.token.Limits;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The body of {@code POST /access-requests}: held to {@code /request-schemas/access-request.json} first, then every text to what it means. All that is
 * wrong is named in one answer.
 */
final class NewAccessRequest {
    private static final RequestSchema SCHEMA = RequestSchema.of("/request-schemas/access-request.json");
    private static final Pattern UUID_FORM = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    private static final Pattern DURATION_FORM = Pattern.compile("P(?=.)(?:[0-9]{1,2}D)?(?:T(?=.)(?:[0-9]{1,4}H)?(?:[0-9]{1,6}M)?(?:[0-9]{1,8}S)?)?");

    private NewAccessRequest() {}

    /**
     * Reads the body of a new access request.
     *
     * @param now   when the request came
     * @param newId draws an id where the client chose none
     * @throws dev.postern.edge.Problem 400 that names every member at fault
     */
    static RequestContent read(byte[] body, Requester requester, Instant now, Supplier<AccessRequestId> newId) {
        JsonNode json = StrictJson.read(body, SCHEMA);
        Violations violations = new Violations();
        Optional<AccessRequestId> chosen = id(json, "id", violations);
        Optional<AccessRequestId> replaces = id(json, "replaces", violations);
        AccountName account = violations.parse("/account", "account-name", () -> new AccountName(json.get("account").textValue()));
        Optional<String> onBehalfOf = text(json, "on_behalf_of");
        onBehalfOf.ifPresent(customer -> PlainText.checkLine(customer, "/on_behalf_of", violations));
        text(json, "reason").ifPresent(reason -> PlainText.checkWords(reason, "/reason", violations));
        Duration duration = violations.parse("/duration", "duration", () -> duration(json.get("duration").textValue()));
        if (chosen.isPresent() && chosen.equals(replaces)) {
            violations.add("/replaces", "replaces-itself", "a request cannot replace itself");
        }
        AuthorizationDetails details = AuthorizationDetails.read(json.get("authorization_details"), violations);
        violations.throwIfAny();
        int questions = DecisionWork.questions(details.all());
        if (questions > DecisionWork.QUESTIONS_MAX) {
            violations.add("/authorization_details", "request-too-large", DecisionWork.refusal(questions));
        }
        violations.throwIfAny();
        return RequestContent.sealed(chosen.orElseGet(newId), account, requester, onBehalfOf, details.all(), duration, replaces, text(json, "reason"), now);
    }

    /**
     * Reads a duration in days, hours, minutes and seconds.
     *
     * @throws IllegalArgumentException if it is none, or not within {@link Limits#DURATION_MIN} and {@link Limits#DURATION_MAX}
     */
    static Duration duration(String text) {
        if (!DURATION_FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("must be an ISO 8601 duration in days, hours, minutes and seconds, as PT8H or P30D");
        }
        Duration duration;
        try {
            duration = Duration.parse(text);
        } catch (DateTimeException unreadable) {
            throw new IllegalArgumentException("must be an ISO 8601 duration in days, hours, minutes and seconds, as PT8H or P30D");
        }
        if (duration.compareTo(Limits.DURATION_MIN) < 0 || duration.compareTo(Limits.DURATION_MAX) > 0) {
            throw new IllegalArgumentException("must be from PT1M to P90D");
        }
        return duration;
    }

    private static Optional<AccessRequestId> id(JsonNode json, String member, Violations violations) {
        return text(json, member).map(text -> violations.parse("/" + member, "uuid", () -> {
            if (!UUID_FORM.matcher(text).matches()) {
                throw new IllegalArgumentException("must be a UUID in canonical form (36 characters, lower case), as 018f3f0e-7a51-7c3e-9b1d-0242ac120002");
            }
            return AccessRequestId.of(text);
        }));
    }

    private static Optional<String> text(JsonNode json, String member) {
        return Optional.ofNullable(json.get(member)).map(JsonNode::textValue);
    }
}
