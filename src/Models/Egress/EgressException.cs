namespace Models.Egress;

/// <summary>A connection the owner's rules do not allow to leave this machine.</summary>
public sealed class EgressException : ModelException
{
    /// <summary>Creates the error with its message for a person.</summary>
    public EgressException(string message) : base(message) { }
}
