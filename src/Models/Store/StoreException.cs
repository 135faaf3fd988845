namespace Models.Store;

/// <summary>An error of the model store: no such model, a damaged file, a failed pull, a full disk.</summary>
public sealed class StoreException : ModelException
{
    /// <summary>Creates the error with its message for a person.</summary>
    public StoreException(string message, Exception? inner = null) : base(message, inner) { }

    /// <summary>True when the error is that no model of the asked name is installed (HTTP answers 404).</summary>
    public bool IsNotFound { get; init; }
}
