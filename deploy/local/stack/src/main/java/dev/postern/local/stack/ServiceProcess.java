// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.stack;

import dev.postern.local.parts.JavaCommand;
import dev.postern.local.parts.SupervisedProcess;
import dev.postern.local.parts.PartFailed;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** One service of the stack, as a process that can be killed and started again. */
public final class ServiceProcess {
    private static final Duration READY_LIMIT = Duration.ofSeconds(300);
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(2)).build();

    private final String name;
    private final int port;
    private final Path built;
    private final Path app;
    private final Path runFolder;
    private final List<String> jvm;
    private final Map<String, String> environment;
    private final SupervisedProcess process;

    ServiceProcess(String name, StackSettings settings, int port, Map<String, String> environment) {
        this.name = name;
        this.port = port;
        this.built = settings.root().resolve(name).resolve("target/quarkus-app");
        this.runFolder = settings.data().resolve("run").resolve(name);
        this.app = runFolder.resolve("app");
        this.jvm = settings.serviceJvm();
        this.environment = environment;
        this.process = SupervisedProcess.named(name, runFolder, settings.log(name));
    }

    public String name() {
        return name;
    }

    /** {@code http://localhost:<port>}, without a slash at the end. */
    public String url() {
        return "http://localhost:" + port;
    }

    /** Its process id while it runs. */
    public OptionalLong pid() {
        return process.pid();
    }

    public boolean isRunning() {
        return process.isRunning();
    }

    /**
     * Takes the service as it is built now. What runs is a copy (the libraries are links): a build beside a running stack would otherwise pull
     * the classes away from under it.
     */
    void install() {
        if (!Files.isReadable(built.resolve("quarkus-run.jar"))) {
            throw new PartFailed(name + " is not built: " + built.resolve("quarkus-run.jar") + " is missing");
        }
        BuiltApplication.copy(built, app);
    }

    /** Starts the process; it is not ready yet. */
    public void start() {
        if (!Files.isReadable(app.resolve("quarkus-run.jar"))) {
            install();
        }
        List<String> command = new ArrayList<>(List.of(JavaCommand.path()));
        command.addAll(jvm);
        command.addAll(List.of("-Djava.util.logging.manager=org.jboss.logmanager.LogManager", "-jar", app.resolve("quarkus-run.jar").toString()));
        process.start(command, environment, runFolder);
    }

    /** Waits until {@code /q/health/ready} says 200. Fails at once, with the end of its log, when the process has gone. */
    public ServiceProcess awaitReady() {
        process.await(name + " on port " + port, READY_LIMIT, this::isReady);
        return this;
    }

    /** Returns true if {@code /q/health/ready} answers with success; false also on no answer. */
    public boolean isReady() {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url() + "/q/health/ready")).timeout(Duration.ofSeconds(10)).build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw PartFailed.because("Interrupted while asking " + name, e);
        }
    }

    /** kill -9: nothing is finished, nothing is said. */
    public void kill9() {
        process.kill();
    }

    /** Ends it in order (SIGTERM). */
    public void stop() {
        process.stop();
    }

    /** Ends it if it runs, starts it, and waits until it is ready. */
    public ServiceProcess restart() {
        process.stop();
        start();
        return awaitReady();
    }

    /** Freezes it: connections stay, nothing is answered. */
    public void pause() {
        process.signal("STOP");
    }

    /** Thaws it. */
    public void resume() {
        process.signal("CONT");
    }

    /** The last lines that it said. */
    public String endOfLog() {
        return process.endOfLog();
    }
}
