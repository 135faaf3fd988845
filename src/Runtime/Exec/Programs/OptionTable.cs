using System.Collections.Frozen;

namespace Runtime.Exec.Programs;

/// <summary>
/// The options of a program that may pass, as getopt_long(3) reads them: short ones in clusters, long ones by any unambiguous beginning,
/// mixed with operands. An option that is not in the table is refused, so a table need not be complete to be safe; the kinds of those in it
/// must be right. Written as words: <c>-n: --lines: --color? -f@ --output!</c> (a value, a glued value, a path, unsafe).
/// </summary>
internal sealed class OptionTable
{
    private readonly FrozenDictionary<char, OptionKind> _short;
    private readonly FrozenDictionary<string, OptionKind> _long;
    private readonly string[] _names;

    /// <summary>The table of some words.</summary>
    public OptionTable(string words)
    {
        var (shorts, longs) = (new Dictionary<char, OptionKind>(), new Dictionary<string, OptionKind>(StringComparer.Ordinal));
        foreach (var word in words.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, kind) = word[^1] switch
            {
                ':' => (word[..^1], OptionKind.Value),
                '?' => (word[..^1], OptionKind.Glued),
                '@' => (word[..^1], OptionKind.Path),
                '!' => (word[..^1], OptionKind.Unsafe),
                _ => (word, OptionKind.Flag),
            };
            if (name.StartsWith("--", StringComparison.Ordinal)) longs[name[2..]] = kind;
            else foreach (var letter in name.AsSpan(1)) shorts[letter] = kind;
        }
        (_short, _long) = (shorts.ToFrozenDictionary(), longs.ToFrozenDictionary(StringComparer.Ordinal));
        _names = [.. longs.Keys];
    }

    /// <summary>True where <c>-5</c> is an option of its own.</summary>
    public bool HasNumbers { get; init; }

    /// <summary>False where short options do not go in clusters, and a value that begins with a dash may be taken for an option (git).</summary>
    public bool IsGetopt { get; init; } = true;

    /// <summary>True where options end with the first operand.</summary>
    public bool EndsAtOperand { get; init; }

    /// <summary>Reads arguments.</summary>
    public ParsedOptions Parse(IReadOnlyList<string> arguments)
    {
        var parsed = new ParsedOptions();
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (argument == "--")
            {
                parsed.HasEnd = true;
                parsed.OperandsBeforeEnd = parsed.Operands.Count;
                parsed.Operands.AddRange(arguments.Skip(i + 1));
                return parsed;
            }
            if (argument.Length < 2 || argument[0] != '-')
            {
                parsed.Operands.Add(argument);
                if (!EndsAtOperand) continue;
                parsed.Operands.AddRange(arguments.Skip(i + 1));
                return parsed;
            }
            if (!(argument[1] == '-' ? Long(parsed, arguments, ref i) : Short(parsed, arguments, ref i))) return parsed;
        }
        parsed.OperandsBeforeEnd = parsed.Operands.Count;
        return parsed;
    }

    private bool Long(ParsedOptions parsed, IReadOnlyList<string> arguments, ref int i)
    {
        var argument = arguments[i];
        var equals = argument.IndexOf('=');
        var written = equals < 0 ? argument[2..] : argument[2..equals];
        if (Resolve(written) is not { } name) return parsed.Refuse($"{(equals < 0 ? argument : argument[..equals])} is not an option known to be harmless.");
        switch (_long[name])
        {
            case OptionKind.Unsafe:
                return parsed.Refuse(written == name ? $"--{name} can write, start programs or leave the workspace." : $"--{written} stands for --{name}, which can write, start programs or leave the workspace.");
            case OptionKind.Flag when equals >= 0:
                return parsed.Refuse($"--{name} takes no value.");
            case OptionKind.Flag or OptionKind.Glued:
                parsed.Options.Add(("--" + name, equals < 0 ? null : argument[(equals + 1)..], false));
                return true;
            case var kind:
                return Value(parsed, "--" + name, kind, equals < 0 ? null : argument[(equals + 1)..], arguments, ref i);
        }
    }

    private bool Short(ParsedOptions parsed, IReadOnlyList<string> arguments, ref int i)
    {
        var argument = arguments[i];
        if (HasNumbers && argument.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0)
        {
            parsed.Options.Add(("-#", argument[1..], false));
            return true;
        }
        for (var at = 1; at < argument.Length; at++)
        {
            if (!_short.TryGetValue(argument[at], out var kind)) return parsed.Refuse($"-{argument[at]} is not an option known to be harmless.");
            var rest = argument[(at + 1)..];
            switch (kind)
            {
                case OptionKind.Unsafe:
                    return parsed.Refuse($"-{argument[at]} can write, start programs or leave the workspace.");
                case OptionKind.Flag:
                    if (!IsGetopt && at > 1) return parsed.Refuse($"{argument} is not an option known to be harmless.");
                    parsed.Options.Add(($"-{argument[at]}", null, false));
                    continue;
                case OptionKind.Glued:
                    parsed.Options.Add(($"-{argument[at]}", rest, false));
                    return true;
                default:
                    return Value(parsed, $"-{argument[at]}", kind, rest.Length == 0 ? null : rest, arguments, ref i);
            }
        }
        return true;
    }

    private bool Value(ParsedOptions parsed, string name, OptionKind kind, string? glued, IReadOnlyList<string> arguments, ref int i)
    {
        if (glued is null)
        {
            if (++i >= arguments.Count) return parsed.Refuse($"{name} lacks its value.");
            glued = arguments[i];
            if (!IsGetopt && glued.StartsWith('-')) return parsed.Refuse($"The value of {name} begins with a dash.");
        }
        parsed.Options.Add((name, glued, kind == OptionKind.Path));
        return true;
    }

    private string? Resolve(string written)
    {
        if (_long.ContainsKey(written)) return written;
        if (written.Length == 0) return null;
        string? found = null;
        foreach (var name in _names)
        {
            if (!name.StartsWith(written, StringComparison.Ordinal)) continue;
            // An unsafe reading wins: what this table does not know of the program's version cannot make it harmless.
            if (found is not null && _long[found] == OptionKind.Unsafe) continue;
            if (found is not null && _long[name] != OptionKind.Unsafe) return null;
            found = name;
        }
        return found;
    }
}
