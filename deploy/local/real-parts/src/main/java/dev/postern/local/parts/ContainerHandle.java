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

    /** Binds the port of the container to the port of the host. */
    static void bind(GenericContainer<?> container, int hostPort, int containerPort) {
        container.withCreateContainerCmdModifier(command -> command.getHostConfig()
                .withPortBindings(new PortBinding(Ports.Binding.bindPort(hostPort), new ExposedPort(containerPort))));
        container.addExposedPort(containerPort);
    }

    /** The address at which the engine's ports are reached. */
    static String host() {
        String host = DockerClientFactory.instance().dockerHostIpAddress();
        return "localhost".equals(host) ? "127.0.0.1" : host;
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

    void stop() {
        try {
            engine().stopContainerCmd(id).withTimeout(STOP_LIMIT_S).exec();
        } catch (NotModifiedException stoppedAlready) {
            return;
        }
    }

    void kill() {
        if (isRunning()) {
            engine().killContainerCmd(id).exec();
        }
    }

    void pause() {
        engine().pauseContainerCmd(id).exec();
    }

    void resume() {
        engine().unpauseContainerCmd(id).exec();
    }

    boolean isRunning() {
        try {
            return Boolean.TRUE.equals(engine().inspectContainerCmd(id).exec().getState().getRunning());
        } catch (NotFoundException e) {
            return false;
        }
    }
}
