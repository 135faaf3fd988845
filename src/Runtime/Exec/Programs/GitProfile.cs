using System.Collections.Frozen;

namespace Runtime.Exec.Programs;

/// <summary>
/// git: commands that read the repository of the workspace, with options that neither write, nor start programs, nor leave it. Global
/// options that move it or configure it ask, and so does a repository whose own configuration or hooks could run something.
/// </summary>
internal sealed class GitProfile : ProgramProfile
{
    private static readonly FrozenSet<string> Global = FrozenSet.ToFrozenSet(["--no-pager", "-P", "--no-optional-locks", "--literal-pathspecs", "--no-replace-objects", "--no-lazy-fetch"], StringComparer.Ordinal);

    /// <inheritdoc/>
    public override string? WhyAsk(ProgramCall call)
    {
        var i = 0;
        for (; i < call.Arguments.Count && call.Arguments[i].StartsWith('-'); i++)
        {
            if (call.Arguments[i] is "--version" or "-v") return i + 1 == call.Arguments.Count ? null : "git --version takes no command.";
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
        return call.WhyNotRead(parsed.Paths) ?? GitRepository.WhyAsk(call.Folder, call.Workspace);
    }

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
