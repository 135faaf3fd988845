namespace Models.Tokens;

/// <summary>An error of a chat template: malformed, outside the supported subset, or raised while it renders.</summary>
public sealed class TemplateException : ModelException
{
    /// <summary>Creates the error with its message for a person.</summary>
    public TemplateException(string message, Exception? inner = null) : base(message, inner) { }

    /// <summary>The error at a line of the template.</summary>
    internal static TemplateException At(int line, string message) => new($"Chat template, line {line}: {message}");
}
