// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.plan;

import dev.postern.events.ServiceName;
import dev.postern.events.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The names of one installation's objects at the provider: {@code postern-<service>-<n>}, or {@code postern-<installation>-<service>-<n>} where an
 * installation's id is configured, so that two installations of one account do not take each other's names.
 *
 * @param installation the id; empty if none is configured
 */
public record ObjectNames(Optional<String> installation) {
    /** Names without an installation's id. */
    public static final ObjectNames PLAIN = new ObjectNames(Optional.empty());
    /** DigitalOcean takes 255 characters for a firewall, Cloudflare 50 for a list. */
    private static final int LIST_CHARACTERS_MAX = 50;
    private static final int DIGEST_CHARACTERS = 8;
    private static final Pattern INSTALLATION = Pattern.compile("[a-z][a-z0-9]{0,11}");

    /** @throws IllegalArgumentException if the id has another form than a letter and at most 11 letters and digits */
    public ObjectNames {
        installation.ifPresent(id -> {
            if (!INSTALLATION.matcher(id).matches()) {
                throw new IllegalArgumentException("postern.installation must be a lower-case letter, then at most 11 lower-case letters or digits");
            }
        });
    }

    /** Returns the prefix of every firewall name. */
    public String prefix() {
        return "postern-" + installation.map(id -> id + "-").orElse("");
    }

    /** The first name of a firewall of the service that is not taken. */
    public String firewall(ServiceName service, Set<String> taken) {
        int number = 1;
        while (taken.contains(prefix() + service + "-" + number)) {
            number++;
        }
        return prefix() + service + "-" + number;
    }

    /** The name of the service's list. One that would be too long is cut, and ends in a digest of the whole. */
    public String list(ServiceName service) {
        String whole = "postern_" + installation.map(id -> id + "_").orElse("") + service.toString().replace('-', '_');
        if (whole.length() <= LIST_CHARACTERS_MAX) {
            return whole;
        }
        return whole.substring(0, LIST_CHARACTERS_MAX - DIGEST_CHARACTERS - 1) + "_" + digest(whole).substring(0, DIGEST_CHARACTERS);
    }

    /** Returns whether an object of this name could be this installation's. */
    public boolean likeOurs(String name) {
        return name.startsWith(prefix()) || name.startsWith("postern_" + installation.map(id -> id + "_").orElse(""));
    }

    static String digest(String text) {
        return Sha256.hex(text.getBytes(StandardCharsets.UTF_8));
    }
}
