namespace Models.Embedding;

/// <summary>A request for embeddings or scores that cannot be met: a text too long, a size the model does not have, a model of another kind.</summary>
public sealed class EmbeddingException : ModelException
{
    /// <summary>Creates the error with its message for a person.</summary>
    public EmbeddingException(string message, string? parameter = null) : base(message) => Parameter = parameter;

    /// <summary>The field at fault, in the wire's spelling, or null.</summary>
    public string? Parameter { get; }
}
