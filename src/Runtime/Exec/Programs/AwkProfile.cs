namespace Runtime.Exec.Programs;

/// <summary>awk: programs that compute and print (<see cref="AwkScript"/>), over files of the workspace.</summary>
internal sealed class AwkProfile : ProgramProfile
{
    /// <inheritdoc/>
    public override string? WhyAsk(ProgramCall call)
    {
        var arguments = call.Arguments;
        var i = 0;
        for (; i < arguments.Count && arguments[i].Length > 1 && arguments[i][0] == '-'; i++)
        {
            var (option, value) = (arguments[i][1], arguments[i][2..]);
            if (option is not ('F' or 'v')) return $"{arguments[i]} of awk is not known to be harmless.";
            if (value.Length == 0) value = ++i < arguments.Count ? arguments[i] : "";
            if (option == 'v' && !AwkScript.IsVariable(value[..Math.Max(0, value.IndexOf('='))])) return "What -v sets is not a variable of the program.";
        }
        if (i >= arguments.Count) return "awk has no program.";
        if (!AwkScript.IsHarmless(arguments[i])) return "The program of awk is not one known to be harmless.";
        // A file's name with an equals sign would set a variable; a dash would be an option to some versions.
        foreach (var path in arguments.Skip(i + 1))
        {
            if ((path.StartsWith('-') && path.Length > 1) || path.Contains('=')) return $"'{path}' is not a plain file name to awk.";
        }
        return call.WhyNotRead(arguments.Skip(i + 1));
    }
}
