using System.Collections.Frozen;
using Runtime.Exec.Paths;

namespace Runtime.Exec.Programs;

/// <summary>
/// git: commands that read the repository of the workspace, with options that neither write, nor start programs, nor leave it. Global
/// options that move it elsewhere or configure it ask, and so does a repository whose own configuration or hooks could run something.
/// </summary>
internal sealed class GitProfile : ProgramProfile
{
    private static readonly FrozenSet<string> Global = FrozenSet.ToFrozenSet(["--no-pager", "-P", "--no-optional-locks", "--literal-pathspecs", "--no-replace-objects", "--no-lazy-fetch"], StringComparer.Ordinal);

    /// <inheritdoc/>
    public override string? WhyAsk(ProgramCall call)
    {
        var (i, folder) = (0, call.Folder);
        if (call.Arguments is ["--help" or "-h"] or ["help"] or ["help", "-a" or "--all" or "-g" or "--guides"]) return null;
        for (; i < call.Arguments.Count && call.Arguments[i].StartsWith('-'); i++)
        {
            if (call.Arguments[i] is "--version" or "-v") return i + 1 == call.Arguments.Count ? null : "git --version takes no command.";
            if (call.Arguments[i] == "-C" && i + 1 < call.Arguments.Count)
            {
                // As if it had been begun in that folder.
                if (Enter(call.Workspace, folder, call.Arguments[++i]) is not { } entered) return $"'{call.Arguments[i]}' is no folder of the workspace.";
                folder = entered;
                continue;
            }
            if (!Global.Contains(call.Arguments[i])) return $"{call.Arguments[i]} before git's command can change what runs.";
        }
        if (i == call.Arguments.Count) return "git has no command.";
        var name = call.Arguments[i];
        if (name == "version") return i + 1 == call.Arguments.Count ? null : "git version takes nothing.";
        if (GitCommands.Find(name) is not { } command) return $"git {name} is not one of the commands that only read.";
        var parsed = command.Options.Parse([.. call.Arguments.Skip(i + 1)]);
        if (parsed.Refusal is { } refusal) return $"git {name}: {refusal}";
        if (command.WhyAsk?.Invoke(parsed) is { } reason) return $"git {name}: {reason}";
        // A format can call gpg: %G?, %(signature).
        if (parsed.Options.Any(option => option.Value is { } value && (value.Contains("%G", StringComparison.Ordinal) || value.Contains("signature", StringComparison.Ordinal)))) return $"git {name}: a signature in the format starts gpg.";
        if (parsed.Operands.FirstOrDefault(LeavesRepository) is { } outside) return $"'{outside}' is outside the workspace.";
        if (name is "remote" or "config" && GitRepository.HoldsPassword(folder, call.Workspace)) return $"git {name}: the address of a remote has a password in it.";
        return (call with { Folder = folder }).WhyNotRead(parsed.Paths) ?? GitRepository.WhyAsk(folder, call.Workspace);
    }

    private static string? Enter(Workspace workspace, string from, string to) =>
        Workspace.RealPath(to.StartsWith('/') ? to : from + "/" + to) is { } real && workspace.Holds(real) && Directory.Exists(real) ? real : null;

    /// <summary>git diff compares any two files once one of them lies outside.</summary>
    private static bool LeavesRepository(string operand)
    {
        if (operand.StartsWith('/') || operand.StartsWith('~')) return true;
        foreach (var part in operand.Split('/', ':'))
        {
            if (part == "..") return true;
        }
        return false;
    }
}
