namespace Models;

/// <summary>
/// An error a person can act on: the message says what happened, why, and what to do. The command line prints it and exits 1;
/// HTTP answers with it. Everything that is not one of these is a bug.
/// </summary>
public class ModelException : Exception
{
    /// <summary>Creates the error with its message for a person.</summary>
    public ModelException(string message) : base(message) { }

    /// <summary>Creates the error with its message for a person and the fault underneath.</summary>
    public ModelException(string message, Exception? inner) : base(message, inner) { }
}
