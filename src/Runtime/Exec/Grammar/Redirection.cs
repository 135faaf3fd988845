namespace Runtime.Exec.Grammar;

/// <summary>Where a descriptor of a command goes, or comes from.</summary>
/// <param name="Descriptor">0, 1 or 2.</param>
/// <param name="Kind">What is done.</param>
/// <param name="Target">A file, or another descriptor's number.</param>
public sealed record Redirection(int Descriptor, RedirectionKind Kind, string Target);

/// <summary>What a redirection does.</summary>
public enum RedirectionKind
{
    /// <summary><c>&lt; file</c>.</summary>
    Read,

    /// <summary><c>&gt; file</c>.</summary>
    Write,

    /// <summary><c>&gt;&gt; file</c>.</summary>
    Append,

    /// <summary><c>2&gt;&amp;1</c>.</summary>
    Duplicate,
}
