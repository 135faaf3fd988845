using System.Text.RegularExpressions;

namespace Runtime.Exec.Programs;

/// <summary>awk: programs that print fields of chosen lines. Its language can run and write (system, |, &gt;), so all else asks.</summary>
internal sealed partial class AwkProfile : ProgramProfile
{
    /// <inheritdoc/>
    public override string? WhyAsk(ProgramCall call)
    {
        var arguments = call.Arguments;
        var i = 0;
        for (; i < arguments.Count && arguments[i].StartsWith("-F", StringComparison.Ordinal); i++)
        {
            if (arguments[i].Length == 2) i++;
        }
        if (i >= arguments.Count) return "awk has no program.";
        if (!Program().IsMatch(arguments[i])) return "The program of awk is not one known to be harmless.";
        // A file's name with an equals sign would set a variable; a dash would be an option to some versions.
        foreach (var path in arguments.Skip(i + 1))
        {
            if (path.StartsWith('-') || path.Contains('=')) return $"'{path}' is not a plain file name to awk.";
        }
        return call.WhyNotRead(arguments.Skip(i + 1));
    }

    // No bracket in an expression: a slash inside one ends it for some versions and not for others.
    [GeneratedRegex("""^ *((NR|NF|\$\d+|\$NF) *(==|!=|<=|>=|<|>) *(\d+|"[^"\\\n]*")|/[^/\\\n\[]*/)? *(\{ *print( +(\$\d+|\$NF|NR|NF|"[^"\\\n]*")(( *, *| +)(\$\d+|\$NF|NR|NF|"[^"\\\n]*"))*)? *;? *\})? *\z""", RegexOptions.CultureInvariant)]
    private static partial Regex Program();
}
