// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The URN of a resource, as DigitalOcean writes them ({@code do:droplet:123}, {@code do:domain:example.com},
 * {@code do:repository:acme/shop-api}), or Postern's own {@code service:<name>}. A name may end in {@code *}: every resource of the type. Types may have digits
 * ({@code do:reserved_ipv6:…}); ids may begin as tags may, with one of {@code _:-}.
 */
public record ResourceName(String value) implements Comparable<ResourceName> {
    private static final Pattern FORM = Pattern.compile("service:[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?"
        + "|do:[a-z][a-z0-9_]{0,39}:(?:\\*|[A-Za-z0-9_:-][A-Za-z0-9._/:@-]{0,254}(?:/\\*)?)");
    /** Finds names that would address another resource when put into a path. */
    private static final Pattern PATH_TRICK = Pattern.compile("//|\\.\\.|/\\.(?:/|$)|/$");
    private static final String SERVICE = "service:";

    /** @throws IllegalArgumentException if it is not a URN of one of the two forms */
    @JsonCreator
    public ResourceName {
        if (value == null || !FORM.matcher(value).matches() || mayTrick(value) && PATH_TRICK.matcher(value).find()) {
            throw new IllegalArgumentException("must be service:<name> or do:<type>:<id>");
        }
    }

    /** Most names have neither, and every call of the gateway makes some. */
    private static boolean mayTrick(String value) {
        return value.indexOf('/') >= 0 || value.contains("..");
    }

    /** The name of a protected service as a resource. */
    public static ResourceName of(ServiceName service) {
        return new ResourceName(SERVICE + service);
    }

    /** Returns the part before the id: {@code service}, or {@code do:droplet}. */
    public String type() {
        return value.startsWith(SERVICE) ? "service" : value.substring(0, value.indexOf(':', "do:".length()));
    }

    /** Returns the part behind the type: {@code shop-db}, {@code 123}, {@code *}. */
    public String id() {
        return value.substring(type().length() + 1);
    }

    /** Returns true if the name covers every resource of a type, or of a registry. */
    public boolean wildcard() {
        return value.endsWith("*");
    }

    /** The protected service that it names; empty for what belongs to the provider. */
    public Optional<ServiceName> service() {
        return value.startsWith(SERVICE) ? Optional.of(new ServiceName(id())) : Optional.empty();
    }

    @Override
    public int compareTo(ResourceName other) {
        return value.compareTo(other.value);
    }

    @JsonValue
    @Override
    public String toString() {
        return value;
    }
}
