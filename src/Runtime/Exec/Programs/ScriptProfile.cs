using Runtime.Exec.Paths;

namespace Runtime.Exec.Programs;

/// <summary>
/// An interpreter: it may run the scripts that the owner's list names for it, by their real place, with any arguments. Never text from the
/// command line or the input, never a folder, never a module.
/// </summary>
/// <param name="flags">Single options that change nothing about what runs.</param>
internal sealed class ScriptProfile(string flags) : ProgramProfile
{
    /// <inheritdoc/>
    public override string? WhyAsk(ProgramCall call)
    {
        if (call.Arguments is ["--version" or "-V"]) return null;
        var i = 0;
        for (; i < call.Arguments.Count && call.Arguments[i] is ['-', _, ..] option; i++)
        {
            if (option.AsSpan(1).IndexOfAnyExcept(flags) >= 0) return $"{option} of {call.Name} is not known to be harmless.";
        }
        if (i == call.Arguments.Count || call.Arguments[i] == "-") return $"{call.Name} without a script runs what it reads.";
        var script = call.Arguments[i];
        var real = Workspace.RealPath(script.StartsWith('/') ? script : call.Folder + "/" + script);
        if (real is null || !call.Workspace.Holds(real)) return $"'{script}' is outside the workspace.";
        if (FileKinds.Of(real) != FileKind.File) return $"'{script}' is not a script.";
        var place = Path.GetRelativePath(call.Workspace.Root, real);
        return call.Allowed.ScriptsOf(call.Name).Any(pattern => IsAt(pattern, place)) ? null : $"{place} is not among the scripts that {call.Name} may run.";
    }

    /// <summary>A pattern matches name by name: a star does not cross a slash.</summary>
    private static bool IsAt(string pattern, string place)
    {
        var (expected, actual) = (pattern.Split('/'), place.Split('/'));
        if (expected.Length != actual.Length) return false;
        for (var i = 0; i < expected.Length; i++)
        {
            if (!FileNamePattern.IsMatch(expected[i], actual[i])) return false;
        }
        return true;
    }
}
