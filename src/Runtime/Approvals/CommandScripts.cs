using System.Collections.Frozen;
using Runtime.Exec;
using Runtime.Exec.Paths;
using Runtime.Exec.Programs;

namespace Runtime.Approvals;

/// <summary>Which of a command's operands may run, so that approving it means approving their content.</summary>
internal static class CommandScripts
{
    // Programs that start others or read programs: what they are given decides, so none of them is approved for good.
    private static readonly FrozenSet<string> Starters = FrozenSet.ToFrozenSet(
        ["sh", "bash", "dash", "zsh", "ksh", "ash", "fish", "csh", "tcsh", "busybox", "toybox", "env", "sudo", "su", "doas", "pkexec", "xargs", "parallel", "nice", "nohup", "timeout", "stdbuf", "setsid", "setpriv",
         "unshare", "nsenter", "chroot", "flock", "script", "watch", "time", "ionice", "chrt", "taskset", "strace", "ltrace", "gdb", "ssh", "docker", "podman", "systemd-run", "at", "batch", "crontab", "run-parts",
         "start-stop-daemon", "npx", "npm", "pnpm", "yarn", "bun", "bunx", "deno", "uv", "uvx", "pipx", "cargo", "go", "make", "ninja", "cmake", "find", "python", "python3", "node", "perl", "ruby", "php", "lua",
         "tclsh", "awk", "gawk", "mawk", "sed", "vim", "vi", "nano", "emacs", "less", "more", "man", "tar", "rsync", "git", "eval", "exec", "command", "builtin", "source", "."], StringComparer.Ordinal);

    // What these are given is moved, made or removed, never run; its content may change under an approval.
    private static readonly FrozenSet<string> Movers = FrozenSet.ToFrozenSet(["touch", "mkdir", "rmdir", "cp", "mv", "rm", "ln", "chmod", "chown", "truncate", "tee", "unlink", "sync"], StringComparer.Ordinal);

    /// <summary>True for a program that starts others, or reads programs.</summary>
    public static bool IsStarter(PlannedCommand command) =>
        Starters.Contains(Path.GetFileName(command.Argv[0])) || (command.Program is { } program && Starters.Contains(NameOf(Path.GetFileName(Workspace.RealPath(program) ?? program))));

    /// <summary>True where operands are more than what is read.</summary>
    public static bool MayRunOperands(PlannedCommand command) => IsStarter(command) || (!Movers.Contains(Path.GetFileName(command.Argv[0])) && ProgramProfiles.Find(Path.GetFileName(command.Argv[0])) is null or ScriptProfile);

    /// <summary>The files among the words, by their real paths: in the workspace, or anywhere.</summary>
    public static IEnumerable<string> Of(PlannedCommand command, Workspace workspace)
    {
        foreach (var word in command.Argv.Skip(1))
        {
            // --file=x and file=x too.
            var path = word.StartsWith('-') || word.Contains('=') ? word[(word.IndexOf('=') + 1)..] : word;
            if (path.Length == 0 || path.Length > 1024 || path.StartsWith('-') || path.Contains('\n')) continue;
            if (Workspace.RealPath(path.StartsWith('/') ? path : command.Folder + "/" + path) is not { } real || real == command.Program) continue;
            if (FileKinds.Of(real) == FileKind.File && (workspace.Holds(real) || real.StartsWith("/tmp/", StringComparison.Ordinal) || real.StartsWith("/home/", StringComparison.Ordinal))) yield return real;
        }
    }

    // python3.11 is python.
    private static string NameOf(string file) => file.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '.', '-');
}
