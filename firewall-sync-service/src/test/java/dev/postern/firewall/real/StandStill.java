// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.real;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.Field;
import com.sun.jdi.InterfaceType;
import com.sun.jdi.Method;
import com.sun.jdi.ObjectReference;
import com.sun.jdi.ReferenceType;
import com.sun.jdi.StringReference;
import com.sun.jdi.ThreadReference;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.Value;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.AttachingConnector;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.request.BreakpointRequest;
import com.sun.jdi.request.EventRequest;
import dev.postern.events.ServiceName;
import dev.postern.firewall.reconcile.FailPoint.Step;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Lets activations of another JVM stand still between two of their steps, each at its own, until that JVM is killed. The service that runs there is the
 * packaged one, to the byte: a debugger makes its fail point answer with a {@code Uni} that never ends.
 */
public final class StandStill implements AutoCloseable {
    private static final String FAIL_POINT = "dev.postern.firewall.reconcile.NoFailPoint";

    private final VirtualMachine machine;
    private final Map<ServiceName, Step> planned;
    private final Set<ServiceName> standing = ConcurrentHashMap.newKeySet();
    private volatile Exception wrong;

    private StandStill(VirtualMachine machine, Map<ServiceName, Step> planned) {
        this.machine = machine;
        this.planned = new ConcurrentHashMap<>(planned);
    }

    /** The option by which a JVM lets itself be debugged at that port of this machine. */
    public static String option(int port) {
        return "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:" + port;
    }

    /**
     * From now on the next activation of each of these services stands still after its step.
     *
     * @param port where a JVM listens in which some activation has run already, so that all classes are there
     */
    public static StandStill at(int port, Map<ServiceName, Step> planned) throws Exception {
        AttachingConnector connector = Bootstrap.virtualMachineManager().attachingConnectors().stream()
            .filter(each -> each.name().equals("com.sun.jdi.SocketAttach")).findFirst().orElseThrow();
        Map<String, Connector.Argument> arguments = connector.defaultArguments();
        arguments.get("hostname").setValue("127.0.0.1");
        arguments.get("port").setValue(String.valueOf(port));
        StandStill stand = new StandStill(connector.attach(arguments), planned);
        ReferenceType failPoint = stand.machine.classesByName(FAIL_POINT).get(0);
        BreakpointRequest stop = stand.machine.eventRequestManager().createBreakpointRequest(failPoint.methodsByName("after").get(0).location());
        stop.setSuspendPolicy(EventRequest.SUSPEND_EVENT_THREAD);
        stop.enable();
        Thread thread = new Thread(stand::follow, "stand-still");
        thread.setDaemon(true);
        thread.start();
        return stand;
    }

    /** The services of which an activation stands still. @throws IllegalStateException if the debugger failed */
    public Set<ServiceName> standing() {
        if (wrong != null) {
            throw new IllegalStateException("the debugger failed", wrong);
        }
        return Set.copyOf(standing);
    }

    private void follow() {
        try {
            while (true) {
                EventSet events = machine.eventQueue().remove();
                for (Event event : events) {
                    if (event instanceof BreakpointEvent reached) {
                        reached(reached.thread());
                    }
                }
                events.resume();
            }
        } catch (VMDisconnectedException killed) {
            // as it should be
        } catch (Exception failure) {
            wrong = failure;
        }
    }

    private void reached(ThreadReference thread) throws Exception {
        List<Value> arguments = thread.frame(0).getArgumentValues();
        Step step = Step.valueOf(text(arguments.get(0), "name"));
        ServiceName service = new ServiceName(text(arguments.get(1), "value"));
        if (planned.remove(service, step)) {
            thread.forceEarlyReturn(never(thread));
            standing.add(service);
        }
    }

    /** The text in a field of an object of the other JVM. */
    private static String text(Value object, String field) {
        ObjectReference reference = (ObjectReference) object;
        Field found = reference.referenceType().allFields().stream().filter(each -> each.name().equals(field)).findFirst().orElseThrow();
        return ((StringReference) reference.getValue(found)).value();
    }

    /** {@code Uni.createFrom().nothing()}, in the other JVM. */
    private ObjectReference never(ThreadReference thread) throws Exception {
        InterfaceType uni = (InterfaceType) machine.classesByName("io.smallrye.mutiny.Uni").get(0);
        Method createFrom = uni.methodsByName("createFrom").get(0);
        ObjectReference create = (ObjectReference) uni.invokeMethod(thread, createFrom, List.of(), ObjectReference.INVOKE_SINGLE_THREADED);
        return (ObjectReference) create.invokeMethod(thread, create.referenceType().methodsByName("nothing").get(0), List.of(),
            ObjectReference.INVOKE_SINGLE_THREADED);
    }

    /** Lets go of a JVM that is still there. What stands still goes on standing. */
    @Override
    public void close() {
        try {
            machine.dispose();
        } catch (VMDisconnectedException gone) {
            // it was killed
        }
    }
}
