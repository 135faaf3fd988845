using System.Text;
using Models;

namespace Appliance.Config.Document;

/// <summary>
/// The place of a value: <c>a.b[0].c</c>, or <c>a["x.y"]</c> where a name has characters of its own meaning. A number is an index in a
/// list and a name in an object. Immutable; two paths are equal where their steps are.
/// </summary>
internal sealed class ConfigPath : IEquatable<ConfigPath>
{
    private readonly string[] _steps;

    private ConfigPath(string[] steps) => _steps = steps;

    /// <summary>The whole.</summary>
    public static ConfigPath Root { get; } = new([]);

    /// <summary>From the outside in.</summary>
    public IReadOnlyList<string> Steps => _steps;

    /// <summary>The last step.</summary>
    public string Last => _steps[^1];

    /// <summary>Where it lies.</summary>
    public ConfigPath Parent => new(_steps[..^1]);

    /// <summary>A place inside.</summary>
    public ConfigPath With(string step) => new([.. _steps, step]);

    /// <summary>True where it is <paramref name="other"/> or lies in it.</summary>
    public bool IsWithin(ConfigPath other) => _steps.AsSpan().StartsWith(other._steps);

    /// <summary>Reads a path; empty is the whole.</summary>
    /// <exception cref="ModelException">It is none.</exception>
    public static ConfigPath Parse(string text)
    {
        var steps = new List<string>();
        for (var at = 0; at < text.Length;)
        {
            if (text[at] == '[') steps.Add(Bracket(text, ref at));
            else
            {
                if (text[at] == '.' && steps.Count > 0) at++;
                if (at == text.Length) throw Wrong(text);
                var end = text.AsSpan(at).IndexOfAny('.', '[');
                end = end < 0 ? text.Length : at + end;
                if (end == at) throw Wrong(text);
                steps.Add(text[at..end]);
                at = end;
            }
        }
        return new([.. steps]);
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var step in _steps)
        {
            if (step.Length > 0 && step.All(char.IsAsciiDigit)) text.Append('[').Append(step).Append(']');
            else if (step.Length > 0 && step.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '$' or '/' or ':' or '@' or '*')) text.Append(text.Length > 0 ? "." : "").Append(step);
            else text.Append("[\"").Append(step.Replace("\\", "\\\\").Replace("\"", "\\\"")).Append("\"]");
        }
        return text.ToString();
    }

    /// <inheritdoc/>
    public bool Equals(ConfigPath? other) => other is not null && _steps.AsSpan().SequenceEqual(other._steps);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ConfigPath);

    /// <inheritdoc/>
    public override int GetHashCode() => _steps.Aggregate(17, HashCode.Combine);

    private static string Bracket(string text, ref int at)
    {
        var from = ++at;
        if (from < text.Length && text[from] == '"')
        {
            var name = new StringBuilder();
            for (at++; at < text.Length && text[at] != '"'; at++)
            {
                if (text[at] == '\\' && at + 1 < text.Length) at++;
                name.Append(text[at]);
            }
            at += 2;
            return at <= text.Length && text[at - 1] == ']' ? name.ToString() : throw Wrong(text);
        }
        while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '*')) at++;
        return at < text.Length && text[at] == ']' && at > from ? text[from..at++] : throw Wrong(text);
    }

    private static ModelException Wrong(string text) => new($"'{text}' is no path. Paths are names with dots between them, such as gateway.port; lists count from zero, such as a.b[0]; names with other characters are written a[\"x.y\"].");
}
