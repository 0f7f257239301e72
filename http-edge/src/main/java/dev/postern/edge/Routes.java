// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The routes of this service, as its resources declare them: what a refusal needs to say what would be right, and the only paths that become labels. */
@Singleton
public class Routes {
    private static final Pattern PARAMETER = Pattern.compile("\\{[^}]+}");

    @Inject
    BeanManager beans;

    private List<Route> routes = List.of();

    /**
     * One method of a resource.
     *
     * @param method   the HTTP method
     * @param template the path with its parameters, as {@code /things/{id}}
     * @param reads    media types of the body; empty if it takes none
     * @param answers  media types of the answer; empty if none is declared
     * @param roles    of which a caller needs one; empty if none is declared
     */
    public record Route(String method, String template, List<String> reads, List<String> answers, List<String> roles) {
        /** Returns whether a path, percent-encoded or not, is one of this route's. */
        boolean fits(String path) {
            String literal = Arrays.stream(PARAMETER.split(template, -1)).map(Pattern::quote).collect(Collectors.joining("[^/]+"));
            return Pattern.matches(literal + "/?", path);
        }
    }

    @PostConstruct
    void read() {
        List<Route> found = new ArrayList<>();
        for (Bean<?> bean : beans.getBeans(Object.class, Any.Literal.INSTANCE)) {
            Class<?> resource = bean.getBeanClass();
            if (resource.isAnnotationPresent(Path.class) && !resource.isInterface()) {
                Arrays.stream(resource.getDeclaredMethods()).forEach(method -> add(found, resource, method));
            }
        }
        routes = List.copyOf(found);
    }

    /** Every route. */
    public List<Route> all() {
        return routes;
    }

    /** The route of a call; of two that fit, the one with fewer parameters, as JAX-RS chooses. */
    public List<Route> of(String method, String path) {
        List<Route> fitting = routes.stream().filter(route -> route.method().equals(method) && route.fits(path)).toList();
        long parameters = fitting.stream().mapToLong(Routes::parameters).min().orElse(0);
        return fitting.stream().filter(route -> parameters(route) == parameters).toList();
    }

    /** The methods that a path takes, HEAD and OPTIONS among them as JAX-RS adds them; empty if there is no such path. */
    public SortedSet<String> methods(String path) {
        SortedSet<String> methods = routes.stream().filter(route -> route.fits(path)).map(Route::method).collect(Collectors.toCollection(TreeSet::new));
        if (methods.contains("GET")) {
            methods.add("HEAD");
        }
        if (!methods.isEmpty()) {
            methods.add("OPTIONS");
        }
        return methods;
    }

    private static long parameters(Route route) {
        return PARAMETER.matcher(route.template()).results().count();
    }

    private static void add(Collection<Route> found, Class<?> resource, Method method) {
        String verb = Arrays.stream(method.getAnnotations()).map(Annotation::annotationType).filter(type -> type.isAnnotationPresent(HttpMethod.class))
            .map(type -> type.getAnnotation(HttpMethod.class).value()).findFirst().orElse(null);
        if (verb == null) {
            return;
        }
        Path path = method.getAnnotation(Path.class);
        String template = joined(resource.getAnnotation(Path.class).value(), path == null ? "" : path.value());
        Consumes reads = method.isAnnotationPresent(Consumes.class) ? method.getAnnotation(Consumes.class) : resource.getAnnotation(Consumes.class);
        Produces answers = method.isAnnotationPresent(Produces.class) ? method.getAnnotation(Produces.class) : resource.getAnnotation(Produces.class);
        RolesAllowed roles = method.isAnnotationPresent(RolesAllowed.class) ? method.getAnnotation(RolesAllowed.class)
            : resource.getAnnotation(RolesAllowed.class);
        found.add(new Route(verb, template, reads == null ? List.of() : List.of(reads.value()), answers == null ? List.of() : List.of(answers.value()),
            roles == null || method.isAnnotationPresent(PermitAll.class) ? List.of() : List.of(roles.value())));
    }

    private static String joined(String root, String rest) {
        String all = ("/" + root + "/" + rest).replaceAll("/+", "/");
        return all.length() > 1 && all.endsWith("/") ? all.substring(0, all.length() - 1) : all;
    }
}
