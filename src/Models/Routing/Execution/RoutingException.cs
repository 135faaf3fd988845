namespace Models.Routing.Execution;

/// <summary>No model could answer: its message says why, and what would change it.</summary>
public sealed class RoutingException : ModelException
{
    /// <summary>Creates the error with its message for a person.</summary>
    public RoutingException(string message, Exception? inner = null) : base(message, inner) { }

    /// <summary>What kept out whoever came nearest to an answer; null where it was not a decision but a fault, which passes.</summary>
    public ExclusionReason? Nearest { get; init; }
}
