using System.Text.RegularExpressions;

namespace Runtime.Exec.Programs;

/// <summary>sed: scripts of commands that read and print, and s without the flags that write or run (w, e), to the output only.</summary>
internal sealed partial class SedProfile : ProgramProfile
{
    private const int LongestScript = 500;

    private static readonly OptionTable Options = new(
        "-nErsuz -e: --quiet --silent --expression: --regexp-extended --separate --unbuffered --null-data --posix --debug --sandbox --help --version -i! --in-place! -f! --file! -l: --line-length: --follow-symlinks!");

    /// <inheritdoc/>
    public override string? WhyAsk(ProgramCall call)
    {
        var parsed = Options.Parse(call.Arguments);
        if (parsed.Refusal is { } refusal) return refusal;
        var scripts = parsed.Values("-e", "--expression").ToList();
        var paths = parsed.Operands.AsEnumerable();
        if (scripts.Count == 0)
        {
            if (parsed.Operands.Count == 0) return parsed.Has("--help", "--version") ? null : "sed has no script.";
            scripts.Add(parsed.Operands[0]);
            paths = parsed.Operands.Skip(1);
        }
        foreach (var script in scripts)
        {
            if (script.Length > LongestScript || !Script().IsMatch(script)) return "The script of sed is not one known to be harmless.";
        }
        return call.WhyNotRead(paths);
    }

    // Commands between semicolons, each an address or two, then one letter that only reads and prints, y, or a substitution by a delimiter that
    // stands nowhere inside it. A bracket is closed before the delimiter: whether a delimiter inside one counts differs between versions of sed.
    [GeneratedRegex(
        """
        ^(\x20*
        ((\d+|\$|/([^/\\\n\[]|\\[^\n]|\[\^?(\[:[a-z]+:\]|[^\[\]^/\\\n])+\])*/)(,(\d+|\$|\+\d+|/([^/\\\n\[]|\\[^\n]|\[\^?(\[:[a-z]+:\]|[^\[\]^/\\\n])+\])*/)|~\d+)?)?
        \x20*!?\x20*
        ([pdq=lgGhHxnNPz]
        |y/([^/\\\n])*/([^/\\\n])*/
        |s/([^/\\\n\[]|\\[^\n]|\[\^?(\[:[a-z]+:\]|\\t|[^\[\]^/\\\n])+\])*/([^/\\\n]|\\[^\n])*/[gpiI\d]*
        |s(?<by>[|\#,:@])((?!\k<by>)[^\\\n\[]|\\(?!\k<by>)[^\n])*\k<by>((?!\k<by>)[^\\\n]|\\(?!\k<by>)[^\n])*\k<by>[gpiI\d]*)
        \x20*(;|\z))+\z
        """, RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Script();
}
