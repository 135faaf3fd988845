using System.Text.RegularExpressions;

namespace Runtime.Exec.Programs;

/// <summary>sed: scripts of p, d, q, = and s without the flags that write or run (w, e), to the output only.</summary>
internal sealed partial class SedProfile : ProgramProfile
{
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
            if (!Script().IsMatch(script)) return "The script of sed is not one known to be harmless.";
        }
        return call.WhyNotRead(paths);
    }

    // One command: an address or two, then p, d, q, = or a substitution by one of three delimiters that stands nowhere inside it. A bracket is
    // closed before the delimiter: whether a delimiter inside one counts differs between versions of sed.
    [GeneratedRegex(
        """
        ^\x20*
        ((\d+|\$|/([^/\\\n\[]|\[\^?(\[:[a-z]+:\]|[^\[\]^/\\\n])+\])*/)(,(\d+|\$|\+\d+|/([^/\\\n\[]|\[\^?(\[:[a-z]+:\]|[^\[\]^/\\\n])+\])*/))?)?
        \x20*!?\x20*
        ([pdq=]
        |s/([^/\\\n\[]|\\[^\n]|\[\^?(\[:[a-z]+:\]|[^\[\]^/\\\n])+\])*/([^/\\\n]|\\[^\n])*/[gpiI\d]*
        |s\|[^|\\\n\[]*\|[^|\\\n]*\|[gpiI\d]*
        |s\#[^\#\\\n\[]*\#[^\#\\\n]*\#[gpiI\d]*)
        \x20*\z
        """, RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Script();
}
