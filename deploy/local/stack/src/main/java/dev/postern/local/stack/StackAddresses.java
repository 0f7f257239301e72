// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.stack;

import dev.postern.local.parts.PartFailed;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** Addresses of a running stack, written by {@code up} for {@code demo}. They hold no secret: the sample secrets follow from the names. */
record StackAddresses(String token, String policy, String firewall, String audit, String issuer, String cloud, boolean simulated) {
    static final String FILE = "addresses.properties";

    static void write(LocalStack stack) {
        Properties properties = new Properties();
        stack.services().forEach(service -> properties.setProperty(service.name(), service.url()));
        properties.setProperty("issuer", stack.keycloak().issuer());
        properties.setProperty("cloud", stack.cloudUrl());
        properties.setProperty("simulated", String.valueOf(stack.settings().cloud() instanceof Cloud.Simulated));
        try (Writer writer = Files.newBufferedWriter(stack.settings().data().resolve(FILE))) {
            properties.store(writer, null);
        } catch (IOException e) {
            throw PartFailed.because("The addresses could not be written", e);
        }
    }

    static StackAddresses read(Path data) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(data.resolve(FILE))) {
            properties.load(reader);
        } catch (IOException e) {
            throw new PartFailed("No stack has been started with its data in " + data + ": run deploy/local/up first.");
        }
        return new StackAddresses(properties.getProperty("token-service"), properties.getProperty("policy-service"),
            properties.getProperty("firewall-sync-service"), properties.getProperty("audit-service"), properties.getProperty("issuer"),
            properties.getProperty("cloud"), Boolean.parseBoolean(properties.getProperty("simulated")));
    }
}
