// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The documents of the repository name only classes that exist, and stay short. */
class DocumentsTest {
    private static final Path ROOT = Path.of(System.getProperty("postern.root")).toAbsolutePath().normalize();
    /** Types of Java, and of Cedar's schema. */
    private static final Pattern DECLARATION = Pattern.compile("\\b(?:class|interface|enum|record|type|entity)\\s+([A-Z]\\w*)");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    /** Names of two words or more: a single capitalised word may be anything. */
    private static final Pattern CLASS_NAME = Pattern.compile("(?<![\\w./*-])[A-Z][a-z]+(?:[A-Z][A-Za-z0-9]*)+(?![\\w-])");
    /** Names the exceptions of other people's clients. */
    private static final String CLIENTS = "docs/clients.md";
    private static final int GLOSSARY_TERMS_MAX = 80;
    private static final int README_LINES_MAX = 200;

    private static final Set<String> TYPES = new TreeSet<>();
    private static final List<Path> DOCUMENTS = new ArrayList<>();

    @BeforeAll
    static void readTheCheckout() throws IOException {
        List<Path> sources = new ArrayList<>();
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                String name = folder.getFileName().toString();
                boolean foreign = !folder.equals(ROOT) && (name.startsWith(".") || name.equals("target") || name.equals("node_modules"));
                return foreign ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                String name = file.getFileName().toString();
                if (name.endsWith(".java") || name.endsWith(".cedarschema")) {
                    sources.add(file);
                } else if (name.endsWith(".md")) {
                    DOCUMENTS.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        for (Path source : sources) {
            DECLARATION.matcher(Files.readString(source)).results().map(found -> found.group(1)).forEach(TYPES::add);
        }
    }

    @Test
    void everyClassOfTheGlossaryExists() throws IOException {
        List<String> gone = terms().stream().map(row -> row.split("\\|", -1)[3]).flatMap(cell -> CODE.matcher(cell).results()).map(found -> found.group(1))
            .filter(name -> !TYPES.contains(name)).collect(Collectors.toList());
        assertThat(gone).isEmpty();
    }

    @Test
    void glossaryStaysShort() throws IOException {
        assertThat(terms()).hasSizeBetween(40, GLOSSARY_TERMS_MAX);
    }

    @Test
    void readmeStaysShort() throws IOException {
        assertThat(Files.readAllLines(ROOT.resolve("README.md"))).hasSizeLessThanOrEqualTo(README_LINES_MAX);
    }

    /** Decisions (docs/adr) keep the names of their day. */
    @Test
    void noDocumentNamesAClassThatIsGone() throws IOException {
        List<String> gone = new ArrayList<>();
        for (Path document : DOCUMENTS) {
            String name = ROOT.relativize(document).toString().replace('\\', '/');
            if (name.startsWith("docs/adr/") || name.equals(CLIENTS)) {
                continue;
            }
            for (String line : Files.readAllLines(document)) {
                CODE.matcher(line).results().map(found -> found.group(1)).flatMap(code -> CLASS_NAME.matcher(code).results()).map(MatchResult::group)
                    .filter(type -> !TYPES.contains(type)).forEach(type -> gone.add(name + ": " + type));
            }
        }
        assertThat(DOCUMENTS).hasSizeGreaterThan(20);
        assertThat(gone).isEmpty();
    }

    private static List<String> terms() throws IOException {
        return Files.readAllLines(ROOT.resolve("docs/glossary.md")).stream()
            .filter(line -> line.startsWith("|") && !line.startsWith("|---") && !line.startsWith("| term")).collect(Collectors.toList());
    }
}
