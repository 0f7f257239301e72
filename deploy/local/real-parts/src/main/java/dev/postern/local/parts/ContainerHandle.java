// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.parts;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;

/** A container that Testcontainers started and sweeps, on a fixed port: a port of the engine's choice would change with a restart. */
record ContainerHandle(String id) {
    static final int STOP_LIMIT_S = 30;
    static final String LOOPBACK = "127.0.0.1";

    /**
     * Starts it with its port bound to the port of the host: on loopback alone where that is how tests reach it, because every secret inside is
     * a sample.
     */
    static void start(String part, GenericContainer<?> container, int hostPort, int containerPort) {
        String host = host();
        Ports.Binding binding = LOOPBACK.equals(host) ? Ports.Binding.bindIpAndPort(LOOPBACK, hostPort) : Ports.Binding.bindPort(hostPort);
        container.withCreateContainerCmdModifier(command -> command.getHostConfig()
            .withPortBindings(new PortBinding(binding, new ExposedPort(containerPort))));
        container.addExposedPort(containerPort);
        try {
            container.start();
        } catch (RuntimeException e) {
            throw PartFailed.because("No container of " + Images.of(part) + " (without an engine: -Dpostern.parts=embedded)", e);
        }
    }

    /** The address at which the engine's ports are reached. */
    static String host() {
        String host = DockerClientFactory.instance().dockerHostIpAddress();
        return "localhost".equals(host) ? LOOPBACK : host;
    }

    private static DockerClient engine() {
        return DockerClientFactory.instance().client();
    }

    void start() {
        try {
            engine().startContainerCmd(id).exec();
        } catch (NotModifiedException runsAlready) {
            return;
        }
    }

    /** A frozen container takes no signal: it is thawed first. */
    void stop() {
        resume();
        try {
            engine().stopContainerCmd(id).withTimeout(STOP_LIMIT_S).exec();
        } catch (NotModifiedException stoppedAlready) {
            return;
        }
    }

    void kill() {
        resume();
        if (isRunning()) {
            engine().killContainerCmd(id).exec();
        }
    }

    void pause() {
        engine().pauseContainerCmd(id).exec();
    }

    /** Nothing happens if it is not frozen: the engine itself calls that a conflict. */
    void resume() {
        if (isPaused()) {
            engine().unpauseContainerCmd(id).exec();
        }
    }

    private boolean isPaused() {
        return Boolean.TRUE.equals(engine().inspectContainerCmd(id).exec().getState().getPaused());
    }

    boolean isRunning() {
        try {
            return Boolean.TRUE.equals(engine().inspectContainerCmd(id).exec().getState().getRunning());
        } catch (NotFoundException e) {
            return false;
        }
    }
}
