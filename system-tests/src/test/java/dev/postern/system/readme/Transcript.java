// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.readme;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A command of the README between {@code ```console} and {@code ```}: text behind {@code $} (and {@code >} on continued lines), and its output.
 *
 * @param command what is typed
 * @param shown   what comes back, with {@code …} for what is left out
 */
record Transcript(String command, String shown) {
    private static final String BEGIN = "```console\n";

    static List<Transcript> of(String readme) {
        List<Transcript> all = new ArrayList<>();
        for (int start = readme.indexOf(BEGIN); start >= 0; start = readme.indexOf(BEGIN, start + 1)) {
            String block = readme.substring(start + BEGIN.length(), readme.indexOf("\n```", start + BEGIN.length()));
            for (String entry : block.split("(?m)^\\$ ")) {
                if (!entry.isBlank()) {
                    List<String> lines = Arrays.asList(entry.split("\n"));
                    int more = 1;
                    while (more < lines.size() && lines.get(more).startsWith("> ")) {
                        more++;
                    }
                    all.add(new Transcript(lines.get(0) + lines.subList(1, more).stream().map(line -> "\n" + line.substring(2)).collect(Collectors.joining()),
                        String.join("\n", lines.subList(more, lines.size()))));
                }
            }
        }
        return all;
    }

    /** Returns true for a command that only reads: it may be repeated until it shows the expected output. */
    boolean looks() {
        return command.startsWith("curl") && !command.contains(" -X ") && !command.contains(" -d ");
    }

    /** Returns true if the output is the expected one, but for ids, times, digests and counters. */
    boolean matches(String answer) {
        String expected = Arrays.stream(settled(shown).split("…", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
        return Pattern.compile(expected, Pattern.DOTALL).matcher(settled(answer).strip()).matches();
    }

    private static String settled(String text) {
        return text.replaceAll("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "<id>")
            .replaceAll("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z", "<time>")
            .replaceAll("[A-Za-z0-9+/]{43}=", "<digest>")
            .replaceAll("\"(index|size|version|policy_set_version)\":[0-9]+", "\"$1\":<number>");
    }
}
