// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.postgres;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.events.AccessRequestId;
import dev.postern.events.EventJson;
import dev.postern.events.FirewallChanged.OpeningState;
import dev.postern.events.PortRange;
import dev.postern.events.Protocol;
import dev.postern.events.ServiceName;
import dev.postern.events.SourceAddress;
import dev.postern.firewall.AttachmentReport;
import dev.postern.firewall.Opening;
import dev.postern.firewall.plan.Access;
import dev.postern.firewall.plan.AddressMemory;
import dev.postern.firewall.plan.ServiceContent;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** Maps values to columns. Many rows travel as one JSON parameter ({@code jsonb_to_recordset}): one statement, one round trip, any number of rows. */
final class Rows {
    private static final ObjectMapper JSON = EventJson.mapper();

    private Rows() {}

    /** An opening in the JSON of a statement; {@code was} is the state that the row must still have. */
    record OpeningRow(UUID requestId, String service, String protocol, String ports, String source, String was, String state, Instant since,
                      Instant grantedAt, Instant validUntil, String detail) {
        static OpeningRow of(Opening opening, OpeningState was) {
            Opening.Granted granted = opening.granted();
            return new OpeningRow(granted.requestId().value(), granted.service().toString(), granted.access().protocol().toString(),
                granted.access().ports().toString(), granted.access().source().toString(), was == null ? null : text(was), text(opening.state()),
                opening.since(), granted.grantedAt(), granted.validUntil(), opening.detail().orElse(null));
        }
    }

    /** An access in the JSON of a statement. */
    record AccessRow(String protocol, String ports, String source) {
        static AccessRow of(Access access) {
            return new AccessRow(access.protocol().toString(), access.ports().toString(), access.source().toString());
        }
    }

    /** Warnings as a JSON column holds them. */
    static List<AttachmentReport.Warning> warnings(String json) {
        try {
            return JSON.readValue(json, new TypeReference<>() {});
        } catch (JsonProcessingException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    static Access access(String protocol, String ports, String source) {
        return new Access(protocol.equals("tcp") ? Protocol.TCP : Protocol.UDP, PortRange.of(ports), address(source));
    }

    static String text(OpeningState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    static Opening opening(UUID requestId, String service, String protocol, String ports, String source, String state, Instant since, Instant grantedAt,
                           Instant validUntil, String detail) {
        Access access = access(protocol, ports, source);
        Opening.Granted granted = new Opening.Granted(new AccessRequestId(requestId), new ServiceName(service), access, grantedAt, validUntil);
        return Opening.of(granted, OpeningState.valueOf(state.toUpperCase(Locale.ROOT)), since, Optional.ofNullable(detail));
    }

    static SourceAddress address(String text) {
        return AddressMemory.SHARED.read(text).orElseThrow(() -> new IllegalStateException("a row holds a source that is no address"));
    }

    static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** Returns the operator's last content; empty if there never was one. */
    static Optional<ServiceContent> content(String json) {
        try {
            return Optional.ofNullable(JSON.readValue(json, ServiceContent.class));
        } catch (JsonProcessingException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    static List<String> lines(String json) {
        try {
            return JSON.readValue(json, new TypeReference<List<String>>() {});
        } catch (JsonProcessingException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    static OffsetDateTime time(Instant instant) {
        return instant == null ? null : OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
    }

    static Instant instant(OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }

    /** From microseconds since 1970, which is how statements of Hibernate's give a time. */
    static Instant ofMicros(Object micros) {
        return Instant.EPOCH.plus(((Number) micros).longValue(), ChronoUnit.MICROS);
    }
}
