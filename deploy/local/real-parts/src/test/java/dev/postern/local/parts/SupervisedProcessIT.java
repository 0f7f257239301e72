// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.parts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisedProcessIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    @Test
    void aChildDoesNotOutliveAStarterThatIsKilledMinusNineAndItsFolderIsSwept() throws IOException {
        Path swept = folder.resolve("swept");
        Process starter = new ProcessBuilder(JavaCommand.path(), "-cp", System.getProperty("java.class.path"), Starter.class.getName(), swept.toString())
            .redirectErrorStream(true).redirectOutput(folder.resolve("starter.log").toFile()).start();
        Path pidFile = swept.resolve("sleeper.pid");
        Waiting.until(() -> "the starter's child", LIMIT, () -> Files.exists(pidFile) && !Files.readString(pidFile).isBlank());
        long child = Long.parseLong(Files.readString(pidFile).strip());
        assertTrue(ProcessHandle.of(child).isPresent());
        starter.destroyForcibly();
        Waiting.until("the child's end", LIMIT, () -> ProcessHandle.of(child).isEmpty());
        Waiting.until("the sweep", LIMIT, () -> !Files.exists(swept));
    }

    @Test
    void childrenHaveANeutralLocaleAlsoOnATurkishMachine() throws IOException {
        SupervisedProcess java = SupervisedProcess.named("java", folder, folder.resolve("java.log"));
        java.start(List.of(JavaCommand.path(), "-XshowSettings:locale", "-version"),
            Map.of("JAVA_TOOL_OPTIONS", "-Duser.language=tr -Duser.country=TR"), folder);
        Path said = folder.resolve("java.log");
        Waiting.until("the locale", LIMIT, () -> Files.exists(said) && Files.readString(said).contains("default locale = "));
        assertTrue(Files.readString(said).contains("default locale = English"), Files.readString(said));
        SupervisedProcess shell = SupervisedProcess.named("shell", folder, folder.resolve("shell.log"));
        shell.start(List.of("bash", "-c", "echo locale=$LC_ALL"), Map.of(), folder);
        Waiting.until("the locale", LIMIT, () -> shell.endOfLog().contains("locale=C.UTF-8"));
    }

    @Test
    void whatTheChildStartedEndsWithIt() throws IOException {
        Path grandchild = folder.resolve("grandchild");
        SupervisedProcess process = SupervisedProcess.named("parent", folder, folder.resolve("parent.log"));
        process.start(List.of("bash", "-c", "sleep 600 & echo $! > " + grandchild + "; wait"), Map.of(), folder);
        Waiting.until("the grandchild", LIMIT, () -> Files.exists(grandchild) && !Files.readString(grandchild).isBlank());
        long pid = Long.parseLong(Files.readString(grandchild).strip());
        process.stop();
        assertFalse(process.isRunning());
        Waiting.until("the grandchild's end", LIMIT, () -> ProcessHandle.of(pid).isEmpty());
        assertFalse(Files.exists(folder.resolve("parent.pid")));
    }

    @Test
    void aStoppedChildLeavesTheFolderAlone() throws IOException {
        SupervisedProcess process = SupervisedProcess.named("sleeper", folder, folder.resolve("sleeper.log")).sweeping(folder);
        process.start(List.of("sleep", "600"), Map.of(), folder);
        process.stop();
        assertTrue(Files.exists(folder.resolve("sleeper.log")));
    }

    @Test
    void aSecondHandleKnowsTheSameProcess() {
        SupervisedProcess one = SupervisedProcess.named("shared", folder, folder.resolve("shared.log"));
        one.start(List.of("sleep", "600"), Map.of(), folder);
        SupervisedProcess other = SupervisedProcess.named("shared", folder, folder.resolve("shared.log"));
        assertEquals(one.pid(), other.pid());
        other.kill();
        assertFalse(one.isRunning());
    }

    /** Starts a child and waits to be killed. */
    static final class Starter {
        private Starter() {
        }

        public static void main(String[] arguments) throws InterruptedException {
            Path swept = Path.of(arguments[0]);
            SupervisedProcess.named("sleeper", swept, swept.resolve("log")).sweeping(swept).start(List.of("sleep", "600"), Map.of(), swept);
            Thread.currentThread().join();
        }
    }
}
