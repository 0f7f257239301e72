// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Walks the sources of all modules for import cycles between packages. */
class PackageCyclesTest {
    private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([a-z0-9_.]+);");
    private static final Pattern USED = Pattern.compile("\\b(dev\\.postern(?:\\.[a-z0-9_]+)+)\\.[A-Z]");
    private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|//[^\\n]*");

    @Test
    void noPackageIsPartOfAnImportCycle() throws IOException {
        Map<String, Set<String>> uses = new TreeMap<>();
        for (Path source : sources()) {
            read(Files.readString(source), uses);
        }

        assertThat(uses).as("packages found").hasSizeGreaterThan(30);
        assertThat(cycles(uses)).as("packages that import each other").isEmpty();
    }

    @Test
    void cycleOverThreePackagesIsFound() {
        Map<String, Set<String>> uses = new TreeMap<>();
        read("package dev.postern.a;\nimport dev.postern.b.B;", uses);
        read("package dev.postern.b;\n/** Names {@link dev.postern.a.A} only. */ class B { dev.postern.c.C used; }", uses);
        read("package dev.postern.c;\nimport static dev.postern.d.D.made;", uses);
        assertThat(cycles(uses)).isEmpty();

        read("package dev.postern.c;\nimport dev.postern.a.A.Inner;", uses);
        assertThat(cycles(uses)).containsExactly(Set.of("dev.postern.a", "dev.postern.b", "dev.postern.c"));
    }

    private static void read(String source, Map<String, Set<String>> uses) {
        String code = COMMENT.matcher(source).replaceAll("");
        Matcher declared = PACKAGE.matcher(code);
        if (!declared.find()) {
            return;
        }
        Set<String> used = uses.computeIfAbsent(declared.group(1), name -> new TreeSet<>());
        Matcher name = USED.matcher(code);
        while (name.find()) {
            if (!name.group(1).equals(declared.group(1))) {
                used.add(name.group(1));
            }
        }
    }

    /** Returns each largest set of packages that all reach each other. */
    private static List<Set<String>> cycles(Map<String, Set<String>> uses) {
        List<Set<String>> cycles = new ArrayList<>();
        for (String start : uses.keySet()) {
            Set<String> cycle = new TreeSet<>();
            for (String other : reached(start, uses)) {
                if (reached(other, uses).contains(start)) {
                    cycle.add(other);
                }
            }
            if (!cycle.isEmpty() && !cycles.contains(cycle)) {
                cycles.add(cycle);
            }
        }
        return cycles;
    }

    private static Set<String> reached(String start, Map<String, Set<String>> uses) {
        Set<String> reached = new TreeSet<>();
        Deque<String> next = new ArrayDeque<>(uses.getOrDefault(start, Set.of()));
        while (!next.isEmpty()) {
            String one = next.pop();
            if (reached.add(one)) {
                next.addAll(uses.getOrDefault(one, Set.of()));
            }
        }
        return reached;
    }

    private static List<Path> sources() throws IOException {
        Path root = Path.of(System.getProperty("postern.root"));
        List<Path> sources = new ArrayList<>();
        try (Stream<Path> modules = Stream.concat(Files.list(root), Files.list(root.resolve("deploy/local")))) {
            for (Path module : modules.map(folder -> folder.resolve("src/main/java")).filter(Files::isDirectory).toList()) {
                try (Stream<Path> files = Files.walk(module)) {
                    files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
                }
            }
        }
        return sources;
    }
}
