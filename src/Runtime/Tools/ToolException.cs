using Models;

namespace Runtime.Tools;

/// <summary>Why a call could not be done, for the model to read and do better.</summary>
public sealed class ToolException : ModelException
{
    /// <summary>Creates the error with its message.</summary>
    public ToolException(string message, Exception? inner = null) : base(message, inner) { }
}
