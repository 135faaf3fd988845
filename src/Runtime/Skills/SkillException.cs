using Models;

namespace Runtime.Skills;

/// <summary>Why a skill cannot be read, installed or used, for its owner.</summary>
public sealed class SkillException : ModelException
{
    /// <summary>Creates the error with its message.</summary>
    public SkillException(string message, Exception? inner = null) : base(message, inner) { }
}
