// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.cloud;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The wide credential of one account: given by value, or read from a file that may change while the process runs. Safe for any thread. */
public final class Credential {
    private static final long BYTES_MAX = 10_000;
    private final Optional<Path> file;
    private volatile String value;

    private Credential(Optional<Path> file, String value) {
        this.file = file;
        this.value = value;
    }

    /** Returns the credential that the configuration gives. @throws IllegalArgumentException if there is none, two, or the file has none */
    public static Credential of(String account, CloudAccounts.Account configured) {
        String key = "postern.accounts." + account;
        if (configured.token().isPresent() == configured.tokenFile().isPresent()) {
            throw new IllegalArgumentException("either " + key + ".token or " + key + ".token-file must be set");
        }
        if (configured.token().isPresent()) {
            return new Credential(Optional.empty(), configured.token().get());
        }
        Path file = configured.tokenFile().get();
        return new Credential(Optional.of(file), read(file).orElseThrow(() -> new IllegalArgumentException(key + ".token-file has no token that can be read")));
    }

    public String value() {
        return value;
    }

    /** Reads the file again. Returns whether the credential is another one now; a file that is empty or cannot be read changes nothing. Blocks. */
    public boolean reload() {
        Optional<String> read = file.flatMap(Credential::read).filter(text -> !text.equals(value));
        read.ifPresent(text -> value = text);
        return read.isPresent();
    }

    private static Optional<String> read(Path file) {
        try {
            String text = Files.size(file) > BYTES_MAX ? "" : Files.readString(file).strip();
            return text.isEmpty() || text.chars().anyMatch(character -> character <= ' ') ? Optional.empty() : Optional.of(text);
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return "Credential[***]";
    }
}
