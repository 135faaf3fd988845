namespace Models.Budget;

/// <summary>There is not enough memory for what was asked; the message has the numbers.</summary>
public sealed class MemoryException(string message) : ModelException(message)
{
    /// <summary>Bytes it would have taken.</summary>
    public long Needed { get; init; }

    /// <summary>Bytes there were for it.</summary>
    public long Usable { get; init; }
}
