using Models;

namespace Runtime.Exec.Grammar;

/// <summary>A command that the grammar does not take, with the reason.</summary>
public sealed class CommandSyntaxException : ModelException
{
    /// <summary>The reason, and whether nobody should be asked about it.</summary>
    public CommandSyntaxException(string message, bool isDenied = false) : base(message) => IsDenied = isDenied;

    /// <summary>True where what is shown to a person could mislead, so that asking makes no sense.</summary>
    public bool IsDenied { get; }
}
