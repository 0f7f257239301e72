// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.parts;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.Kafka;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;

/** The broker's own JVM: formats the storage if it is new, then is Kafka's own main. Argument: server.properties. */
public final class BrokerMain {
    private static final String CLUSTER_ID = "cG9zdGVybi1sb2NhbC0wMQ";

    private BrokerMain() {
    }

    public static void main(String[] arguments) throws Exception {
        Properties properties = new Properties();
        try (InputStream stream = Files.newInputStream(Path.of(arguments[0]))) {
            properties.load(stream);
        }
        new Formatter()
            .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
            .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
            .setReleaseVersion(MetadataVersion.latestProduction())
            .setNodeId(Integer.parseInt(properties.getProperty("node.id")))
            .setClusterId(CLUSTER_ID)
            .setControllerListenerName("CONTROLLER")
            .setMetadataLogDirectory(properties.getProperty("log.dirs"))
            .addDirectory(properties.getProperty("log.dirs"))
            .setUnstableFeatureVersionsEnabled(false)
            .setIgnoreFormatted(true)
            .run();
        Kafka.main(arguments);
    }
}
