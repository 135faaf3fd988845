namespace Models.Import;

/// <summary>An error of an import: a damaged or unknown file, shapes that disagree, no tokenizer.</summary>
public sealed class ImportException : ModelException
{
    /// <summary>Creates the error with its message for a person.</summary>
    public ImportException(string message, Exception? inner = null) : base(message, inner) { }
}
